import { describe, expect, test } from 'vitest';
import type { RunProvenance } from '../../../core/trace/trace.ts';
import { hasValues, meanings, originOf } from '../../../extension/reading/provenance.ts';

const ofRuns: readonly RunProvenance[] = ['inferred', 'assumed', 'executed', 'sampled', 'changed'];

describe('How a number came about', () => {
  test('is one of a closed list, each with a meaning of its own in one sentence', () => {
    expect(Object.keys(meanings)).toEqual([...ofRuns, 'out of date', 'earlier run']);
    const said = Object.values(meanings);
    expect(new Set(said).size).toBe(said.length);
    for (const meaning of said) expect(meaning).toMatch(/^[A-Z][^.]*[^.\s]$/);
  });

  test('is what the run says, while nothing happened since', () => {
    for (const provenance of ofRuns)
      expect(originOf({ provenance })).toEqual({ provenance, meaning: meanings[provenance] });
  });

  test('is out of date after an edit, and of an earlier run once its engine has ended, whatever the run said', () => {
    for (const provenance of ofRuns) {
      expect(originOf({ provenance }, { outOfDate: true }).provenance).toBe('out of date');
      for (const outOfDate of [false, true])
        expect(originOf({ provenance }, { outOfDate, ended: true }).provenance).toBe('earlier run');
    }
  });

  test('says why values were computed where shapes were asked for, and not of what is out of date', () => {
    const run = { provenance: 'executed', fallback: 'x.mean().item() reads a value at line 3' } as const;
    const because = 'because x.mean().item() reads a value at line 3';
    expect(originOf(run)).toEqual({ provenance: 'executed', because, meaning: `${meanings.executed}, ${because}` });
    expect(originOf(run, { outOfDate: true })).toEqual({
      provenance: 'out of date',
      meaning: meanings['out of date'],
    });
  });

  test('says whose parameters they come from, out of date or not', () => {
    const run = { provenance: 'executed', trained: { steps: 300, earlierText: false } } as const;
    expect(originOf(run).parameters).toBe('trained, 300 steps');
    expect(originOf(run, { outOfDate: true }).parameters).toBe('trained, 300 steps');
    expect(originOf({ ...run, trained: { steps: 1, earlierText: true } }).parameters).toBe(
      'trained, 1 step of an earlier version',
    );
  });

  test('has values where something was computed', () => {
    expect(ofRuns.filter((provenance) => hasValues({ provenance }))).toEqual(['executed', 'sampled', 'changed']);
  });
});
