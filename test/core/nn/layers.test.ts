import { describe, expect, test } from 'vitest';
import { manualSeed, nn, ones, randn, ShapeError, type Tensor, tensor, zeros } from '../../../core/index.ts';

function range(t: Tensor): [number, number] {
  const values = [...t.toTypedArray()];
  return [Math.min(...values), Math.max(...values)];
}

function std(t: Tensor): number {
  return t.std(undefined, { correction: 0 }).item();
}

function errorOf(body: () => unknown): ShapeError {
  try {
    body();
  } catch (error) {
    if (error instanceof ShapeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('start values', () => {
  test('of Linear are uniform in ±1/√in, weight and bias', () => {
    manualSeed(1);
    const { weight, bias } = new nn.Linear(100, 400);
    for (const t of [weight, bias!]) {
      const [low, high] = range(t);
      expect(low).toBeGreaterThanOrEqual(-0.1);
      expect(high).toBeLessThan(0.1);
      expect(high - low).toBeGreaterThan(0.19);
    }
  });

  test('of Embedding are standard normal, with zeros in the padding row', () => {
    manualSeed(1);
    const { weight } = new nn.Embedding(200, 50, { paddingIdx: -1 });
    expect(std(weight)).toBeCloseTo(1, 1);
    expect(range(weight.select(0, 199))).toEqual([0, 0]);
  });

  test('may be orthogonal, of rows or of columns', () => {
    manualSeed(1);
    for (const shape of [
      [4, 9],
      [9, 4],
      [5, 5],
      [3, 2, 2],
    ]) {
      const m = nn.init.orthogonal(zeros(shape), 2).flatten(1);
      const product = m.shape[0]! <= m.shape[1]! ? m.matmul(m.t()) : m.t().matmul(m);
      for (const [i, row] of (product.toArray() as number[][]).entries())
        for (const [j, value] of row.entries()) expect(value).toBeCloseTo(i === j ? 4 : 0, 5);
    }
    expect(() => nn.init.orthogonal(zeros([3]))).toThrow('two dimensions or more');
  });

  test('of MultiheadAttention are Xavier-uniform, its biases zero', () => {
    manualSeed(1);
    const attention = new nn.MultiheadAttention(64, 4);
    const bound = Math.sqrt(6 / (64 + 3 * 64));
    const [low, high] = range(attention.inProjWeight!);
    expect(low).toBeGreaterThanOrEqual(-bound);
    expect(high - low).toBeGreaterThan(1.95 * bound);
    expect(range(attention.inProjBias!)).toEqual([0, 0]);
    expect(range(attention.outProj.bias!)).toEqual([0, 0]);
  });

  test('are the same for the same seed, and in every layer of a stack, as in PyTorch’s copies of one', () => {
    const make = () => {
      manualSeed(7);
      return new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(8, 2), 2).parameters();
    };
    expect(make().map((p) => p.toArray())).toEqual(make().map((p) => p.toArray()));
    const stack = new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(8, 2), 2);
    const [first, second] = [...stack.layers].map((layer) => layer.parameters()[0]!.toArray());
    expect(first).toEqual(second);
    expect([...stack.layers][0]).not.toBe([...stack.layers][1]);
  });

  test('thin columns out, each by the same part', () => {
    manualSeed(3);
    const t = nn.init.sparse(zeros([7, 40]), 0.3, 2);
    expect([...t.eq(0).sum(0).toTypedArray()]).toEqual(new Array(40).fill(3));
    expect(t.square().sum().item() / (40 * 4)).toBeGreaterThan(3);
    expect(new Set(t.eq(0).sum(1).toTypedArray()).size).toBeGreaterThan(2);
    expect(() => nn.init.sparse(zeros([2, 2]), 1.5)).toThrow('between 0 and 1, got 1.5');
  });

  test('keep the variance asked for', () => {
    manualSeed(3);
    expect(std(nn.init.kaimingNormal(zeros([200, 100]), { nonlinearity: 'relu' }))).toBeCloseTo(Math.sqrt(2 / 100), 2);
    expect(std(nn.init.xavierNormal(zeros([200, 100])))).toBeCloseTo(Math.sqrt(2 / 300), 2);
    expect(range(nn.init.truncNormal(zeros([1000]), 0, 1, -0.5, 0.5))[1]).toBeLessThanOrEqual(0.5);
    expect(nn.init.eye(zeros([2, 3])).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(() => nn.init.xavierUniform(zeros([4]))).toThrow(/two dimensions or more/);
  });
});

describe('an error of a layer', () => {
  test('names the layer, the axis that does not fit, the whole shape, and a layer that would fit', () => {
    const x = zeros([2, 8, 32], { axes: ['batch', 'seq', 'features'] });
    const error = errorOf(() => new nn.Linear(64, 128).forward(x));
    expect(error.message).toBe(
      'Linear(64 → 128): expected 64 features on the last axis of the input, got 32: [batch 2, seq 8, features 32]',
    );
    expect(error.hint).toContain('nn.Linear(32, 128)');
    expect(error.operands).toEqual([x]);
  });

  test('tells words from vectors', () => {
    const ids = tensor([1, 2], { dtype: 'i32' });
    expect(errorOf(() => new nn.Linear(2, 2).forward(ids)).hint).toMatch(/nn\.Embedding/);
    expect(errorOf(() => new nn.Embedding(4, 2).forward(zeros([2]))).message).toMatch(/expected indices \(i32\)/);
  });

  test('knows a tuple that was passed on whole', () => {
    const attention = new nn.MultiheadAttention(4, 2);
    const x = zeros([3, 4]);
    const tuple = attention.forward(x, x, x) as unknown as Tensor;
    expect(errorOf(() => new nn.Linear(4, 4).forward(tuple)).hint).toMatch(/const \[output\]/);
  });

  test('says which norm would fit', () => {
    expect(errorOf(() => new nn.LayerNorm(64).forward(zeros([2, 32]))).hint).toBe('nn.LayerNorm(32) would fit.');
  });
});

describe('PositionalEncoding', () => {
  test('adds sin and cos of the paper, the same for every sentence of a batch', () => {
    const encoding = new nn.PositionalEncoding(4, { dropout: 0, batchFirst: true });
    const y = encoding.forward(zeros([2, 3, 4]));
    const expected = [Math.sin(2), Math.cos(2), Math.sin(2 / 100), Math.cos(2 / 100)];
    for (const [i, value] of expected.entries()) {
      expect(y.select(0, 0).select(0, 2).select(0, i).item()).toBeCloseTo(value, 6);
      expect(y.select(0, 1).select(0, 2).select(0, i).item()).toBeCloseTo(value, 6);
    }
  });

  test('counts along the first axis unless the batch comes first', () => {
    const y = new nn.PositionalEncoding(4, { dropout: 0 }).forward(zeros([3, 2, 4]));
    expect(y.select(0, 1).select(0, 0).toArray()).toEqual(y.select(0, 1).select(0, 1).toArray());
    expect(y.select(0, 1).select(0, 0).select(0, 0).item()).toBeCloseTo(Math.sin(1), 6);
  });

  test('keeps its table out of the state, and says when it is too short', () => {
    const encoding = new nn.PositionalEncoding(4, { maxLength: 2, batchFirst: true });
    expect(Object.keys(encoding.stateDict())).toEqual([]);
    expect(errorOf(() => encoding.forward(zeros([1, 3, 4]))).hint).toContain('maxLength: 3');
  });
});

describe('Dropout', () => {
  test('drops about as much as it says in training, and keeps the mean', () => {
    manualSeed(2);
    const y = new nn.Dropout(0.25).forward(ones([10000]));
    const dropped = [...y.toTypedArray()].filter((v) => v === 0).length;
    expect(dropped / 10000).toBeCloseTo(0.25, 1);
    expect(y.mean().item()).toBeCloseTo(1, 1);
  });

  test('refuses what is not a probability', () => {
    expect(() => new nn.Dropout(50)).toThrow(/probability/);
  });
});

describe('clipGradNorm', () => {
  test('leaves gradients alone that are short enough, and says their norm', () => {
    const p = new nn.Parameter(zeros([2]));
    p.grad = tensor([3, 4]);
    expect(nn.utils.clipGradNorm([p], 10)).toBe(5);
    expect(p.grad.toArray()).toEqual([3, 4]);
    expect(nn.utils.clipGradNorm([p], 1)).toBe(5);
    expect(p.grad.norm().item()).toBeCloseTo(1, 5);
  });
});

describe('a loss as a module', () => {
  test('gives what its function gives', () => {
    manualSeed(4);
    const logits = randn([4, 3]);
    const target = tensor([0, 2, 1, 1], { dtype: 'i32' });
    const options = { weight: tensor([1, 2, 3]), labelSmoothing: 0.1 };
    expect(new nn.CrossEntropyLoss(options).forward(logits, target).item()).toBe(
      nn.functional.crossEntropy(logits, target, options).item(),
    );
    expect(new nn.MSELoss({ reduction: 'sum' }).forward(tensor([1, 2]), tensor([3, 5])).item()).toBe(13);
  });
});

describe('dropout of channels', () => {
  test.each([
    ['Dropout1d', new nn.Dropout1d(0.25), [200, 3, 5]],
    ['Dropout2d', new nn.Dropout2d(0.25), [200, 3, 2, 2]],
    ['Dropout2d without a batch', new nn.Dropout2d(0.25), [600, 2, 2]],
  ] as const)('%s drops each whole or not at all, and keeps the mean', (_, layer, shape) => {
    manualSeed(5);
    const x = ones(shape);
    const channels = layer.forward(x).reshape(600, -1).toArray() as number[][];
    for (const values of channels) expect([0, Math.fround(4 / 3)]).toContain(values[0]);
    for (const values of channels) expect(new Set(values).size).toBe(1);
    const kept = channels.filter(([value]) => value !== 0).length;
    expect(kept).toBeGreaterThan(400);
    expect(kept).toBeLessThan(500);
    expect(layer.eval().forward(x)).toBe(x);
    layer.train();
  });

  test('wants channels', () => {
    expect(errorOf(() => new nn.Dropout1d().forward(zeros([3]))).message).toContain(
      'expected [batch, channel, length]',
    );
  });
});
