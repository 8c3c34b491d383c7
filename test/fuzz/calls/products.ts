/** Products of matrices. */
import fc from 'fast-check';
import { beside, constant, flag, input, int, shape } from '../drawing.ts';
import type { Calls } from './call.ts';

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

export const products: Calls = {
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
