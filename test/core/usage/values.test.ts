import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { full, nn, type Tensor, tensor, zeros } from '../../../core/index.ts';

const F = nn.functional;
const x = tensor([
  [1, 2, 3],
  [4, 5, 9],
]);
const any = (value: unknown) => value as never;

describe('numbers that say where, how far or how many', () => {
  const cases: Readonly<Record<string, (n: number) => unknown>> = {
    'slice, start': (n) => x.slice(1, n),
    'slice, end': (n) => x.slice(1, 0, n),
    'narrow, start': (n) => x.narrow(1, n, 2),
    'narrow, length': (n) => x.narrow(1, 0, n),
    'split, sizes': (n) => x.split([n, 3 - n], 1),
    roll: (n) => x.roll(n, 1),
    diagonal: (n) => x.diagonal(n),
    tril: (n) => x.tril(n),
    triu: (n) => x.triu(n),
    pad: (n) => F.pad(x, [n, 0]),
    'setSlice, end': (n) => x.setSlice(1, 0, n, 7),
    ignoreIndex: (n) => F.crossEntropy(x, tensor([0, 1], { dtype: 'i32' }), { ignoreIndex: n }),
    paddingIdx: (n) => new nn.Embedding(4, 2, { paddingIdx: n }),
    numLayers: (n) => new nn.LSTM(4, 4, { numLayers: n }),
    numGroups: (n) => new nn.GroupNorm(n, 4),
  };

  it.each(Object.entries(cases))('are whole: %s', (_, use) => {
    for (const value of [1.5, Number.NaN, any('1'), any(true)])
      expect(() => use(value), String(value)).toThrow(/whole/);
    expect(() => use(1)).not.toThrow();
  });

  it('say what to do about a half', () => {
    expect(() => x.narrow(1, 0, x.size(1) / 2)).toThrow(
      expect.objectContaining({
        message: 'narrow: expected a whole number for length, got 1.5',
        hint: 'Round it: Math.floor(1.5) is 1.',
      }),
    );
  });

  it('are left out where a slice has no end', () => {
    expect(x.slice(1, 1, Number.POSITIVE_INFINITY).shape).toEqual([2, 2]);
    expect(x.slice(1, any(null), 2).shape).toEqual([2, 2]);
  });
});

describe('what ought to be a number', () => {
  const cases: Readonly<Record<string, (p: never) => unknown>> = {
    norm: (p) => x.norm(p),
    normalize: (p) => F.normalize(x, { p }),
    clamp: (p) => x.clamp(p),
    threshold: (p) => F.threshold(x, p, 0),
    softplus: (p) => F.softplus(x, p),
    leakyRelu: (p) => F.leakyRelu(x, p),
    elu: (p) => F.elu(x, p),
    full: (p) => full([2], p),
    labelSmoothing: (p) => F.crossEntropy(x, tensor([0, 1], { dtype: 'i32' }), { labelSmoothing: p }),
  };

  it.each(Object.entries(cases))('is one: %s', (_, use) => {
    for (const value of ['fro', null, { dim: 1 }]) expect(() => use(any(value)), String(value)).toThrow();
    expect(() => use(any(0.5))).not.toThrow();
  });

  it('is told as it is written here', () => {
    expect(() => x.norm(any('fro'))).toThrow(expect.objectContaining({ hint: expect.stringContaining('Write 2') }));
    expect(() => x.norm(2, 1, any({ keepdim: false }))).toThrow(/keepdim/);
    expect(() => F.pad(x, any(1))).toThrow(expect.objectContaining({ hint: expect.stringContaining('[1, 1]') }));
  });

  it('is in the lists of a tensor, and in the range of i32', () => {
    for (const value of ['a', undefined, null, x])
      expect(() => tensor(any([value]))).toThrow('tensor: expected a number');
    expect(() => tensor(any([x, x]))).toThrow(expect.objectContaining({ hint: expect.stringContaining('stack') }));
    for (const value of [2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(() => tensor([value], { dtype: 'i32' }), String(value)).toThrow('expected a whole number of 32 bits');
    const most = [2 ** 31 - 1, -(2 ** 31), 1.9, -1.9];
    expect(tensor(most, { dtype: 'i32' }).toArray()).toEqual([2 ** 31 - 1, -(2 ** 31), 1, -1]);
  });
});

it('a choice is one of those there are', () => {
  expect(() => F.gelu(x, { approximate: any('tan') })).toThrow("gelu: there is no approximate 'tan'");
  expect(() => new nn.RNN(3, 2, { nonlinearity: any('gelu') })).toThrow(
    expect.objectContaining({ hint: "Write 'tanh' or 'relu'." }),
  );
});

it('a tensor, a layer and what holds them are printed by the console', () => {
  const layer = new nn.Linear(2, 2);
  expect(inspect(x)).toBe(String(x));
  expect(inspect(layer)).toBe(String(layer));
  expect(inspect({ loss: zeros([2]) })).toContain('Tensor f32 [2]');
  for (const value of [x, layer, x.max(0) as unknown as Tensor])
    expect(() => inspect(value, { customInspect: false, depth: 1 })).not.toThrow();
});
