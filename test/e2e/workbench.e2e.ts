import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchVSCode } from '../harness/launch.ts';
import type { VSCode } from '../harness/vscode.ts';

let code: VSCode;

beforeAll(async () => {
  code = await launchVSCode({ folder: 'test/fixtures/workbench' });
});

afterAll(() => code?.close());

test('a file opens, and hovering a function shows its type', async () => {
  await code.openFile('plain.ts');
  expect(await code.hoverAt(1, 18)).toContain('function twice(x: number): number');
});

test('what is typed is in the editor, and a wrong type is in the Problems panel', async () => {
  await code.replaceLine(4, 'export const four: string = twice(2);');
  expect(await code.problems(1)).toEqual([
    expect.stringContaining("Type 'number' is not assignable to type 'string'."),
  ]);
});
