/** What the tests in front of the editor rest on: VS Code's own answers to a file that is no model. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { code } from './window.ts';

const text = `export function twice(x: number): number {
  return x * 2;
}
export const four = twice(2);
`;

export function writing(): void {
  beforeAll(() => writeFileSync(join(code.folder, 'plain.ts'), text));

  test('a file opens, and hovering a function shows its type', async () => {
    await code.openFile('plain.ts');
    expect(await code.hoverAt(1, 18)).toContain('function twice(x: number): number');
  });

  test('what is typed is in the editor, and a wrong type is in the Problems panel', async () => {
    await code.replaceLine(4, 'export const four: string = twice(2);');
    expect(await code.problems(1)).toEqual([
      expect.stringContaining("Type 'number' is not assignable to type 'string'."),
    ]);
    await code.hideProblems();
  });
}
