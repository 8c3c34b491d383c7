/** PyTorch's process may end over a case or never answer: that case is not judged, and all others are. */
import { afterEach, expect, test } from 'vitest';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import type { Case } from './case.ts';
import { Torch } from './pytorch.ts';

const mortal = fromRoot('test', 'fuzz', 'mortal.mjs');
const asking = (theirs: string): Case => ({ family: 'call', name: `of ${theirs}`, inputs: [], ours: '0', theirs });

let torch: Torch | undefined;
afterEach(() => torch?.end());

async function answersTo(...cases: readonly string[]) {
  const answers = await Promise.all(cases.map((each) => torch!.answer(asking(each))));
  return answers.map((answer) => answer && answer.outputs[0]!.values[0]);
}

test('a process that ends over cases, also twice in a row: those are not judged, the others are', async () => {
  torch = new Torch(process.execPath, { args: [mortal] });
  expect(await answersTo('1', 'end', '2', 'end', 'end', '3')).toEqual([1, undefined, 2, undefined, undefined, 3]);
  expect(torch.deaths).toEqual(new Array(3).fill('3: call of end: last words'));
  expect(await answersTo('4')).toEqual([4]);
});

test('a process that never answers is ended', async () => {
  torch = new Torch(process.execPath, { args: [mortal], patienceMs: 2000 });
  expect(await answersTo('1', 'hang', '2')).toEqual([1, undefined, 2]);
  expect(torch.deaths).toEqual(['SIGKILL: call of hang']);
});

test('one that does not start is said, not taken for one that judges nothing', async () => {
  torch = new Torch(process.execPath, { args: ['-e', 'console.error("no torch"); process.exit(1)'] });
  await expect(answersTo('1', '2')).rejects.toThrow(/does not start: no torch/);
  await expect(answersTo('3')).rejects.toThrow(/does not start/);
  torch = new Torch('no-such-python');
  await expect(answersTo('1')).rejects.toThrow(/ENOENT/);
});
