import { describe, expect, test } from 'vitest';
import { formatShape, nn, zeros } from '../../../core/index.ts';

const F = nn.functional;
const planes = () => zeros([2, 3, 4, 5], { axes: ['batch', 'channel', 'height', 'width'] });

describe('a transposed convolution', () => {
  test('gives back the size its convolution came from, and keeps names', () => {
    const weight = zeros([3, 8, 3, 3]);
    const y = F.convTranspose2d(planes(), weight, null, { stride: 2, padding: 1, outputPadding: 1 });
    expect(formatShape(y)).toBe('[batch 2, channel 8, height 8, width 10]');
    expect(F.convTranspose2d(zeros([0, 3, 4, 5]), weight).shape).toEqual([0, 8, 6, 7]);
    expect(F.convTranspose1d(zeros([3, 4]), zeros([3, 2, 2])).shape).toEqual([2, 5]);
  });

  test('says what does not fit', () => {
    const weight = zeros([4, 8, 3, 3]);
    expect(() => F.convTranspose2d(planes(), weight)).toThrow('expected 4 channels (dimension 1), got ');
    expect(() => F.convTranspose2d(planes(), zeros([3, 8, 3, 3]), null, { outputPadding: 1 })).toThrow(
      'outputPadding 1',
    );
    expect(() => F.convTranspose1d(zeros([1, 1, 1]), zeros([1, 1, 1]), null, { padding: 1 })).toThrow(
      'nothing is left',
    );
  });
});

describe('interpolation', () => {
  test('keeps names, and rounds sizes down', () => {
    expect(formatShape(F.interpolate(planes(), { scaleFactor: 1.5 }))).toBe('[batch 2, channel 3, height 6, width 7]');
    expect(F.interpolate(zeros([0, 1, 2]), { size: 3 }).shape).toEqual([0, 1, 3]);
  });

  test('says which mode or size would do', () => {
    expect(() => F.interpolate(planes(), {})).toThrow('either size or scaleFactor');
    expect(() => F.interpolate(planes(), { size: 2, mode: 'linear' })).toThrow("mode 'linear' does not fit");
    expect(() => F.interpolate(zeros([2, 3]), { size: 2 })).toThrow('expected [batch, channel, length]');
    expect(() => F.interpolate(planes(), { scaleFactor: 0.1 })).toThrow('a size is 0');
  });
});

describe('a linear layer', () => {
  test('names its output after the rows of its weight, where they have a name of their own', () => {
    const hidden = zeros([2, 4], { axes: ['seq', 'embed'] });
    expect(formatShape(F.linear(hidden, zeros([9, 4], { axes: ['vocab', 'embed'] })))).toBe('[seq 2, vocab 9]');
    expect(formatShape(F.linear(hidden, zeros([9, 4], { axes: ['out', 'in'] })))).toBe('[seq 2, features 9]');
    expect(formatShape(F.linear(hidden, zeros([4, 4], { axes: ['out', 'in'] })))).toBe('[seq 2, embed 4]');
  });
});
