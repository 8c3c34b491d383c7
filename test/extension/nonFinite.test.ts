import { expect, it } from 'vitest';
import { nameNonFinite, reviveNonFinite } from '../../extension/protocol/nonFinite.ts';

it('NaN and infinities survive a way that only knows JSON', () => {
  const said = { stats: [{ mean: Number.NaN, max: Number.POSITIVE_INFINITY, min: -1 / 0, count: 3 }], label: null };
  expect(reviveNonFinite(JSON.parse(JSON.stringify(nameNonFinite(said))))).toEqual(said);
});

it('buffers pass as they are', () => {
  const mean = new Float32Array([Number.NaN]);
  expect(reviveNonFinite(nameNonFinite({ mean }))).toEqual({ mean });
});
