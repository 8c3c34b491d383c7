/**
 * Cases as people write them: methods and functions with arguments that mostly fit. Where they do not, both sides have to refuse.
 * Shapes, dimensions and sizes are drawn without asking whether they belong together.
 */
import fc from 'fast-check';
import type { Case, Given } from './case.ts';
import { javascript, python } from './case.ts';
import {
  any,
  apart,
  beside,
  bools,
  constant,
  dim,
  flag,
  indices,
  input,
  int,
  named,
  positive,
  type Shape,
  shape,
  type Written,
} from './drawing.ts';

type Drawn = fc.Arbitrary<Written>;

/** One tensor and one expression; Python's where it differs. */
const one = (
  from: fc.Arbitrary<Given>,
  text: (x: Given) => fc.Arbitrary<readonly [ours: string, theirs?: string]>,
): Drawn => from.chain((a) => text(a).map(([ours, theirs = ours]) => ({ inputs: [a], ours, theirs })));
const of = (from: (s: Shape) => fc.Arbitrary<Given>, minRank = 0) => shape(minRank).chain(from);
const said = (ours: string, theirs: string = ours) => fc.constant([ours, theirs] as const);

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

const pair = (
  text: string,
  theirs = text,
  left: (s: Shape) => fc.Arbitrary<Given> = any,
  right: (s: Shape) => fc.Arbitrary<Given> = left,
): Drawn =>
  shape(0, 3).chain((s) =>
    beside(s)
      .chain((t) => fc.tuple(left(s), right(t)))
      .map(([a, b]) => ({ inputs: [a, b], ours: text, theirs })),
  );

/** Sizes whose product is the tensor's, mostly; one may be −1. */
const reshaped = (s: Shape): fc.Arbitrary<number[]> => {
  const count = s.reduce((n, size) => n * size, 1);
  const factors = Array.from({ length: count }, (_, i) => i + 1).filter((n) => count % n === 0);
  const fitting = fc
    .constantFrom(...(factors.length > 0 ? factors : [0]))
    .chain((n) => fc.constantFrom<number[][]>([n, n === 0 ? 3 : count / n], [-1, Math.max(n, 1)], [n, 1, -1], [count]));
  return fc.oneof({ weight: 5, arbitrary: fitting }, { weight: 1, arbitrary: fc.array(int(-1, 4), { maxLength: 3 }) });
};

const matrices = fc
  .tuple(shape(0, 2, 3), int(0, 5), int(0, 5), int(0, 5), int(0, 3), int(0, 20))
  .chain(([lead, m, k, n, kind, odd]) => {
    const inner = odd === 0 ? k + 1 : k;
    const left = kind & 1 ? [k] : [...lead, m, k];
    const right = kind & 2 ? [inner] : [inner, n];
    return beside(lead).chain((more) => fc.tuple(input(left), input(kind & 2 ? right : [...more, ...right])));
  });

/** Large enough for every path of a product: few rows, many, deep, wide. */
const large = fc
  .tuple(fc.constantFrom(1, 2, 3, 7, 33, 130), fc.constantFrom(5, 64, 257), fc.constantFrom(1, 8, 65, 300), flag, flag)
  .chain(([m, k, n, turnLeft, turnRight]) =>
    fc
      .tuple(
        input(turnLeft ? [k, m] : [m, k], { stretched: false }),
        input(turnRight ? [n, k] : [k, n], { stretched: false }),
      )
      .map(([a, b]) => {
        const text = `a${turnLeft ? '.t()' : ''}.matmul(b${turnRight ? '.t()' : ''})`;
        return { inputs: [a, b], ours: text, theirs: text };
      }),
  );

