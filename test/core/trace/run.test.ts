import { defineModel, nn, randn, type Tensor, tensor, tokens, Vocabulary } from 'tensight';
import { describe, expect, it, test } from 'vitest';
import { parametersOf, rest } from '../../../core/trace/bind.ts';
import type { Probe } from '../../../core/trace/probe.ts';
import { run } from './ran.ts';

class Mlp extends nn.Module {
  hidden = new nn.Linear(4, 8);
  out = new nn.Linear(8, 2);
  forward(x: Tensor): Tensor {
    return this.out.forward(this.hidden.forward(x).relu());
  }
}
const mlp = () => ({
  default: defineModel({ model: () => new Mlp(), inputs: { x: randn([3, 4], { axes: ['batch', 'pixel'] }) } }),
});

describe('a shape run', () => {
  it('knows every shape and computes nothing', () => {
    const { trace } = run(mlp);
    const [model] = trace.models;
    expect(trace.problems).toEqual([]);
    expect(model!.provenance).toBe('inferred');
    expect(model!.modules.map((m) => [m.path, m.className, m.parameters])).toEqual([
      ['', 'Mlp', 58],
      ['hidden', 'Linear', 40],
      ['out', 'Linear', 18],
    ]);
    expect(model!.modules.map((m) => m.config)).toEqual([
      undefined,
      { inFeatures: 4, outFeatures: 8, bias: true },
      { inFeatures: 8, outFeatures: 2, bias: true },
    ]);
    const output = model!.output;
    expect(output?.kind === 'tensor' && model!.tensors[output.tensor]!.shape).toEqual([3, 2]);
    expect(model!.tensors.filter((t) => t.role === 'activation').every((t) => !t.held && t.stats === undefined)).toBe(
      true,
    );
  });

  it('becomes a value run where the model reads a value, and says so', () => {
    const { trace } = run((probe) => ({
      default: defineModel({
        model: () => (x: Tensor) => {
          probe.enter(2);
          const big = x.sum().item() > 0;
          probe.leave(2, big);
          return big ? x.add(1) : x;
        },
        inputs: () => ({ x: randn([2]) }),
      }),
    }));
    expect(trace.models[0]!.provenance).toBe('executed');
    expect(trace.models[0]!.fallback).toContain('line 3');
  });

  it('keeps integer data, so that an index outside an embedding is found', () => {
    const { trace } = run((probe) => ({
      default: defineModel({
        model: () => new nn.Embedding(3, 4),
        inputs: () => {
          probe.enter(1);
          return { ids: tensor([0, 1, 7], { dtype: 'i32' }) };
        },
      }),
    }));
    expect(trace.problems[0]).toMatchObject({ code: 'index' });
    expect(trace.problems[0]!.message).toMatch(/7/);
  });
});

describe('a mistake', () => {
  const broken = (probe: Probe) => ({
    default: defineModel({
      model: () => new Mlp(),
      inputs: () => ({ x: probe.leave(0, randn([3, 4])) }),
      loss: ({ output }) => {
        probe.enter(3);
        return output.add(probe.see(1, randn([5])));
      },
    }),
  });

  it('is reported at the innermost expression, and what ran before it stays', () => {
    const { trace } = run(broken);
    expect(trace.problems).toHaveLength(1);
    expect(trace.problems[0]).toMatchObject({ code: 'shape', site: 3 });
    expect(trace.problems[0]!.message).toContain('[3, features 2]');
    expect(trace.models[0]!.complete).toBe(false);
    expect(trace.models[0]!.calls).toHaveLength(3);
  });

  it('names a file without models', () => {
    expect(run(() => ({})).trace.problems[0]).toMatchObject({ code: 'model', message: 'this file exports no model' });
  });
});

describe('a backward run', () => {
  it('keeps the gradient of every layer and parameter', () => {
    const { trace, held } = run(mlp, 'backward');
    const model = trace.models[0]!;
    expect(trace.problems).toEqual([]);
    expect(model.loss?.source).toBe('sum of output');
    for (const tensor of model.tensors.filter((t) => t.role === 'parameter'))
      expect(tensor.gradient?.count).toBe(tensor.shape.reduce((a, b) => a * b, 1));
    for (const call of model.calls) {
      const out = call.output;
      expect(out?.kind === 'tensor' && model.tensors[out.tensor]!.gradient).toBeTruthy();
      expect(out?.kind === 'tensor' && held[0]!.gradients.has(out.tensor)).toBe(true);
    }
    // ∂(sum of output)/∂(bias) is the batch size.
    const bias = model.tensors.find((t) => t.name === 'out.bias')!;
    expect(bias.gradient).toMatchObject({ min: 3, max: 3, mean: 3, std: 0 });
  });

  it('gives the same numbers from the same file', () => {
    const stats = () => run(mlp, 'backward').trace.models[0]!.tensors.map((t) => [t.stats?.mean, t.gradient?.norm]);
    expect(stats()).toEqual(stats());
  });
});

