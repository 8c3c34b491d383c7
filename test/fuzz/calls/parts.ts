/** Parts, by place and by index. */
import fc from 'fast-check';
import { javascript, python } from '../case.ts';
import { any, beside, dim, indices, input, int, shape } from '../drawing.ts';
import { type Calls, of, one } from './call.ts';

export const parts: Calls = {
  slice: one(of(any, 1), ({ shape: s }) =>
    fc
      .tuple(int(0, s.length - 1), int(-5, 5), int(-5, 5), int(1, 3))
      .map(
        ([d, from, to, step]) =>
          [`slice(a, ${d}, ${from}, ${to}, ${step})`, `a[${':, '.repeat(d)}${from}:${to}:${step}]`] as const,
      ),
  ),
  narrow: one(of(any), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), int(-3, 4), int(0, 4))
      .map(([d, from, n]) => [`narrow(a, ${d}, ${from}, ${n})`, `a.narrow(${d}, ${from}, ${n})`] as const),
  ),
  select: one(of(any), ({ shape: s }) =>
    fc.tuple(dim(s.length), int(-4, 4)).map(([d, at]) => [`select(a, ${d}, ${at})`, `a.select(${d}, ${at})`] as const),
  ),
  split: one(of(input, 1), ({ shape: s }) =>
    fc
      .tuple(
        fc.oneof<fc.Arbitrary<number | number[]>[]>(int(1, 4), fc.array(int(0, 3), { minLength: 1, maxLength: 3 })),
        dim(s.length),
      )
      .map(([by, d]) => [`split(a, ${javascript(by)}, ${d})`, `torch.split(a, ${python(by)}, ${d})`] as const),
  ),
  chunk: one(of(input, 1), ({ shape: s }) =>
    fc.tuple(int(1, 5), dim(s.length)).map(([n, d]) => [`chunk(a, ${n}, ${d})`, `torch.chunk(a, ${n}, ${d})`] as const),
  ),
  unbind: one(of(input), ({ shape: s }) =>
    dim(s.length).map((d) => [`unbind(a, ${d})`, `torch.unbind(a, ${d})`] as const),
  ),
  gather: shape(1, 3).chain((s) =>
    fc
      .tuple(dim(s.length), shape(s.length, s.length, 3))
      .chain(([d, index]) => fc.tuple(input(s), indices(index, (s.at(d) ?? 1) + 0), fc.constant(d)))
      .map(([a, b, d]) => ({ inputs: [a, b], ours: `gather(a, ${d}, b)`, theirs: `a.gather(${d}, b)` })),
  ),
  indexSelect: shape(1, 3).chain((s) =>
    fc
      .tuple(dim(s.length), int(0, 4), int(0, 15))
      .chain(([d, n, odd]) => fc.tuple(input(s), indices([n], (s.at(d) ?? 1) + (odd === 0 ? 2 : 0)), fc.constant(d)))
      .map(([a, b, d]) => ({ inputs: [a, b], ours: `indexSelect(a, ${d}, b)`, theirs: `a.index_select(${d}, b)` })),
  ),
  index: shape(1, 3).chain((s) =>
    fc
      .tuple(input(s), indices([2, 2], s[0]!, -Math.min(1, s[0]!)))
      .map((inputs) => ({ inputs, ours: 'a.index(b)', theirs: 'a[b]' })),
  ),
  scatterAdd: shape(1, 3).chain((s) =>
    fc
      .tuple(dim(s.length), shape(s.length, s.length, 3))
      .chain(([d, index]) => fc.tuple(input(s), indices(index, s.at(d) ?? 1), input(index), fc.constant(d)))
      .map(([a, b, c, d]) => ({
        inputs: [a, b, c],
        ours: `scatterAdd(a, ${d}, b, c)`,
        theirs: `a.scatter_add(${d}, b, c)`,
      })),
  ),
  takeAlongDim: shape(1, 3).chain((s) =>
    fc
      .tuple(dim(s.length), beside(s))
      .chain(([d, index]) => fc.tuple(input(s), indices(index, s.at(d) ?? 1), fc.constant(d)))
      .map(([a, b, d]) => ({
        inputs: [a, b],
        ours: `takeAlongDim(a, b, ${d})`,
        theirs: `torch.take_along_dim(a, b, ${d})`,
      })),
  ),
  oneHot: one(
    shape().chain((s) => indices(s, 4)),
    () => int(1, 5).map((n) => [`oneHot(a, ${n})`, `F.one_hot(a, ${n})`] as const),
  ),
  embedding: fc
    .tuple(shape(0, 2), int(1, 4), int(0, 4), fc.option(int(-5, 4), { nil: undefined }), int(0, 15))
    .chain(([s, entries, width, padding, odd]) =>
      fc.tuple(indices(s, entries + (odd === 0 ? 1 : 0)), input([entries, width]), fc.constant(padding)),
    )
    .map(([a, b, padding]) => ({
      inputs: [a, b],
      ours: `F.embedding(a, b, { paddingIdx: ${padding} })`,
      theirs: `F.embedding(a, b, padding_idx=${python(padding)})`,
    })),
};
