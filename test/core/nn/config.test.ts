/** A layer's `config()` is all that its class needs to make it again, and it is plain data. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nn, TensightError, type Tensor, zeros } from '../../../core/index.ts';
import { type Config, constructorArguments, type Layer, positionalOf } from '../../../core/nn/layer.ts';
import type { Plain } from '../../../core/plain.ts';
import { signatureOf } from '../../../core/usage/signature.ts';
import { inputNames, javascript, laidOut, optionsInJavascript } from '../../fuzz/case.ts';
import type { Layer as Drawn } from '../../fuzz/layers/layer.ts';
import { layers, noLayers } from '../../fuzz/layers.ts';

type LayerClass = new (...args: unknown[]) => Layer;
const classes = nn as unknown as Readonly<Record<string, LayerClass>>;

/** The arguments of a drawn layer, as a program hands them over. */
function argumentsOf({ args = [], options = {}, inputs }: Drawn): unknown[] {
  const named = Object.values(options).some((value) => value !== undefined) ? [optionsInJavascript(options)] : [];
  const written = [...args.map(javascript), ...named].join(', ');
  // Few take a tensor, and those of planes and volumes are large.
  const taken = inputs.flatMap((input, i) => {
    const name = inputNames[i]!;
    return new RegExp(`\\b${name}\\b`).test(written) ? [{ name, input }] : [];
  });
  const program = new Function('nn', ...taken.map(({ name }) => name), `return [${written}]`);
  return program(nn, ...taken.map(({ input }) => laidOut(input))) as unknown[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Tensors of a config, made again with other numbers; functions and modules, as they were handed over. */
function filledIn(value: unknown, given: unknown): unknown {
  if (!isRecord(value)) return value;
  if ('tensor' in value) return zeros(value.shape as number[], { dtype: value.tensor as Tensor['dtype'] });
  if ('function' in value || 'object' in value) return given;
  return value;
}

function again(type: LayerClass, config: Config, given: readonly unknown[]): Layer {
  const options = given.find(isRecord) ?? {};
  const args = constructorArguments(type, config).map((arg, i) =>
    isRecord(arg) && !('function' in arg)
      ? Object.fromEntries(Object.entries(arg).map(([name, value]) => [name, filledIn(value, options[name])]))
      : filledIn(arg, given[i]),
  );
  return new type(...args);
}

const shapes = (module: nn.Module) =>
  [...module.namedParameters(), ...module.namedBuffers()].map(([name, { shape, dtype }]) => ({ name, shape, dtype }));

/** What is kept in another form than it is handed over. */
const normalised: Readonly<Record<string, (value: unknown, layer: Layer) => unknown>> = {
  paddingIdx: (index, layer) =>
    (index as number) < 0 ? (index as number) + (layer as nn.Embedding).numEmbeddings : index,
};

/** A layer, made of its config, is the same again. */
function holds(type: LayerClass, given: readonly unknown[]): void {
  const layer = new type(...given);
  const config = layer.config();
  expect(structuredClone(config)).toEqual(config);
  expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  const twin = again(type, JSON.parse(JSON.stringify(config)) as Config, given);
  expect(twin.config()).toEqual(config);
  expect(shapes(twin)).toEqual(shapes(layer));
  expect(twin.extraRepr()).toBe(layer.extraRepr());
  // Nothing that was said is missing.
  for (const [i, arg] of given.entries()) {
    if (!isRecord(arg)) {
      expect(Object.keys(config), `argument ${i}`).toContain(positionalOf(type)[i]);
      continue;
    }
    for (const [name, value] of Object.entries(arg)) {
      if (value === undefined) continue;
      expect(Object.keys(config)).toContain(name);
      if (Number.isFinite(value) || typeof value === 'string' || typeof value === 'boolean')
        expect(config[name], name).toEqual((normalised[name]?.(value, layer) ?? value) as Plain);
    }
  }
}

describe('made again from its config', () => {
  test.each(Object.keys(layers))('%s', (name) => {
    let made = 0;
    for (const drawn of fc.sample(layers[name]!, { numRuns: 25, seed: 7 })) {
      const given = argumentsOf(drawn);
      try {
        new classes[name]!(...given);
      } catch {
        // Some are drawn to be refused.
        continue;
      }
      holds(classes[name]!, given);
      made++;
    }
    expect(made).toBeGreaterThan(10);
  });
});

test.each<[string, string, readonly unknown[]]>([
  ['Embedding', 'a row that stands for nothing', [5, 3, { paddingIdx: -1 }]],
  ['PairwiseDistance', 'the largest difference', [{ p: Number.POSITIVE_INFINITY, keepdim: true }]],
  ['LPPool2d', 'the largest element', [Number.POSITIVE_INFINITY, 2]],
  ['Hardtanh', 'one limit', [Number.NEGATIVE_INFINITY, 2]],
  ['ConstantPad2d', 'a mask', [[1, 0, 2, 1], Number.NEGATIVE_INFINITY]],
  ['ConstantPad1d', 'no number', [1, Number.NaN]],
  ['PReLU', 'a slope', [3, 0.1]],
  ['BatchNorm1d', 'all batches alike', [3, { momentum: null, trackRunningStats: true, affine: false }]],
  ['LayerNorm', 'a plane', [[3, 4], { eps: 1e-6, bias: false }]],
  ['AdaptiveAvgPool2d', 'one size kept', [[null, 3]]],
  ['Unflatten', 'into three', [1, [2, 3, -1]]],
  ['CrossEntropyLoss', 'classes that count', [{ weight: zeros([3]), labelSmoothing: 0.1, ignoreIndex: 0 }]],
  ['BCEWithLogitsLoss', 'two weights', [{ weight: zeros([3]), posWeight: zeros([1]), reduction: 'sum' }]],
  ['MultiheadAttention', 'positions turned', [8, 2, { rotary: new nn.RotaryEmbedding(4), dropout: 0.3, kdim: 5 }]],
  ['RotaryEmbedding', 'halves', [4, { maxLength: 8, base: 500, interleaved: false }]],
  ['PositionalEncoding', 'another base', [4, { maxLength: 8, base: 500, dropout: 0.2, batchFirst: true }]],
  ['LearnedPositionalEmbedding', 'a short table', [4, { maxLength: 8, dropout: 0.2, batchFirst: true }]],
  ['LSTM', 'all options', [3, 4, { projSize: 2, numLayers: 2, bias: false, dropout: 0.1, bidirectional: true }]],
  ['RNNCell', 'a relu', [3, 4, { nonlinearity: 'relu', bias: false }]],
  ['LuongAttention', 'a vector in place of the context', [3, { score: 'concat', hiddenSize: 5, outputSize: 6 }]],
  [
    'TripletMarginWithDistanceLoss',
    "a distance of one's own",
    [{ distanceFunction: (a: Tensor) => a.sum(-1), swap: true }],
  ],
  [
    'TransformerEncoderLayer',
    "an activation of one's own",
    [4, 2, { activation: (x: Tensor) => x.tanh(), dropout: 0 }],
  ],
  [
    'TransformerEncoder',
    'a last norm',
    [() => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 }), 2, { norm: new nn.LayerNorm(4) }],
  ],
  ['Transformer', 'sizes among the options', [{ dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 2 }]],
])('%s: %s', (name, _what, given) => {
  if (name === 'Transformer') expect(new nn.Transformer(given[0] as object).config()).toMatchObject(given[0] as object);
  else holds(classes[name]!, given);
});

