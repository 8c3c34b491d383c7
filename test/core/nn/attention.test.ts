import { describe, expect, test } from 'vitest';
import {
  causalMask,
  manualSeed,
  nn,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  tokens,
  Vocabulary,
  zeros,
} from '../../../core/index.ts';

function attention(options?: ConstructorParameters<typeof nn.MultiheadAttention>[2]) {
  manualSeed(5);
  return new nn.MultiheadAttention(8, 2, options);
}

function numbers(t: Tensor): number[] {
  return [...t.toTypedArray()];
}

function expectSame(a: Tensor, b: Tensor): void {
  expect(a.shape).toEqual(b.shape);
  for (const [i, value] of numbers(a).entries()) expect(value).toBeCloseTo(numbers(b)[i]!, 5);
}

describe('MultiheadAttention', () => {
  test('gives the weights of each head, rows summing to one', () => {
    const x = randn([2, 5, 8]);
    const [output, weights] = attention({ batchFirst: true }).forward(x, x, x);
    expect(output.shape).toEqual([2, 5, 8]);
    expect(weights.shape).toEqual([2, 2, 5, 5]);
    for (const sum of numbers(weights.sum(-1))) expect(sum).toBeCloseTo(1, 5);
  });

  test('averages over heads where asked, and gives none where none are needed', () => {
    const x = randn([2, 5, 8]);
    const module = attention({ batchFirst: true });
    const [, weights] = module.forward(x, x, x);
    const [, mean] = module.forward(x, x, x, { averageAttnWeights: true });
    expectSame(mean, weights.mean(1));
    expect(module.forward(x, x, x, { needWeights: false })[1]).toBeUndefined();
  });

  test('makes the causal mask itself: no query looks ahead, and no gradient comes back from the future', () => {
    const x = randn([1, 4, 8]);
    x.requiresGrad = true;
    const module = attention({ batchFirst: true });
    const [output, weights] = module.forward(x, x, x, { isCausal: true });
    const [masked] = module.forward(x, x, x, { attnMask: causalMask(4) });
    expectSame(output, masked);
    for (let q = 0; q < 4; q++)
      for (let k = q + 1; k < 4; k++)
        expect(weights.select(0, 0).select(0, 0).select(0, q).select(0, k).item()).toBe(0);
    output.select(1, 1).sum().backward();
    expect(numbers(x.grad!.select(1, 2)).every((g) => g === 0)).toBe(true);
    expect(numbers(x.grad!.select(1, 1)).some((g) => g !== 0)).toBe(true);
  });

  test('gives the same with the batch first, second, and left out', () => {
    const x = randn([1, 5, 8]);
    const [first] = attention({ batchFirst: true }).forward(x, x, x);
    const t = x.transpose(0, 1);
    const [second] = attention().forward(t, t, t);
    const u = x.squeeze(0);
    const [none, weights] = attention().forward(u, u, u);
    expectSame(second.transpose(0, 1), first);
    expectSame(none, first.squeeze(0));
    expect(weights.shape).toEqual([2, 5, 5]);
  });

  test('gives one tensor as query, key and value what it gives three equal ones', () => {
    const x = randn([2, 5, 8]);
    const copies = [x.clone(), x.clone(), x.clone()] as const;
    const module = attention({ batchFirst: true });
    expectSame(module.forward(...copies)[0], module.forward(x, x, x)[0]);
    expectSame(module.forward(copies[0], x, x)[0], module.forward(x, x, x)[0]);
  });

  test('takes one mask a head', () => {
    const x = randn([1, 3, 8]);
    const mask = zeros([2, 3, 3], { dtype: 'bool' });
    mask.storage.data.set([0, 1, 0], 0);
    const [, weights] = attention({ batchFirst: true }).forward(x, x, x, { attnMask: mask });
    expect(weights.select(0, 0).select(0, 0).select(0, 0).select(0, 1).item()).toBe(0);
    expect(weights.select(0, 0).select(0, 1).select(0, 0).select(0, 1).item()).toBeGreaterThan(0);
  });

  test('names the axes of its weights, with the words of query and key on them', () => {
    const vocabulary = Vocabulary.from('the cat sat down now');
    const embed = new nn.Embedding(vocabulary.size, 8);
    const query = embed.forward(tokens([['the', 'cat']], vocabulary));
    const memory = embed.forward(tokens([['sat', 'down', 'now']], vocabulary));
    const [output, weights] = attention({ batchFirst: true }).forward(query, memory, memory);
    expect(weights.axes.map(({ name }) => name)).toEqual(['batch', 'head', 'query', 'key']);
    expect(weights.axes[2]?.labels).toEqual([['the', 'cat']]);
    expect(weights.axes[3]?.labels).toEqual([['sat', 'down', 'now']]);
    expect(output.axes.map(({ name }) => name)).toEqual(query.axes.map(({ name }) => name));
  });

  test('says what does not fit', () => {
    const module = attention({ batchFirst: true });
    const x = zeros([2, 5, 8]);
    expect(() => new nn.MultiheadAttention(10, 3)).toThrow(/3 heads do not divide 10 features/);
    expect(() => module.forward(x, zeros([3, 5, 8]), zeros([3, 5, 8]))).toThrow(/the batches differ/);
    expect(() => module.forward(x, x, zeros([2, 4, 8]))).toThrow(/expected as many keys as values/);
    expect(() => module.forward(x, x, x, { attnMask: zeros([4, 4]) })).toThrow(/attnMask \[4, 4\] does not fit/);
    expect(() => module.forward(x, x, x, { keyPaddingMask: tensor([[true]]) })).toThrow(
      /keyPaddingMask \[1, 1\] does not fit/,
    );
    expect(() => module.forward(zeros([8]), x, x)).toThrow(ShapeError);
  });
});

