/** Places in the order of a dimension, distances, windows, and what is brought to one place. */
import fc from 'fast-check';
import { python } from '../case.ts';
import { apart, dim, flag, indices, input, int, shape } from '../drawing.ts';
import { type Calls, of, one, said } from './call.ts';

export const ordering: Calls = {
  cumprod: one(of(input), ({ shape: s }) => dim(s.length).map((d) => [`a.cumprod(${d})`] as const)),
  median: one(of(apart), ({ shape: s }) =>
    fc.oneof(
      said('a.median()'),
      fc
        .tuple(dim(s.length), flag)
        .map(([d, keep]) => [`a.median(${d}, ${keep})`, `a.median(${d}, ${python(keep)})`] as const),
    ),
  ),
  kthvalue: one(of(apart), ({ shape: s }) =>
    fc
      .tuple(int(1, 4), dim(s.length), flag)
      .map(([k, d, keep]) => [`a.kthvalue(${k}, ${d}, ${keep})`, `a.kthvalue(${k}, ${d}, ${python(keep)})`] as const),
  ),
  quantile: one(of(apart), ({ shape: s }) =>
    fc
      .tuple(
        fc.constantFrom(0, 0.1, 0.5, 0.8, 1),
        dim(s.length),
        flag,
        fc.constantFrom('linear', 'lower', 'higher', 'nearest', 'midpoint'),
      )
      .map(
        ([q, d, keep, how]) =>
          [
            `a.quantile(${q}, { dim: ${d}, keepdim: ${keep}, interpolation: '${how}' })`,
            `a.quantile(${q}, dim=${d}, keepdim=${python(keep)}, interpolation='${how}')`,
          ] as const,
      ),
  ),
  unfold: one(of(input, 1), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), int(0, 4), int(1, 3))
      .map(([d, size, step]) => [`a.unfold(${d}, ${size}, ${step})`] as const),
  ),
  cdist: fc
    .tuple(shape(0, 1, 2), int(0, 3), int(0, 3), int(1, 3), int(0, 9), fc.constantFrom(1, 2, 3))
    .chain(([lead, p, r, m, odd, order]) =>
      fc.tuple(apart([...lead, p, m]), apart([...lead, r, odd === 0 ? m + 1 : m]), fc.constant(order)),
    )
    .map(([a, b, p]) => ({ inputs: [a, b], ours: `cdist(a, b, { p: ${p} })`, theirs: `torch.cdist(a, b, p=${p})` })),
  scatterReduce: shape(1, 3).chain((s) =>
    fc
      .tuple(dim(s.length), shape(s.length, s.length, 3), fc.constantFrom('sum', 'mean', 'prod', 'amax', 'amin'), flag)
      .chain(([d, index, reduce, own]) =>
        fc.tuple(apart(s), indices(index, s.at(d) ?? 1), apart(index)).map((inputs) => ({
          inputs,
          ours: `a.scatterReduce(${d}, b, c, '${reduce}', { includeSelf: ${own} })`,
          theirs: `a.scatter_reduce(${d}, b, c, '${reduce}', include_self=${python(own)})`,
        })),
      ),
  ),
};
