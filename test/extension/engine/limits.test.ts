/** What is said of a run that was ended: where it was, what it did there, and what can be done. */
import { describe, expect, it } from 'vitest';
import type { Site } from '../../../core/trace/trace.ts';
import { problemOfStop } from '../../../extension/engine/limits.ts';

const entry = 'file:///w/a.model.ts';
const range = { start: { line: 7, character: 15 }, end: { line: 7, character: 40 } };
const definition: Site = { file: entry, range, text: 'defineModel({ model: () => new Net() })', kind: 'expression' };
const line: Site = { file: entry, range, text: 'x.relu()', kind: 'expression', scope: 'Net.forward' };
const request = { mode: 'backward', sites: [line, definition, line], entry } as const;
const timeout = { kind: 'timeout', ms: 60_000 } as const;

describe('at its time limit', () => {
  it.each([
    ['build', 'while the model was made'],
    ['forward', 'between two lines of the model'],
    ['backward', 'while gradients were computed'],
    ['statistics', 'while the statistics of its tensors were computed'],
  ] as const)('outside of the lines of the model: %s', (phase, words) => {
    const { message, hint, site } = problemOfStop(timeout, request, { phase }, 2000);
    expect(message).toBe(`the run was ended after 60 s, ${words}`);
    expect(hint).toMatch(/^Use a smaller model or sample input, or raise /);
    expect(site).toBe(1);
  });
  it('in a line, in a loop, and where nothing is known', () => {
    expect(problemOfStop(timeout, request, { site: 0, phase: 'forward' }, 2000)).toMatchObject({
      message: 'the run was ended after 60 s; it was here, in Net.forward',
      site: 0,
    });
    expect(problemOfStop(timeout, request, { loop: { site: 2, rounds: 5000 } }, 2000)).toMatchObject({
      message: 'the run was ended after 60 s, after 5,000 iterations of this loop, in Net.forward',
      site: 2,
    });
    const bare = problemOfStop(timeout, { ...request, sites: [] }, {}, 2000);
    expect(bare).toMatchObject({ message: 'the run was ended after 60 s', file: entry });
  });
});
