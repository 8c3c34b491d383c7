/** From where the parts of a run draw: constructors, inputs, targets and batches each their own numbers, in runs of every kind. */
import { afterEach, describe, expect, it } from 'vitest';
import { context } from '../../core/context.ts';
import {
  bernoulli,
  type DefinedModel,
  defineModel,
  full,
  manualSeed,
  multinomial,
  nn,
  ones,
  optim,
  rand,
  randint,
  randn,
  randperm,
  type Tensor,
  train,
} from '../../core/index.ts';
import { Generator } from '../../core/tensor/random.ts';
import { run } from './trace/ran.ts';

afterEach(() => manualSeed(0));

/** What runs of a definition for shapes and for values were given, by the name of the input. */
function given(define: () => DefinedModel, name: string) {
  const values = (['shape', 'forward', 'backward'] as const).map((mode) => {
    let seen: Tensor | undefined;
    const { trace } = run(() => {
      const definition = define();
      const { model } = definition;
      return {
        default: {
          ...definition,
          model: () => {
            const made = model();
            if (!(made instanceof nn.Module)) throw new Error('expected a module');
            const forward = made.forward!.bind(made);
            return (x: Tensor, ids: Tensor) => {
              seen = name === 'x' ? x : ids;
              return forward(x as never, ids as never);
            };
          },
        },
      };
    }, mode);
    expect(trace.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return seen!;
  });
  return values;
}

class Reader extends nn.Module {
  table = new nn.Embedding(1000, 8);
  drop = new nn.Dropout(0.5);
  override forward(x: Tensor, ids: Tensor): Tensor {
    return this.drop.forward(this.table.forward(ids)).sum().add(x.sum());
  }
}

describe('a shape run sees the ids that a run with values sees', () => {
  /** What is drawn before the ids: in a shape run it has no data. */
  const before: Readonly<Record<string, () => Tensor>> = {
    'few normal numbers': () => randn([7]),
    'many, not by sixteens': () => randn([50]),
    'one of a pair': () => randn([1]).add(randn([20]).sum()),
    'uniform numbers': () => rand([33]),
    'a mask': () => bernoulli(full([40], 0.4)),
    'a dropout': () => nn.functional.dropout(ones([40]), 0.4),
    'an order': () => randperm(70000).to('f32'),
    'many integers': () => randint(0, 3, [70000]).to('f32'),
    'places by weights': () => multinomial(ones([30]), 4).to('f32'),
    'classes by their logits': () => nn.functional.gumbelSoftmax(randn([3, 5])),
    'a layer': () => new nn.Linear(5, 3).weight.detach(),
    'a table of pairs': () => new nn.Embedding(3, 3).weight.detach(),
    'an orthogonal matrix': () => nn.init.orthogonal(full([5, 6], 0)),
    'a thinned one': () => nn.init.sparse(full([5, 6], 0), 0.5),
  };
  it.each(Object.entries(before))('after %s', (_, draw) => {
    const define = () =>
      defineModel({
        model: () => new Reader(),
        inputs: () => ({ x: draw(), ids: randint(0, 1000, [6]) }),
        seed: 3,
      }) as unknown as DefinedModel;
    const [shapes, forward, backward] = given(define, 'ids');
    expect(shapes!.isMeta).toBe(false);
    expect(shapes!.toArray()).toEqual(forward!.toArray());
    expect(backward!.toArray()).toEqual(forward!.toArray());
  });

  it('and what a constructor draws after its layers', () => {
    const drawn = (['shape', 'forward'] as const).map((mode) => {
      const seen: number[] = [];
      const model = () => {
        const reader = new Reader();
        seen.push(randint(0, 1000, [1]).item());
        return reader;
      };
      const inputs = { x: ones([1]), ids: randint(0, 9, [1]) };
      run(() => ({ default: defineModel({ model, inputs }) }), mode);
      return seen;
    });
    expect(drawn[0]).toHaveLength(1);
    expect(drawn[1]).toEqual(drawn[0]);
  });
});

describe('each part of a run draws from a stream of its own', () => {
  const definition = (seed: number, inputs: () => { x: Tensor; ids: Tensor }) =>
    defineModel({ model: () => new Reader(), inputs, seed }) as unknown as DefinedModel;

  it('inputs from a seed of their own, which a person can have in PyTorch', () => {
    const [, forward] = given(() => definition(4, () => ({ x: randn([20]), ids: randint(0, 9, [2]) })), 'x');
    manualSeed(1_000_004);
    expect(forward!.toArray()).toEqual(randn([20]).toArray());
  });

  it('so that none moves another', () => {
    const masks = [0, 100].map((more) => {
      const drawn: number[] = [];
      run(
        () => ({
          default: defineModel({
            model: () => {
              const reader = new Reader();
              return (x: Tensor) => {
                drawn.push(context.generator.uint32());
                return reader.forward(x, randint(0, 5, [1]));
              };
            },
            inputs: () => ({ x: randn([3 + more]) }),
            targets: () => ({ y: randn([5 + more]) }),
            loss: ({ output }) => output,
          }),
        }),
        'forward',
      );
      return drawn;
    });
    expect(masks[0]).toHaveLength(1);
    expect(masks[1]).toEqual(masks[0]);
    // And the forward pass goes on where the constructors ended.
    manualSeed(0);
    new Reader();
    expect(context.generator.uint32()).toBe(masks[0]![0]);
  });

  it('batches go on from step to step, whatever the model draws', () => {
    const batches = (p: number) => {
      const seen: unknown[] = [];
      train(
        defineModel({
          model: () => new nn.Sequential(new nn.Linear(3, 1), new nn.Dropout(p)),
          inputs: { x: ones([2, 3]) },
          loss: ({ output }) => (output as Tensor).square().mean(),
          train: {
            steps: 3,
            optimizer: (parameters) => new optim.SGD(parameters, { lr: 0.1 }),
            batch: () => {
              const x = randn([2, 3]);
              seen.push(x.toArray());
              return { inputs: { x } };
            },
          },
        }),
      );
      return seen;
    };
    manualSeed(3_000_000);
    const expected = [0, 1, 2].map(() => randn([2, 3]).toArray());
    expect(batches(0)).toEqual(expected);
    expect(batches(0.5)).toEqual(expected);
  });

  it('a seed that a part sets is its own', () => {
    const [, forward] = given(
      () =>
        definition(0, () => {
          manualSeed(7);
          return { x: randn([3]), ids: randint(0, 9, [2]) };
        }),
      'x',
    );
    manualSeed(7);
    expect(forward!.toArray()).toEqual(randn([3]).toArray());
  });
});

describe('a generator', () => {
  it('takes 32 bits of its seed, as PyTorch does', () => {
    const first = (seed: number) => new Generator(seed).uint32();
    expect(first(2 ** 32 + 7)).toBe(first(7));
    expect(first(-1)).toBe(first(2 ** 32 - 1));
    expect(first(-1)).not.toBe(first(1));
  });

  it('is put back where it was by its state, a kept number and what was skipped included', () => {
    const generator = new Generator(5);
    generator.normal();
    generator.skip(1000);
    const { state } = generator;
    const drawn = () => [generator.normal(), generator.uint32(), generator.normal(), generator.below(10)];
    const first = drawn();
    generator.state = state;
    expect(drawn()).toEqual(first);
  });

  it('skips as many as it would have drawn', () => {
    for (const count of [0, 1, 623, 624, 625, 5000]) {
      const [drawn, skipped] = [new Generator(1), new Generator(1)];
      for (let i = 0; i < count; i++) drawn.uint32();
      skipped.skip(count);
      expect(skipped.uint32()).toBe(drawn.uint32());
    }
    for (const count of [0, 1, 2, 15, 16])
      for (const kept of [0, 1]) {
        const [drawn, skipped] = [new Generator(1), new Generator(1)];
        for (const generator of [drawn, skipped]) for (let i = 0; i < kept; i++) generator.normal();
        for (let i = 0; i < count; i++) drawn.normal();
        skipped.skipNormal(count);
        expect([skipped.normal(), skipped.uint32()]).toEqual([drawn.normal(), drawn.uint32()]);
      }
  });
});