test('attention with a learnt key and one of zeros more is PyTorch’s, masks and all', () => {
  const layer = new nn.MultiheadAttention(4, 2, { addBiasKv: true, addZeroAttn: true, batchFirst: true });
  const seq = (shape: readonly number[], step: number) => {
    const values = Float32Array.from({ length: shape.reduce((n, s) => n * s, 1) }, (_, i) => ((i * step) % 1) * 2 - 1);
    return tensor(values, { shape });
  };
  const names = ['in_proj_weight', 'in_proj_bias', 'bias_k', 'bias_v', 'out_proj.weight', 'out_proj.bias'];
  expect(Object.keys(layer.stateDict())).toEqual(names);
  const shapes = layer.stateDict();
  layer.loadStateDict(Object.fromEntries(names.map((name, i) => [name, seq(shapes[name]!.shape, 0.17 + 0.05 * i)])));
  const attnMask = tensor([
    [false, false, true, true, true],
    [false, false, false, false, false],
    [false, false, false, false, false],
  ]);
  const keyPaddingMask = tensor([
    [false, false, false, false, false],
    [false, false, false, true, true],
  ]);
  const [y, weights] = layer.forward(seq([2, 3, 4], 0.37), seq([2, 5, 4], 0.23), seq([2, 5, 4], 0.31), {
    attnMask,
    keyPaddingMask,
  });
  y.sum().backward();
  const close = (got: Tensor, want: readonly number[]) => {
    for (const [i, w] of want.entries()) expect(got.toTypedArray()[i]).toBeCloseTo(w, 4);
  };
  expect(weights.shape).toEqual([2, 2, 3, 7]);
  close(
    y,
    [-1.90297, 0.64657, 0.18806, 0.24447, -1.45923, 0.52972, 0.15849, 0.21489, -1.19651, 0.43742, 0.11389, 0.15257],
  );
  close(
    weights.select(0, 1).select(0, 1),
    [0.31468, 0.24493, 0, 0, 0, 0.23006, 0.21033, 0.17355, 0.28845, 0.25166, 0, 0],
  );
  close(layer.biasK!.grad!, [0.50449, 0.07229, 0.42883, -0.36697]);
});
