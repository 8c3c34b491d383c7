/** One VS Code for all tests of a file: another would take as long to start as ten of them to run. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest';
import { type LaunchOptions, launchVSCode } from '../harness/launch.ts';
import type { VSCode } from '../harness/vscode.ts';

export const root = join(import.meta.dirname, '../..');
/** Where pictures of the tests go. */
export const pictures = join(root, '.cache/screenshots');

/** There once the tests run; its folder is a copy of the examples. */
export let code: VSCode;

/** Call it where the tests of a file are defined, once. */
export function openWindow(options: Pick<LaunchOptions, 'untrusted'> = {}): void {
  beforeAll(async () => {
    code = await launchVSCode({
      ...options,
      folder: join(root, 'examples'),
      viewport: { width: 1600, height: 1000 },
    });
  });
  afterAll(() => code?.close());
  beforeEach(() =>
    onTestFailed(({ task }) => code.screenshot(join(pictures, `failed: ${task.name.slice(0, 40)}.png`))),
  );
}

/** Leaves the window to the next tests as it was found: nothing open, nothing unsaved. */
export async function leaveWindow(): Promise<void> {
  await code.runCommand('File: Save All Files');
  await code.runCommand('View: Close All Editor Groups');
  await code.until(async () => (await code.page.locator('.tab').count()) === 0, 'every tab to close');
}
