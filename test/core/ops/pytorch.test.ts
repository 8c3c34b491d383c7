/** Values and gradients against those PyTorch gives (pytorch.json, written by pytorch.py), for what has no golden case. */
import { expect, test } from 'vitest';
import {
  einsum,
  maskedSelect,
  nn,
  repeatInterleave,
  scatter,
  type Tensor,
  takeAlongDim,
  tensor,
} from '../../../core/index.ts';
import { recorded } from '../pytorch/recorded.ts';

const F = nn.functional;
interface Expected {
  readonly y: readonly number[];
  readonly shape: readonly number[];
  /** ∂(Σ weight·y)/∂input of each input. */
  readonly g: readonly (readonly number[])[];
}

const expected = recorded<Record<string, Expected>>('pytorch.json', import.meta.url);

/** The numbers pytorch.py calls `seq`: spread over −2 … 2 without a pattern, all different. */
function seq(shape: number[], step = 0.37, start = 0): Tensor {
  const at = (i: number) => ((Math.fround(i * Math.fround(step)) + start) % 1) * 4 - 2;
  return tensor(
    Float32Array.from({ length: shape.reduce((n, s) => n * s, 1) }, (_, i) => at(i)),
    { shape },
  );
}

const ints = (values: number[] | number[][]) => tensor(values, { dtype: 'i32' });

function expectClose(got: Tensor, want: readonly number[], what: string): void {
  const values = got.toTypedArray();
  expect(values).toHaveLength(want.length);
  for (const [i, w] of want.entries())
    expect(Math.abs(values[i]! - w), `${what} at ${i}: ${values[i]} against ${w}`).toBeLessThan(
      2e-5 * (1 + Math.abs(w)),
    );
}

function same(name: string, f: (...x: Tensor[]) => Tensor, ...inputs: Tensor[]): void {
  test(name, () => {
    const { shape, y: values, g } = expected[name]!;
    const leaves = inputs.map((x) => x.clone().detach().requiresGrad_());
    const y = f(...leaves);
    expect(y.shape).toEqual(shape);
    expectClose(y, values, 'output');
    const weight = Float32Array.from({ length: y.numel }, (_, i) => ((i * 0.13) % 1) + 0.5);
    y.mul(tensor(weight, { shape: y.shape }))
      .sum()
      .backward();
    for (const [i, leaf] of leaves.entries()) expectClose(leaf.grad!, g[i]!, `gradient of input ${i}`);
  });
}

