/** Functions of `nn.functional`. */
import fc from 'fast-check';
import { javascript, python } from '../case.ts';
import { apart, beside, dim, flag, input, int, shape } from '../drawing.ts';
import { type Calls, of, one } from './call.ts';

export const functionals: Calls = {
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
};
