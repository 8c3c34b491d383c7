import { describe, expect, test } from 'vitest';
import {
  bytes,
  count,
  duration,
  flops,
  integer,
  number,
  ordinal,
  powerOfTen,
  scientific,
  share,
} from '../../../extension/reading/numbers.ts';

describe('Numbers read alike wherever they stand', () => {
  test.each([
    [0, '0'],
    [0.123456, '0.123'],
    [-2.1, '−2.1'],
    [12.345, '12.3'],
    [1234.5, '1,235'],
    [-43210, '−43,210'],
    [0.00001234, '1.23·10⁻⁵'],
    [-3e12, '−3·10¹²'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('number %s is written %s', (value, text) => expect(number(value)).toBe(text));

  test.each([
    [0, '0'],
    [512, '512'],
    [999.6, '999.6'],
    [1000, '1 k'],
    [108_234, '108 k'],
    [999_999, '1 M'],
    [124_439_808, '124 M'],
    [175e9, '175 B'],
  ])('count %s is written %s', (value, text) => expect(count(value)).toBe(text));

  test.each([
    [224, '224 FLOPs'],
    [2_100_000, '2.1 MFLOPs'],
    [136e9, '136 GFLOPs'],
  ])('flops %s is written %s', (value, text) => expect(flops(value)).toBe(text));

  test.each([
    [144, '144 B'],
    [4096, '4 KB'],
    [1023.9 * 1024, '1 MB'],
    [713 * 1024 ** 2, '713 MB'],
  ])('bytes %s is written %s', (value, text) => expect(bytes(value)).toBe(text));

  test.each([
    [0, '0 ms'],
    [0.0123, '12 µs'],
    [1.234, '1.23 ms'],
    [4512, '4.51 s'],
    [125_000, '2 min 5 s'],
  ])('duration %s ms is written %s', (value, text) => expect(duration(value)).toBe(text));

  test('a share is never rounded to none or to all', () => {
    expect(share(1, 100_000)).toBe('< 0.1 %');
    expect(share(99_999, 100_000)).toBe('> 99.9 %');
    expect(share(5, 5)).toBe('100 %');
    expect(share(1, 3)).toBe('33.3 %');
    expect(share(0, 0)).toBe('–');
  });

  test('thousands, powers and places', () => {
    expect(integer(1234567)).toBe('1,234,567');
    expect(powerOfTen(-12)).toBe('10⁻¹²');
    expect(scientific(0.000001, 1)).toBe('1·10⁻⁶');
    expect([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '112th',
    ]);
  });
});
