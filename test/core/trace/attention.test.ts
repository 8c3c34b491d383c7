import { arange, cat, defineModel, nn, randn, stack, type Tensor, tensor, tokens, Vocabulary } from 'tensight';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../core/ops/apply.ts';
import type { Op } from '../../../core/ops/op.ts';
import { run } from './ran.ts';

describe('attention', () => {
  const words = ['a', 'b', 'c', 'd'];
  const vocab = Vocabulary.from(words);

  it('is found in code that has no attention layer, with its tokens', () => {
    const { trace } = run(
      () => ({
        default: defineModel({
          model: () => {
            const embed = new nn.Embedding(4, 8);
            return (ids: Tensor) => {
              const x = embed.forward(ids);
              return x.matmul(x.transpose(0, 1)).softmax(-1).matmul(x);
            };
          },
          inputs: () => ({ ids: tokens(words, vocab) }),
        }),
      }),
      'forward',
    );
    const model = trace.models[0]!;
    expect(model.attention).toMatchObject([
      { kind: 'self', heads: 1, batch: 1, queryLength: 4, keyLength: 4, causal: false },
    ]);
    const weights = model.tensors[model.attention[0]!.weights]!;
    expect(weights.axes.map((axis) => axis.labels)).toEqual([words, words]);
  });

  it('is told apart: self, causal, cross', () => {
    class Pair extends nn.Module {
      self = new nn.MultiheadAttention(8, 2, { batchFirst: true });
      cross = new nn.MultiheadAttention(8, 2, { batchFirst: true });
      forward(x: Tensor, memory: Tensor): Tensor {
        const [y] = this.self.forward(x, x, x, { isCausal: true });
        const [z] = this.cross.forward(y, memory, memory);
        return z;
      }
    }
    const { trace } = run(
      () => ({
        default: defineModel({
          model: () => new Pair(),
          inputs: () => ({ x: randn([2, 5, 8]), memory: randn([2, 3, 8]) }),
        }),
      }),
      'forward',
    );
    expect(trace.problems).toEqual([]);
    expect(trace.models[0]!.attention).toMatchObject([
      { kind: 'self', causal: true, heads: 2, batch: 2, queryLength: 5, keyLength: 5 },
      { kind: 'cross', causal: false, heads: 2, batch: 2, queryLength: 5, keyLength: 3 },
    ]);
  });

  /** Every second element is dropped: an operation that no list knows. */
  const thinned = (role: Op['role']): Op => ({
    name: 'thinned',
    shape: ([x]) => x!,
    forward: ([x], _attrs, out) =>
      tensor(
        x!.toTypedArray().map((value, i) => value * (i % 2)),
        { shape: out.shape },
      ),
    backward: undefined,
    flops: () => 0,
    ...(role && { role }),
  });

  it.each([
    ['arrangement', 1],
    [undefined, 0],
  ] as const)('is seen through an operation whose role is %s', (role, maps) => {
    const op = thinned(role);
    const attend = (x: Tensor) => apply(op, [x.matmul(x.transpose(0, 1)).softmax(-1)], undefined).matmul(x);
    const { trace } = run(
      () => ({ default: defineModel({ model: () => attend, inputs: () => ({ x: randn([4, 8]) }) }) }),
      'forward',
    );
    expect(trace.problems).toEqual([]);
    expect(trace.models[0]!.attention).toHaveLength(maps);
  });

  it('is one query an element where weights get a dimension, however', () => {
    const step = (q: Tensor, keys: Tensor) =>
      keys.matmul(q.unsqueeze(-1)).squeeze(-1).softmax(-1).reshape(2, 1, 5).bmm(keys);
    const inputs = () => ({ q: randn([2, 8]), keys: randn([2, 5, 8]) });
    const { trace } = run(() => ({ default: defineModel({ model: () => step, inputs }) }));
    expect(trace.models[0]!.attention).toMatchObject([{ batch: 2, queryLength: 1, keyLength: 5 }]);
  });
});

describe('attention is of one stream or of two', () => {
  /** A rotary embedding, rotate half; its angles are constants. */
  const rotated = (x: Tensor) => {
    const angles = arange(x.size(1)).to('f32').unsqueeze(1).mul(arange(8).to('f32').add(1));
    const [a, b] = x.chunk(2, -1) as [Tensor, Tensor];
    return x.mul(angles.cos()).add(cat([b.neg(), a], -1).mul(angles.sin()));
  };
  /** Pairs side by side, as in the paper. */
  const paired = (x: Tensor) => {
    const [a, b] = x.unflatten(-1, [4, 2]).unbind(-1) as [Tensor, Tensor];
    return stack([a.sub(b), a.add(b)], -1).flatten(-2);
  };
  /** RMSNorm by hand. */
  const normed = (x: Tensor) => x.mul(x.square().mean(-1, true).add(1e-6).rsqrt());
  const ways: Record<string, (x: Tensor) => Tensor> = { plain: (x) => x, rotated, paired, normed };

  class Layer extends nn.Module {
    q = new nn.Linear(8, 8);
    k = new nn.Linear(8, 8);
    v = new nn.Linear(8, 8);
    constructor(readonly way: (x: Tensor) => Tensor) {
      super();
    }
    forward(x: Tensor, memory: Tensor): Tensor {
      const [q, k] = [this.way(this.q.forward(x)), this.way(this.k.forward(memory))];
      return q.matmul(k.transpose(-2, -1)).softmax(-1).matmul(this.v.forward(memory));
    }
  }
  const kinds = (model: () => (...inputs: Tensor[]) => Tensor, inputs: Record<string, Tensor>) => {
    const { trace } = run(() => ({ default: defineModel({ model, inputs: () => inputs }) }));
    expect(trace.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return trace.models[0]!.attention.map(({ kind }) => kind);
  };
  const x = () => randn([2, 5, 8]);

  it.each(Object.entries(ways))('whatever is done to queries and keys: %s', (_, way) => {
    expect(kinds(() => (x) => new Layer(way).forward(x!, x!), { x: x() })).toEqual(['self']);
    expect(kinds(() => (x, y) => new Layer(way).forward(x!, y!), { x: x(), y: x() })).toEqual(['cross']);
  });

  it.each(Object.entries(ways))('in a decoder that reads an encoder of the same input: %s', (_, way) => {
    const model = () => {
      const layers = Array.from({ length: 4 }, () => new Layer(way));
      return (x: Tensor | undefined) => {
        const [first, second, third, fourth] = layers as [Layer, Layer, Layer, Layer];
        const memory = x!.add(first.forward(x!, x!));
        const h = x!.add(second.forward(x!, x!));
        const y = h.add(third.forward(h, memory));
        return y.add(fourth.forward(y, y));
      };
    };
    expect(kinds(model, { x: x() })).toEqual(['self', 'self', 'cross', 'self']);
  });
});