describe('a run up to a layer', () => {
  it('stops behind it', () => {
    const { trace } = run(mlp, 'forward', { until: ['hidden'] });
    const model = trace.models[0]!;
    expect(model.stoppedAt).toBe('hidden');
    expect(model.ops.map((op) => op.name)).toEqual(['linear']);
    expect(model.complete).toBe(false);
    expect(trace.problems).toEqual([]);
  });

  it('stops when it is cancelled, and says so', () => {
    expect(run(mlp, 'forward', { cancelled: () => true }).trace.problems[0]).toMatchObject({ code: 'cancelled' });
  });

  it('names the tensor that does not fit the memory limit', () => {
    const { trace } = run(
      () => ({
        default: defineModel({ model: () => (x: Tensor) => x.matmul(x), inputs: () => ({ x: randn([64, 64]) }) }),
      }),
      'forward',
      { memoryLimit: 20000 },
    );
    expect(trace.problems[0]).toMatchObject({
      code: 'memory',
      message: 'matmul: a tensor f32 [64, 64] of 16 KB does not fit: the run holds 16 KB, its limit is 19.5 KB',
    });
  });
});

describe('operations in a trace', () => {
  it('say how they compute, in few words', () => {
    const layers = () =>
      new nn.Sequential(
        new nn.Conv2d(1, 2, 3, { padding: 1 }),
        new nn.BatchNorm2d(2).eval(),
        new nn.AvgPool2d(2, { ceilMode: true }),
        new nn.Upsample({ scaleFactor: 2 }),
        new nn.Hardtanh(Number.NEGATIVE_INFINITY, 1),
        new nn.Softmax(),
      );
    const { trace } = run(() => ({
      default: defineModel({ model: layers, inputs: () => ({ x: randn([1, 1, 4, 4]) }) }),
    }));
    const [model] = trace.models;
    expect(JSON.parse(JSON.stringify(trace))).toEqual(structuredClone(trace));
    const attrs = Object.fromEntries(model!.ops.map((op) => [op.name, op.attrs]));
    expect(attrs).toEqual({
      conv2d: {
        rank: 2,
        stride: [1, 1],
        padding: [
          [1, 1],
          [1, 1],
        ],
        dilation: [1, 1],
        groups: 1,
      },
      batchNorm: { eps: 1e-5, hasWeight: true, hasBias: true, hasStatistics: true },
      avgPool2d: { rank: 2, kernel: [2, 2], stride: [2, 2], padding: [0, 0], ceil: true, countIncludePad: true },
      interpolate: { rank: 2, sizes: [4, 4], factors: [2, 2], mode: 'nearest', alignCorners: false },
      hardtanh: { min: { number: '-Infinity' }, max: 1 },
      softmax: { dim: 3 },
    });
  });

  it('name words along an axis no second time', () => {
    const words = Array.from({ length: 300 }, (_, i) => `word ${i}`);
    const model = () => {
      const embed = new nn.Embedding(300, 4);
      const attention = new nn.MultiheadAttention(4, 2);
      return (ids: Tensor) => attention.forward(...triple(embed.forward(ids)))[0];
    };
    const triple = (x: Tensor): [Tensor, Tensor, Tensor] => [x, x, x];
    const ids = () => ({ ids: tokens(words, Vocabulary.from(words)) });
    const { trace } = run(() => ({ default: defineModel({ model, inputs: ids }) }));
    for (const { attrs } of trace.models[0]!.ops) expect(JSON.stringify(attrs ?? {}).length).toBeLessThan(400);
  });
});

describe('inputs', () => {
  const two = (x: Tensor, y: Tensor) => x.matmul(y);
  const shapes = (inputs: Record<string, Tensor>, model = two) => {
    const { trace } = run(() => ({ default: defineModel({ model: () => model, inputs: () => inputs }) }));
    const [call] = trace.models[0]!.calls;
    const ids = call!.inputs.map((value) => (value.kind === 'tensor' ? value.tensor : -1));
    return { ids: ids.map((id) => trace.models[0]!.tensors[id]?.shape), problems: trace.problems };
  };

  it('go to the parameters of their names, whatever their order', () => {
    expect(shapes({ y: randn([3, 4]), x: randn([2, 3]) })).toMatchObject({
      ids: [
        [2, 3],
        [3, 4],
      ],
      problems: [],
    });
  });

  it('go in their order where no name is a parameter', () => {
    expect(shapes({ a: randn([2, 3]), b: randn([3, 4]) })).toMatchObject({
      ids: [
        [2, 3],
        [3, 4],
      ],
      problems: [],
    });
  });

  it('that mix names and order are doubted aloud', () => {
    const { problems } = shapes({ a: randn([2, 3]), x: randn([3, 4]) });
    expect(problems).toMatchObject([{ severity: 'warning', code: 'model' }]);
    expect(problems[0]!.message).toContain('forward(x, y)');
  });

  it('that lack an argument are named in the error', () => {
    expect(shapes({ x: randn([2, 3]) }).problems[0]!.hint).toContain('no y');
  });

  it('are told from defaults, patterns and rests', () => {
    const names = (f: unknown) => parametersOf(f as () => unknown);
    expect(
      names((a: unknown, b = [1, ', )'], { c }: { c: number } = { c: 2 }, ...d: unknown[]) => [a, b, c, d]),
    ).toEqual(['a', 'b', undefined, rest]);
    expect(names(new Function('return async x => x')() as () => unknown)).toEqual(['x']);
    expect(names(() => 0)).toEqual([]);
  });
});

