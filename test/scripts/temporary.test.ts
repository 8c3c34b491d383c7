import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sweep, temporaryFolder } from '../harness/temporary.ts';

it('removes what a process that is gone has left, and nobody else’s', () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const left = mkdtempSync(join(tmpdir(), `tensight-test-${gone}-left-`));
  const others = mkdtempSync(join(tmpdir(), `tensight-test-${process.ppid}-others-`));
  const own = temporaryFolder('own');
  sweep();
  expect([left, others, own.path].map((path) => existsSync(path))).toEqual([false, true, true]);
  own.dispose();
  expect(existsSync(own.path)).toBe(false);
});