const joined = (name: 'cat' | 'stack'): Drawn =>
  fc.tuple(shape(0, 3), int(1, 3), dim(3)).chain(([s, count, d]) => {
    const each = fc.tuple(...Array.from({ length: count }, () => int(0, 3))).chain((sizes) =>
      fc.tuple(
        ...sizes.map((size, i) => {
          const at = d < 0 ? d + s.length : d;
          return any(
            name === 'cat' && at >= 0 && at < s.length ? s.with(at, size) : i === 2 && size === 0 ? [...s, 1] : s,
          );
        }),
      ),
    );
    return each.map((inputs) => {
      const list = `[${inputs.map((_, i) => 'abc'[i]).join(', ')}]`;
      return { inputs, ours: `${name}(${list}, ${d})`, theirs: `torch.${name}(${list}, ${d})` };
    });
  });

/** Written as PyTorch has them, with the arguments that each takes. */
const calls: Readonly<Record<string, Drawn>> = {
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
  add: pair('a.add(b)'),
  sub: pair('a.sub(b)'),
  mul: pair('a.mul(b)'),
  div: pair('a.div(b)', 'a.div(b)', any, positive),
  maximum: pair('maximum(a, b)', 'torch.maximum(a, b)'),
  minimum: pair('minimum(a, b)', 'torch.minimum(a, b)'),
  pow: pair('a.pow(b)', 'a.pow(b)', positive, input),
  eq: pair('a.eq(b)'),
  lt: pair('a.lt(b)'),
  ge: pair('a.ge(b)'),
  where: pair('where(a.gt(0), a, b)', 'torch.where(a.gt(0), a, b)', input),
  maskedFill: pair('a.maskedFill(b, 0.5)', 'a.masked_fill(b, 0.5)', input, bools),
  maskedSelect: pair('a.maskedSelect(b)', 'a.masked_select(b)', input, bools),
  abs: one(of(any), () => said('a.abs()')),
  neg: one(of(any), () => said('a.neg()')),
  exp: one(of(any), () => said('a.exp()')),
  square: one(of(any), () => said('a.square()')),
  clamp: one(of(input), () => fc.tuple(int(-2, 2), int(-2, 2)).map(([lo, hi]) => [`a.clamp(${lo}, ${hi})`] as const)),
  powScalar: one(of(input), () => fc.constantFrom(0, 1, 2, 3, -1, 0.5).map((n) => [`a.pow(${n})`] as const)),
  matmul: matrices.map((inputs) => ({ inputs, ours: 'a.matmul(b)', theirs: 'a.matmul(b)' })),
  largeMatmul: large,
  bmm: fc
    .tuple(int(0, 3), int(0, 4), int(0, 4), int(0, 4), int(0, 12))
    .chain(([b, m, k, n, odd]) => fc.tuple(input([b, m, k]), input([odd === 0 ? b + 1 : b, k, n])))
    .map((inputs) => ({ inputs, ours: 'bmm(a, b)', theirs: 'torch.bmm(a, b)' })),
  linear: fc
    .tuple(shape(0, 2), int(0, 5), int(0, 5), flag, int(0, 12))
    .chain(([lead, i, o, bias, odd]) =>
      fc.tuple(input([...lead, i]), input([o, odd === 0 ? i + 1 : i]), ...(bias ? [input([o])] : [])),
    )
    .map((inputs) => {
      const args = inputs.map((_, i) => 'abc'[i]).join(', ');
      return { inputs, ours: `F.linear(${args})`, theirs: `F.linear(${args})` };
    }),
  einsum: fc
    .tuple(
      fc.constantFrom('ij,jk->ik', 'bij,bjk->bik', 'ij,ij->', 'i,j->ij', 'bii->b', 'ij->ji', '...i,...i->...'),
      int(1, 4),
      int(1, 4),
      int(1, 4),
      int(1, 3),
    )
    .chain(([equation, i, j, k, b]) => {
      const sizes: Readonly<Record<string, number>> = { i, j, k, b };
      const terms = equation
        .split('->')[0]!
        .split(',')
        .map((term) => [...term.replace('...', 'b')].map((letter) => sizes[letter]!));
      return fc.tuple(...terms.map((s) => input(s))).map((inputs) => {
        const args = inputs.map((_, n) => 'ab'[n]).join(', ');
        return { inputs, ours: `einsum('${equation}', ${args})`, theirs: `torch.einsum('${equation}', ${args})` };
      });
    }),
  transpose: one(of(any), ({ shape: s }) =>
    fc.tuple(dim(s.length), dim(s.length)).map(([i, j]) => [`a.transpose(${i}, ${j})`] as const),
  ),
  permute: one(of(any), ({ shape: s }) =>
    fc
      .oneof(
        {
          weight: 5,
          arbitrary: fc.shuffledSubarray(
            s.map((_, d) => d),
            { minLength: s.length },
          ),
        },
        { weight: 1, arbitrary: fc.array(dim(s.length), { minLength: s.length, maxLength: s.length }) },
      )
      .map((dims) => [`a.permute(${javascript(dims)})`] as const),
  ),
  reshape: one(of(any), ({ shape: s }) => reshaped(s).map((sizes) => [`a.reshape(${javascript(sizes)})`] as const)),
  flatten: one(of(any), ({ shape: s }) =>
    fc.tuple(dim(s.length), dim(s.length)).map(([i, j]) => [`a.flatten(${i}, ${j})`] as const),
  ),
  unflatten: one(of(any, 1), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), reshaped([s.at(-1)!]))
      .map(
        ([d, sizes]) =>
          [`a.unflatten(${d}, ${javascript(sizes)})`, `a.unflatten(${d}, tuple(${python(sizes)}))`] as const,
      ),
  ),
  squeeze: one(of(any), ({ shape: s }) => dim(s.length).map((d) => [`a.squeeze(${d})`] as const)),
  unsqueeze: one(of(any), ({ shape: s }) => dim(s.length + 1).map((d) => [`a.unsqueeze(${d})`] as const)),
  expand: one(of(any), ({ shape: s }) =>
    fc
      .tuple(shape(0, 1, 3), fc.array(int(0, 3), { minLength: s.length, maxLength: s.length }))
      .map(([lead, sizes]) => [...lead, ...s.map((size, i) => (size === 1 ? sizes[i]! : sizes[i] === 0 ? -1 : size))])
      .map((sizes) => [`a.expand(${javascript(sizes)})`] as const),
  ),
  repeat: one(of(any), ({ shape: s }) =>
    fc
      .array(int(0, 3), { minLength: Math.max(0, s.length - 1), maxLength: s.length + 1 })
      .map((times) => [`a.repeat(${javascript(times)})`] as const),
  ),
  flip: one(of(any), ({ shape: s }) =>
    fc.array(dim(s.length), { minLength: 1, maxLength: 2 }).map((dims) => [`a.flip(${javascript(dims)})`] as const),
  ),
  roll: one(of(any, 1), ({ shape: s }) =>
    fc.tuple(int(-5, 5), dim(s.length)).map(([by, d]) => [`a.roll(${by}, ${d})`] as const),
  ),
  pad: one(of(input, 1), () =>
    fc
      .array(int(-2, 3), { minLength: 1, maxLength: 5 })
      .map((by) => [`a.pad(${javascript(by)}, 0.5)`, `F.pad(a, ${python(by)}, value=0.5)`] as const),
  ),
  padModes: one(shape(2, 4).chain(input), () =>
    fc
      .tuple(fc.array(int(-1, 3), { minLength: 2, maxLength: 4 }), fc.constantFrom('reflect', 'replicate', 'circular'))
      .map(([by, mode]) => [`a.pad(${javascript(by)}, '${mode}')`, `F.pad(a, ${python(by)}, mode='${mode}')`] as const),
  ),
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
  cat: joined('cat'),
  stack: joined('stack'),
  tril: one(of(any, 1), () => int(-3, 3).map((d) => [`a.tril(${d})`] as const)),
  triu: one(of(any, 1), () => int(-3, 3).map((d) => [`a.triu(${d})`] as const)),
  diagonal: one(of(any, 1), ({ shape: s }) =>
    fc.tuple(int(-3, 3), dim(s.length), dim(s.length)).map(([o, i, j]) => [`a.diagonal(${o}, ${i}, ${j})`] as const),
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
  repeatInterleave: one(of(input, 1), ({ shape: s }) =>
    fc
      .tuple(int(0, 3), dim(s.length))
      .map(([n, d]) => [`repeatInterleave(a, ${n}, ${d})`, `a.repeat_interleave(${n}, ${d})`] as const),
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
  cosineSimilarity: shape(1, 3).chain((s) =>
    beside(s)
      .chain((t) => fc.tuple(apart(s), apart(t), dim(s.length)))
      .map(([a, b, d]) => ({
        inputs: [a, b],
        ours: `F.cosineSimilarity(a, b, { dim: ${d} })`,
        theirs: `F.cosine_similarity(a, b, dim=${d})`,
      })),
  ),
  pairwiseDistance: shape(1, 2).chain((s) =>
    fc.tuple(apart(s), apart(s), fc.constantFrom(1, 2, 3), flag).map(([a, b, p, keep]) => ({
      inputs: [a, b],
      ours: `F.pairwiseDistance(a, b, { p: ${p}, keepdim: ${keep} })`,
      theirs: `F.pairwise_distance(a, b, p=${p}, keepdim=${python(keep)})`,
    })),
  ),
  normalize: one(of(apart, 1), ({ shape: s }) =>
    fc
      .tuple(fc.constantFrom(1, 2, 3), dim(s.length))
      .map(([p, d]) => [`F.normalize(a, { p: ${p}, dim: ${d} })`, `F.normalize(a, p=${p}, dim=${d})`] as const),
  ),
  layerNorm: one(of(apart, 1), ({ shape: s }) =>
    fc
      .oneof({ weight: 8, arbitrary: int(1, s.length).map((n) => s.slice(-n)) }, { weight: 1, arbitrary: shape(1, 2) })
      .map(
        (sizes) =>
          [
            `F.layerNorm(a, ${javascript(sizes)}, null, null, 0.1)`,
            `F.layer_norm(a, ${python(sizes)}, None, None, 0.1)`,
          ] as const,
      ),
  ),
  groupNorm: one(of(apart, 2), () =>
    int(1, 4).map((n) => [`F.groupNorm(a, ${n}, null, null, 0.1)`, `F.group_norm(a, ${n}, None, None, 0.1)`] as const),
  ),
  glu: one(of(input, 1), ({ shape: s }) => dim(s.length).map((d) => [`F.glu(a, ${d})`, `F.glu(a, ${d})`] as const)),
  interpolate: one(shape(3, 4).chain(input), () =>
    fc
      .tuple(fc.constantFrom('nearest', 'linear', 'bilinear', 'area', 'nearest-exact'), int(1, 6), flag)
      .map(([mode, size, corners]) => {
        const aligned = mode.includes('linear') ? corners : undefined;
        return [
          `F.interpolate(a, { size: ${size}, mode: '${mode}'${aligned === undefined ? '' : `, alignCorners: ${aligned}`} })`,
          `F.interpolate(a, size=${size}, mode='${mode}'${aligned === undefined ? '' : `, align_corners=${python(aligned)}`})`,
        ] as const;
      }),
  ),
  attention: fc
    .tuple(int(1, 2), int(1, 2), int(1, 5), int(1, 5), int(1, 4), int(1, 4), int(0, 2))
    .chain(([b, h, q, k, e, v, mask]) =>
      fc
        .tuple(input([b, h, q, e]), input([b, h, k, e]), input([b, h, k, v]), constant(input([q, k])))
        .map((inputs) => ({
          inputs,
          ours: `F.scaledDotProductAttention(a, b, c${mask === 1 ? ', { attnMask: d }' : mask === 2 ? ', { isCausal: true }' : ''})`,
          theirs: `${['SCORES', '(SCORES + d)', `SCORES.masked_fill(torch.ones(${q}, ${k}, dtype=torch.bool).triu(1), -inf)`][mask]!.replace('SCORES', '(a @ b.mT / math.sqrt(a.shape[-1]))')}.softmax(-1) @ c`,
        })),
    ),
};

export const callCases: Readonly<Record<string, fc.Arbitrary<Case>>> = Object.fromEntries(
  Object.entries(calls).map(([name, drawn]) => [name, named('call', name, drawn)]),
);