const x = seq([12]).mul(3);
same('hardtanh', (t) => F.hardtanh(t), x);
same('relu6', F.relu6, x);
same('hardsigmoid', F.hardsigmoid, x);
same('hardswish', F.hardswish, x);
same('hardshrink', (t) => F.hardshrink(t), x);
same('softshrink', (t) => F.softshrink(t), x);
same('selu', F.selu, x);
same('celu', (t) => F.celu(t, 0.7), x);
same('mish', F.mish, x);
same('softsign', F.softsign, x);
same('logSigmoid', F.logSigmoid, x);
same('tanhshrink', F.tanhshrink, x);
same('threshold', (t) => F.threshold(t, 0.5, -1), x);
same('prelu', F.prelu as never, seq([2, 3, 2]), seq([3], 0.37, 0.2));
same('glu', (t) => F.glu(t, 1), seq([2, 4, 2]));
same(
  'convTranspose1d, all options',
  (a, w, b) => F.convTranspose1d(a!, w!, b!, { stride: 2, padding: 1, outputPadding: 1, dilation: 2, groups: 2 }),
  seq([2, 4, 3]),
  seq([4, 3, 3], 0.29),
  seq([6], 0.41),
);
same(
  'convTranspose2d, a stride each',
  (a, w, b) => F.convTranspose2d(a!, w!, b!, { stride: [2, 3], padding: [1, 0], outputPadding: [1, 2] }),
  seq([1, 2, 3, 2]),
  seq([2, 3, 2, 3], 0.29),
  seq([3], 0.41),
);
same(
  'convTranspose2d, more output than stride',
  (a, w) => F.convTranspose2d(a!, w!, null, { outputPadding: 1, dilation: 2 }),
  seq([1, 2, 2, 2]),
  seq([2, 1, 2, 2], 0.29),
);
same('nearest to a size', (t) => F.interpolate(t, { size: 5 }), seq([1, 2, 3]));
same('nearest by a factor', (t) => F.interpolate(t, { scaleFactor: 2.3 }), seq([1, 1, 3, 2]));
same('linear', (t) => F.interpolate(t, { size: 5, mode: 'linear' }), seq([1, 2, 3]));
same('bilinear by a factor', (t) => F.interpolate(t, { scaleFactor: 2.3, mode: 'bilinear' }), seq([1, 1, 3, 2]));
same(
  'bilinear, corners aligned',
  (t) => F.interpolate(t, { size: [4, 5], mode: 'bilinear', alignCorners: true }),
  seq([1, 1, 3, 2]),
);
same('bilinear, smaller', (t) => F.interpolate(t, { size: [2, 1], mode: 'bilinear' }), seq([1, 1, 5, 4]));
same('adaptiveMaxPool1d', (t) => F.adaptiveMaxPool1d(t, 3), seq([1, 2, 7]));
same('adaptiveMaxPool2d', (t) => F.adaptiveMaxPool2d(t, [2, 3]), seq([1, 2, 3, 5]));
same(
  'bilinear form',
  (a, b, w, c) => F.bilinear(a!, b!, w!, c),
  seq([2, 3]),
  seq([2, 4], 0.21),
  seq([5, 3, 4], 0.17),
  seq([5], 0.3),
);
const probabilities = seq([2, 3]).add(2.1).div(4.3);
const targets = seq([2, 3], 0.23).add(2).div(4);
same('binaryCrossEntropy', (a) => F.binaryCrossEntropy(a, targets), probabilities);
same('huberLoss', (a, b) => F.huberLoss(a!, b!, { delta: 0.7 }), seq([2, 3]), seq([2, 3], 0.23));
same('klDiv of probabilities', (a) => F.klDiv(a, targets, { reduction: 'batchmean' }), seq([2, 3]));
same('klDiv of logarithms', (a) => F.klDiv(a, seq([2, 3], 0.23), { logTarget: true, reduction: 'sum' }), seq([2, 3]));
same(
  'cosineEmbeddingLoss',
  (a, b) => F.cosineEmbeddingLoss(a!, b!, tensor([1, -1]), { margin: -0.5 }),
  seq([2, 3]),
  seq([2, 3], 0.23),
);
same('cosineSimilarity', (a, b) => F.cosineSimilarity(a!, b!, { dim: 1 }), seq([2, 3, 2]), seq([2, 3, 2], 0.23));
same(
  'scatter',
  (a, s) =>
    scatter(
      a!,
      1,
      ints([
        [2, 0],
        [1, 2],
      ]),
      s!,
    ),
  seq([2, 3]),
  seq([2, 2], 0.23),
);
same('takeAlongDim', (a) => takeAlongDim(a, ints([[2, 0]]), 1), seq([2, 3]));
same('index by two tensors', (a) => a.index(ints([[0], [1]]), ints([2, -1, 0])), seq([2, 3, 2]));
same('maskedSelect', (a) => maskedSelect(a, a.gt(0)), seq([2, 3]));
same('repeatInterleave', (a) => repeatInterleave(a, 2, 1), seq([2, 3]));
for (const [eq, shapes] of [
  [
    'ij,jk->ik',
    [
      [2, 3],
      [3, 4],
    ],
  ],
  [
    'bhqd,bhkd->bhqk',
    [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
    ],
  ],
  ['bii->b', [[2, 3, 3]]],
  [
    '...i,...i',
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['i,j,k->kji', [[2], [3], [2]]],
  ['ij->ji', [[2, 3]]],
  ['ijk,k,jl->il', [[2, 3, 4], [4], [3, 2]]],
  [
    'b...q,...k->b...k',
    [
      [2, 1, 3],
      [5, 4],
    ],
  ],
  [
    'abc,cde->abde',
    [
      [2, 2, 3],
      [3, 2, 2],
    ],
  ],
  [
    'ij,ij->',
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [
    'bi,bi->bi',
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [
    'bi,bj->bij',
    [
      [2, 3],
      [2, 2],
    ],
  ],
  ['i,ij->j', [[1], [3, 2]]],
  [
    'ba,ca',
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['ijk->j', [[2, 3, 2]]],
] as [string, number[][]][])
  same(`einsum:${eq}`, (...a) => einsum(eq, ...a), ...shapes.map((s, k) => seq(s, 0.37 + 0.11 * k)));
