/** Over dimensions: reductions, what runs along them, what chooses among them. */
import fc from 'fast-check';
import { type Given, javascript, python } from '../case.ts';
import { any, apart, dim, flag, input, int, type Shape } from '../drawing.ts';
import { type Calls, type Drawn, of, one, said } from './call.ts';

/** Over a dimension, several, or all, kept or not. */
const reduction = (name: string, several = true, from: (s: Shape) => fc.Arbitrary<Given> = input): Drawn =>
  one(of(from), ({ shape: s }) => {
    const dims: fc.Arbitrary<number | number[]> = several
      ? fc.oneof(dim(s.length), fc.array(dim(s.length), { minLength: 1, maxLength: 3 }))
      : dim(s.length);
    return fc.oneof(
      fc
        .tuple(dims, flag)
        .map(
          ([d, keep]) =>
            [`a.${name}(${javascript(d)}, ${keep})`, `a.${name}(${python(d)}, keepdim=${python(keep)})`] as const,
        ),
      several ? said(`a.${name}()`) : dims.map((d) => [`a.${name}(${javascript(d)})`] as const),
    );
  });

const along = (name: string, theirs = name, from: (s: Shape) => fc.Arbitrary<Given> = input): Drawn =>
  one(of(from), ({ shape: s }) => dim(s.length).map((d) => [`a.${name}(${d})`, `a.${theirs}(${d})`] as const));

export const reductions: Calls = {
  sum: reduction('sum', true, any),
  mean: reduction('mean'),
  amax: reduction('amax', true, apart),
  amin: reduction('amin', true, apart),
  logsumexp: one(of(input, 1), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), flag)
      .map(([d, k]) => [`a.logsumexp(${d}, ${k})`, `a.logsumexp(${d}, ${python(k)})`] as const),
  ),
  prod: reduction('prod', false),
  norm: one(of(input), ({ shape: s }) =>
    fc
      .tuple(fc.constantFrom(1, 2, 3, 0.5, Infinity, -Infinity), dim(s.length), flag)
      .map(
        ([p, d, keep]) =>
          [`a.norm(${p}, ${d}, ${keep})`, `torch.linalg.vector_norm(a, ${python(p)}, ${d}, ${python(keep)})`] as const,
      ),
  ),
  var: one(of(input), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), flag, flag)
      .map(
        ([d, unbiased, keepdim]) =>
          [
            `a.var(${d}, { correction: ${Number(unbiased)}, keepdim: ${keepdim} })`,
            `a.var(${d}, ${python(unbiased)}, ${python(keepdim)})`,
          ] as const,
      ),
  ),
  std: one(of(apart), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), flag)
      .map(
        ([d, keepdim]) => [`a.std(${d}, { keepdim: ${keepdim} })`, `a.std(${d}, keepdim=${python(keepdim)})`] as const,
      ),
  ),
  cumsum: along('cumsum'),
  softmax: along('softmax'),
  logSoftmax: along('logSoftmax', 'log_softmax'),
  argmax: along('argmax', 'argmax', apart),
  argmin: along('argmin', 'argmin', apart),
  max: along('max', 'max', apart),
  min: along('min', 'min', apart),
  sort: one(of(apart), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), flag)
      .map(([d, down]) => [`a.sort(${d}, { descending: ${down} })`, `a.sort(${d}, ${python(down)})`] as const),
  ),
  topk: one(of(apart), ({ shape: s }) =>
    fc
      .tuple(int(0, 5), dim(s.length), flag)
      .map(
        ([k, d, largest]) =>
          [`a.topk(${k}, { dim: ${d}, largest: ${largest} })`, `a.topk(${k}, ${d}, ${python(largest)})`] as const,
      ),
  ),
};