test('everything in nn that is a module, but Module itself, says its arguments', () => {
  const modules = Object.entries(nn).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof nn.Module,
  );
  expect(modules.length).toBeGreaterThan(100);
  for (const [name, type] of modules) {
    if (name === 'Layer') continue;
    expect((type as LayerClass).prototype, name).toBeInstanceOf(nn.Layer);
    expect(Object.keys({ ...layers, ...noLayers }), name).toContain(name);
  }
  expect(new nn.Sequential(new nn.ReLU()).config()).toEqual({});
  expect(new nn.ModuleList([new nn.ReLU()]).config()).toEqual({});
});

test('what is no plain data is described', () => {
  expect(new nn.CrossEntropyLoss({ weight: zeros([10]) }).config()).toEqual({
    reduction: 'mean',
    weight: { tensor: 'f32', shape: [10] },
    ignoreIndex: -100,
    labelSmoothing: 0,
  });
  const swish = (x: Tensor) => x.mul(x.sigmoid());
  expect(new nn.TransformerEncoderLayer(4, 2, { activation: swish }).config()).toMatchObject({
    activation: { function: 'swish' },
  });
  expect(new nn.Threshold(0, Number.NEGATIVE_INFINITY).config()).toEqual({
    threshold: 0,
    value: { number: '-Infinity' },
  });
  expect(new nn.Threshold(0, Number.NEGATIVE_INFINITY).extraRepr()).toBe('threshold=0, value=-Infinity');
});

test("a model of the person's own may keep its configuration in a field of that name", () => {
  class GPT extends nn.Module {
    constructor(readonly config: { readonly embed: number }) {
      super();
    }
    forward(x: Tensor): Tensor {
      return x;
    }
  }
  expect(new GPT({ embed: 3 }).config).toEqual({ embed: 3 });
});

test('arguments are those of the call that is shown where one is refused', () => {
  for (const name of Object.keys(layers)) {
    const { options = [], known } = signatureOf(name)!;
    const own = positionalOf(classes[name]);
    const drawn = fc.sample(layers[name]!, { numRuns: 1, seed: 7 })[0]!;
    try {
      const config = new classes[name]!(...argumentsOf(drawn)).config();
      expect([...own, ...options], name).toEqual(expect.arrayContaining(Object.keys(config)));
      for (const option of Object.keys(config).filter((argument) => !own.includes(argument)))
        expect(known.has(option), `${name}: ${option}`).toBe(true);
    } catch (error) {
      if (!(error instanceof TensightError)) throw error;
    }
  }
});