describe('a slip of the pen', () => {
  const hintOf = (model: () => unknown) =>
    run(() => ({ default: defineModel({ model: model as never, inputs: () => ({ x: randn([2, 3]) }) }) })).trace
      .problems[0];
  // biome-ignore lint/suspicious/noExplicitAny: what a person types is not typed
  type Loose = any;

  it.each([
    ['PyTorch’s spelling', () => (x: Loose) => x.masked_fill(x, 0), 'maskedFill'],
    ['a typo', () => (x: Loose) => x.sofmax(-1), '.softmax()'],
    [
      'a layer that is called',
      () =>
        Object.assign(new nn.Linear(3, 1), {
          forward(this: Loose, x: Loose) {
            return this(x);
          },
        }),
      'forward',
    ],
    ['a function where a model was meant', () => undefined, '() => new MyModel()'],
  ])('%s gets a hint', (_, model, hint) => {
    expect(hintOf(model)?.hint).toContain(hint);
  });

  it('a forward without return is an error', () => {
    expect(hintOf(() => (x: Tensor) => void x)).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('returned nothing'),
    });
  });
});

describe('a program that goes on and on', () => {
  it('leaves what ran first, and says how much ran', () => {
    let n = 0;
    const { trace } = run(
      () => ({
        default: defineModel({
          model: () => (x: Tensor) => {
            let h = x;
            for (;;) {
              h = h.relu();
              n++;
            }
          },
          inputs: () => ({ x: randn([2]) }),
        }),
      }),
      'shape',
      { cancelled: () => n > 60_000 },
    );
    const model = trace.models[0]!;
    expect(model.ops).toHaveLength(30_000);
    expect(model.ran).toBeGreaterThan(60_000);
    expect(trace.problems).toMatchObject([{ code: 'cancelled' }]);
  });
});

describe('a shape run that never ends', () => {
  it('is ended by its operations, with its place and what ran first', () => {
    const { trace } = run((probe) => ({
      default: defineModel({
        model: () => (x: Tensor) => {
          for (let h = x; ; ) {
            probe.enter(2);
            h = probe.leave(2, h.relu());
          }
        },
        inputs: () => ({ x: randn([2]) }),
      }),
    }));
    expect(trace.problems).toMatchObject([{ code: 'timeout', site: 2, severity: 'error' }]);
    expect(trace.models[0]!.ops).toHaveLength(30_000);
  });
});

describe('several models in a file', () => {
  it('are run each, and told apart by their exports', () => {
    const two = () => ({
      first: mlp().default,
      second: defineModel({ name: 'Second', model: () => new nn.Linear(2, 2), inputs: () => ({ x: randn([1, 2]) }) }),
    });
    const { trace } = run(two);
    expect(trace.models.map((m) => [m.exportName, m.name])).toEqual([
      ['first', 'first'],
      ['second', 'Second'],
    ]);
    expect(run(two, 'shape', { model: 'second' }).trace.models).toHaveLength(1);
  });
});

test('what a file makes for its other models is in no trace but the first', () => {
  const load = (probe: Probe) => {
    const samples = [0, 1, 2, 3].map((i) => probe.see(i, randn([2, 4]).mul(i + 1)));
    const models = samples.map((x) => defineModel({ model: () => new Mlp(), inputs: { x } }));
    return Object.fromEntries(models.map((model, i) => [`m${i}`, model]));
  };
  const { models } = run(load, 'backward').trace;
  const [first, ...others] = models;
  expect(first!.values).toHaveProperty('3');
  for (const [i, { ops, tensors, values, inputs }] of others.entries()) {
    // Of each of the other three: the sample, what it is made of, and the number it is multiplied with.
    expect(tensors.length).toBe(first!.tensors.length - 3 * 3);
    expect(Object.keys(values)).toEqual([String(i + 1)]);
    const [x] = inputs;
    const input = x?.value.kind === 'tensor' ? tensors[x.value.tensor]! : undefined;
    expect(input).toMatchObject({ shape: [2, 4], role: 'input' });
    expect(ops[input!.op!]).toMatchObject({ name: 'mul', output: input!.id });
    expect(ops.every((op) => op.inputs.every((id) => id < tensors.length))).toBe(true);
  }
});
