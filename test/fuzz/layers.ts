/**
 * Cases of every layer and loss of `nn`, written once: its arguments and options in our words, from which both programs are made.
 * A layer that is not here fails the tests.
 */
import fc from 'fast-check';
import type { Case, Given, Written as Value } from './case.ts';
import { javascript, optionsInJavascript, optionsInPython, python } from './case.ts';
import { apart, constant, dim, flag, indices, input, int, positive, ref, type Shape, shape } from './drawing.ts';

type Options = Readonly<Record<string, Value>>;

interface Layer {
  /** What it is made with, by position and by name. */
  readonly args?: readonly Value[];
  readonly options?: Options;
  /** What it is called with: the inputs in order, unless others are named here; and options. */
  readonly inputs: readonly Given[];
  readonly call?: string;
  readonly callOptions?: Options;
  /** What PyTorch calls it with, where that is not the same. */
  readonly theirCall?: string;
  /** Python for the whole, where PyTorch has no such layer; null where it is not PyTorch's to judge. */
  readonly theirs?: string | null;
  /** In evaluation mode. */
  readonly evaluated?: boolean;
}

type Drawn = fc.Arbitrary<Layer>;

function written(name: string, layer: Layer): Case {
  const { args = [], options = {}, inputs, callOptions, evaluated = false } = layer;
  const names = inputs.map((_, i) => 'abcdefghij'[i]!).join(', ');
  const { call = names, theirCall = call } = layer;
  const fill = evaluated ? 'E' : 'M';
  const hasOptions = Object.values(options).some((value) => value !== undefined);
  const made = [...args.map(javascript), ...(hasOptions ? [optionsInJavascript(options)] : [])];
  const called = [call, ...(callOptions ? [optionsInJavascript(callOptions)] : [])];
  const theirs = [...args.map(python), ...optionsInPython(options)];
  const calledThere = [theirCall, ...optionsInPython(callOptions ?? {})];
  return {
    family: 'layer',
    name,
    inputs,
    ours: `${fill}(new nn.${name}(${made.join(', ')})).forward(${called.join(', ')})`,
    theirs:
      layer.theirs === null
        ? undefined
        : (layer.theirs ?? `${fill}(nn.${name}(${theirs.join(', ')}))(${calledThere.join(', ')})`),
  };
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const reductions = fc.constantFrom(undefined, 'mean', 'sum', 'none');
/** A shape that fits, or, one time in fifteen, one with another size at the end. */
const maybeOdd = (s: Shape) => int(0, 14).map((odd) => (odd === 0 && s.length > 0 ? s.with(-1, s.at(-1)! + 1) : s));

/** Of any shape, without options or with some by position. */
const pointwise = (...args: fc.Arbitrary<Value>[]): Drawn =>
  fc.tuple(shape(), fc.tuple(...args)).chain(([s, drawn]) => input(s).map((a) => ({ args: drawn, inputs: [a] })));
const alongDim: Drawn = shape().chain((s) =>
  fc.tuple(input(s), dim(s.length)).map(([a, d]) => ({ args: [d], inputs: [a] })),
);
const number = (...values: number[]) => fc.constantFrom<Value[]>(...values);

const sizes = (rank: number, min: number, max: number): fc.Arbitrary<Value> =>
  fc.oneof<fc.Arbitrary<Value>[]>(int(min, max), fc.array(int(min, max), { minLength: rank, maxLength: rank }));
/** [batch, channel, ...rank sizes], or, one time in eight, without the batch. */
const planes = (rank: number, channels: number, most = 7) =>
  fc
    .tuple(int(0, 7), int(1, 2), fc.array(int(1, most), { minLength: rank, maxLength: rank }), int(0, 14))
    .map(
      ([unbatched, batch, spatial, odd]): Shape => [
        ...(unbatched === 0 ? [] : [batch]),
        odd === 0 ? channels + 1 : channels,
        ...spatial,
      ],
    );

const convolution = (rank: number): Drawn =>
  fc
    .record({
      groups: int(1, 2),
      inputs: int(1, 2),
      outputs: int(1, 3),
      kernel: sizes(rank, 1, 3),
      stride: optional(sizes(rank, 1, 3)),
      padding: optional(fc.oneof<fc.Arbitrary<Value>[]>(sizes(rank, 0, 2), fc.constantFrom('same', 'valid'))),
      dilation: optional(sizes(rank, 1, 2)),
      bias: optional(flag),
      paddingMode: fc.constantFrom(undefined, undefined, 'reflect', 'replicate', 'circular'),
    })
    .chain(({ groups, inputs, outputs, kernel, ...options }) =>
      planes(rank, groups * inputs)
        .chain(input)
        .map((a) => ({
          args: [groups * inputs, groups * outputs, kernel],
          options: { ...options, groups },
          inputs: [a],
        })),
    );

const transposed = (rank: number): Drawn =>
  fc
    .record({
      groups: int(1, 2),
      inputs: int(1, 2),
      outputs: int(1, 3),
      kernel: sizes(rank, 1, 3),
      stride: optional(sizes(rank, 1, 3)),
      padding: optional(sizes(rank, 0, 1)),
      outputPadding: optional(sizes(rank, 0, 2)),
      dilation: optional(sizes(rank, 1, 2)),
      bias: optional(flag),
    })
    .chain(({ groups, inputs, outputs, kernel, ...options }) =>
      planes(rank, groups * inputs, 4)
        .chain(input)
        .map((a) => ({
          args: [groups * inputs, groups * outputs, kernel],
          options: { ...options, groups },
          inputs: [a],
        })),
    );

const pool = (rank: number, kind: 'max' | 'average'): Drawn =>
  fc
    .record({
      kernel: sizes(rank, 1, 3),
      stride: optional(sizes(rank, 1, 3)),
      padding: optional(sizes(rank, 0, 1)),
      dilation: optional(sizes(rank, 1, 2)),
      ceilMode: optional(flag),
      countIncludePad: optional(flag),
      divisorOverride: optional(int(1, 5)),
      x: planes(rank, 2).chain(kind === 'max' ? apart : input),
    })
    .map(({ kernel, x, dilation, countIncludePad, divisorOverride, padding: around, ...options }) => ({
      args: [kernel],
      options: {
        ...options,
        // A largest of windows that lie in the padding alone is none.
        padding: kind === 'max' && dilation !== undefined ? undefined : around,
        ...(kind === 'max' ? { dilation } : { countIncludePad, ...(rank === 2 && { divisorOverride }) }),
      },
      inputs: [x],
    }));

const adaptive = (rank: number, from: (s: Shape) => fc.Arbitrary<Given>): Drawn =>
  fc.tuple(sizes(rank, 1, 5), planes(rank, 2).chain(from)).map(([size, a]) => ({ args: [size], inputs: [a] }));
const lpPool = (rank: number): Drawn =>
  fc
    .tuple(
      fc.constantFrom(1, 2, 3),
      rank === 1 ? int(1, 2) : sizes(rank, 1, 2),
      optional(int(1, 2)),
      planes(rank, 2).chain(positive),
    )
    .map(([p, kernel, stride, a]) => ({ args: [p, kernel], options: { stride }, inputs: [a] }));

const padding = (rank: number, low: number, value?: fc.Arbitrary<Value>, has = true): Drawn =>
  fc
    .tuple(
      fc.oneof<fc.Arbitrary<Value>[]>(int(low, 2), fc.array(int(low, 2), { minLength: 2 * rank, maxLength: 2 * rank })),
      value ?? fc.constant(undefined),
      planes(rank, 2).chain(input),
    )
    .map(([by, filler, a]) => ({
      args: filler === undefined ? [by] : [by, filler],
      inputs: [a],
      // PyTorch 1.13 has no such layer, and its function wants the batch.
      ...(!has && {
        theirs: `F.pad(${a.shape.length === rank + 1 ? 'a[None]' : 'a'}, ${python(typeof by === 'number' ? new Array(2 * rank).fill(by) : by)}, mode='circular')${a.shape.length === rank + 1 ? '[0]' : ''}`,
      }),
    }));

const norm = (rank: 1 | 2, instance: boolean): Drawn =>
  fc
    .record({
      channels: int(1, 3),
      eps: number(1e-2, 0.1),
      momentum: optional(number(0.3, 0.01)),
      affine: optional(flag),
      trackRunningStats: optional(flag),
      evaluated: flag,
      batch: int(2, 3),
      spatial: fc.array(int(2, 4), { minLength: rank, maxLength: rank }),
      flat: flag,
    })
    .chain(({ channels, batch, spatial, flat, evaluated, ...options }) => {
      const s = rank === 1 && flat && !instance ? [batch, channels] : [batch, channels, ...spatial];
      return apart(s).map((a) => ({ args: [channels], options, inputs: [a], evaluated }));
    });

const dropout: Drawn = shape(2, 4).chain((s) =>
  fc.tuple(input(s), fc.constantFrom(0, 0.3)).map(([a, p]) => ({ args: [p], inputs: [a], evaluated: p > 0 })),
);

/** A loss of two tensors of one shape. */
const loss = (
  left: (s: Shape) => fc.Arbitrary<Given>,
  right: (s: Shape) => fc.Arbitrary<Given>,
  more: Readonly<Record<string, fc.Arbitrary<Value>>> = {},
): Drawn =>
  shape(0, 3).chain((s) =>
    fc
      .tuple(left(s), maybeOdd(s).chain(right), reductions, fc.record(more))
      .map(([a, b, reduction, options]) => ({ options: { reduction, ...options }, inputs: [a, b] })),
  );
const signs = (s: Shape) => constant(input(s, { values: fc.constantFrom(-1, 1) }));
const parts = (s: Shape) => input(s, { values: int(1, 15).map((n) => n / 16) });
const targets = (s: Shape) => constant(parts(s));

/** Scores [batch, class, ...] and classes. */
const classified = (probabilities: boolean, smoothing: boolean): Drawn =>
  fc
    .record({
      batch: int(1, 3),
      classes: int(1, 4),
      more: fc.array(int(1, 3), { maxLength: 2 }),
      ignoreIndex: fc.constantFrom(undefined, 0, -1),
      reduction: reductions,
      labelSmoothing: smoothing ? fc.constantFrom(undefined, 0.1) : fc.constant(undefined),
      weighted: flag,
      unbatched: int(0, 7),
      odd: int(0, 20),
    })
    .chain(({ batch, classes, more, weighted, unbatched, odd, ...options }) => {
      const x = unbatched === 0 ? [classes] : [batch, classes, ...more];
      const y = unbatched === 0 ? [] : [batch, ...more];
      const logits = probabilities ? input(x).map((a) => a) : apart(x);
      const low = options.ignoreIndex === -1 ? -1 : 0;
      const target = indices(y, classes + (odd === 0 ? 1 : 0), low);
      return fc.tuple(logits, target, ...(weighted ? [constant(positive([classes]))] : [])).map((inputs) => ({
        options: { ...options, ...(weighted && { weight: ref(2) }) },
        inputs,
        call: 'a, b',
      }));
    });

const multi = (
  s: (batch: number, classes: number) => fc.Arbitrary<readonly [Given, Given]>,
  more: Readonly<Record<string, fc.Arbitrary<Value>>> = {},
): Drawn =>
  fc
    .tuple(int(1, 3), int(1, 4), reductions, fc.record(more))
    .chain(([batch, classes, reduction, options]) =>
      s(batch, classes).map((inputs) => ({ options: { reduction, ...options }, inputs })),
    );

const recurrent = (kind: 'RNN' | 'LSTM' | 'GRU'): Drawn =>
  fc
    .record({
      inputSize: int(1, 4),
      hidden: int(1, 5),
      numLayers: optional(int(1, 2)),
      nonlinearity: fc.constantFrom(undefined, 'tanh', 'relu'),
      bias: optional(flag),
      batchFirst: optional(flag),
      bidirectional: optional(flag),
      projSize: fc.constantFrom(undefined, undefined, 1),
      steps: int(1, 5),
      batch: int(1, 3),
      state: flag,
      unbatched: int(0, 9),
      packed: int(0, 3),
      odd: int(0, 20),
    })
    .chain(({ inputSize, hidden, steps, batch, state, unbatched, packed, odd, nonlinearity, projSize, ...options }) => {
      const single = unbatched === 0;
      const lead = single ? [steps] : options.batchFirst ? [batch, steps] : [steps, batch];
      const out = kind === 'LSTM' && projSize !== undefined && projSize < hidden ? projSize : hidden;
      const count = (options.numLayers ?? 1) * (options.bidirectional ? 2 : 1);
      const stateOf = (width: number) => input([count, ...(single ? [] : [batch]), width], { stretched: false });
      const states = state ? (kind === 'LSTM' ? [stateOf(out), stateOf(hidden)] : [stateOf(out)]) : [];
      const pair = kind === 'LSTM' ? { ours: '[b, c]', theirs: '(b, c)' } : { ours: 'b', theirs: 'b' };
      const lengths = Array.from({ length: batch }, (_, i) => 1 + ((i * 2 + steps) % steps));
      const asPacked = packed === 0 && !single;
      const call = ['a', ...(state ? [pair.ours] : asPacked ? ['undefined'] : [])].join(', ');
      const theirCall = ['a', ...(state ? [pair.theirs] : [])].join(', ');
      return fc
        .tuple(input([...lead, odd === 0 ? inputSize + 1 : inputSize], { stretched: false }), ...states)
        .map((inputs) => {
          const more = {
            ...options,
            ...(kind === 'RNN' && { nonlinearity }),
            ...(kind === 'LSTM' && out !== hidden && { projSize: out }),
          };
          const made = [inputSize, hidden, ...optionsInPython(more)].join(', ');
          return {
            args: [inputSize, hidden],
            options: more,
            inputs,
            call,
            theirCall,
            ...(asPacked && {
              callOptions: { lengths },
              theirs: `packed(M(nn.${kind}(${made})), a, ${python(lengths)}, ${state ? pair.theirs : 'None'}, ${python(options.batchFirst === true)})`,
            }),
          };
        });
    });

const cell = (kind: 'RNNCell' | 'LSTMCell' | 'GRUCell'): Drawn =>
  fc
    .record({
      inputSize: int(1, 4),
      hidden: int(1, 4),
      bias: optional(flag),
      batch: int(0, 3),
      state: flag,
      odd: int(0, 20),
    })
    .chain(({ inputSize, hidden, bias, batch, state, odd }) => {
      const lead = batch === 0 ? [] : [batch];
      const states = state ? Array.from({ length: kind === 'LSTMCell' ? 2 : 1 }, () => input([...lead, hidden])) : [];
      const call = state ? (kind === 'LSTMCell' ? 'a, [b, c]' : 'a, b') : 'a';
      const theirCall = call.replace('[', '(').replace(']', ')');
      return fc
        .tuple(input([...lead, odd === 0 ? inputSize + 1 : inputSize]), ...states)
        .map((inputs) => ({ args: [inputSize, hidden], options: { bias }, inputs, call, theirCall }));
    });

/** [seq, batch, width], or the batch first. */
const sequence = (seq: number, batch: number, width: number, batchFirst: boolean | undefined) =>
  input(batchFirst ? [batch, seq, width] : [seq, batch, width], { stretched: false });
/** Scores to add: 0, and −∞ for what is not seen; the first key is always seen. */
const hidden = (rows: number, columns: number) =>
  fc.array(flag, { minLength: rows * columns, maxLength: rows * columns }).map(
    (bits): Given => ({
      dtype: 'f32',
      shape: [rows, columns],
      strides: [columns, 1],
      offset: 0,
      data: bits.map((bit, i) => (bit && i % columns > 0 ? Number.NEGATIVE_INFINITY : 0)),
      grad: false,
    }),
  );

const attention: Drawn = fc
  .record({
    heads: int(1, 3),
    headDim: int(1, 3),
    bias: optional(flag),
    addBiasKv: optional(flag),
    addZeroAttn: optional(flag),
    kdim: fc.constantFrom(undefined, undefined, 3),
    vdim: fc.constantFrom(undefined, undefined, 5),
    batchFirst: optional(flag),
    queries: int(1, 4),
    keys: int(1, 4),
    batch: int(1, 2),
    masked: flag,
    averageAttnWeights: flag,
    self: flag,
  })
  .chain(({ heads, headDim, queries, keys, batch, masked, self, averageAttnWeights, kdim, vdim, ...options }) => {
    const width = heads * headDim;
    const { batchFirst } = options;
    const widths = self ? {} : { kdim, vdim };
    const others = self
      ? []
      : [sequence(keys, batch, kdim ?? width, batchFirst), sequence(keys, batch, vdim ?? width, batchFirst)];
    const mask = masked ? [hidden(queries, self ? queries : keys)] : [];
    return fc.tuple(sequence(queries, batch, width, batchFirst), ...others, ...mask).map((inputs) => ({
      args: [width, heads],
      options: { ...options, ...widths },
      inputs,
      call: self ? 'a, a, a' : 'a, b, c',
      callOptions: { averageAttnWeights, ...(masked && { attnMask: ref(self ? 1 : 3) }) },
    }));
  });

const blockOptions = {
  dimFeedforward: fc.constantFrom<Value[]>(4, 8),
  dropout: fc.constant<Value>(0),
  activation: fc.constantFrom<Value[]>(undefined, 'relu', 'gelu'),
  normFirst: optional(flag) as fc.Arbitrary<Value>,
  layerNormEps: fc.constantFrom<Value[]>(undefined, 1e-3),
  batchFirst: optional(flag),
};

const block = (kind: 'Encoder' | 'Decoder', stacked: boolean): Drawn =>
  fc
    .record({
      ...blockOptions,
      heads: fc.constantFrom(1, 2),
      seq: int(1, 4),
      memory: int(1, 4),
      batch: int(1, 2),
      masked: flag,
      layers: int(1, 2),
    })
    .chain(({ heads, seq, memory, batch, masked, layers, ...options }) => {
      const batchFirst = options.batchFirst;
      const second = kind === 'Decoder' ? [sequence(memory, batch, 4, batchFirst)] : [];
      const mask = masked ? [hidden(seq, seq)] : [];
      return fc.tuple(sequence(seq, batch, 4, batchFirst), ...second, ...mask).map((inputs) => {
        const call = kind === 'Decoder' ? 'a, b' : 'a';
        const name = kind === 'Decoder' ? 'tgtMask' : stacked ? 'mask' : 'srcMask';
        const callOptions = masked ? { [name]: ref(inputs.length - 1) } : {};
        if (!stacked) return { args: [4, heads], options, inputs, call, callOptions };
        const one = `nn.Transformer${kind}Layer(4, ${heads}, ${optionsInPython(options).join(', ')})`;
        const called = [call, ...optionsInPython(callOptions)].join(', ');
        return {
          args: [{ ref: `() => new nn.Transformer${kind}Layer(4, ${heads}, ${optionsInJavascript(options)})` }, layers],
          inputs,
          call,
          callOptions,
          theirs: `M(nn.Transformer${kind}(${one}, ${layers}))(${called})`,
        };
      });
    });

const transformer: Drawn = fc
  .record({
    ...blockOptions,
    heads: fc.constantFrom(1, 2),
    src: int(1, 3),
    tgt: int(1, 3),
    batch: int(1, 2),
    encoders: int(1, 2),
    decoders: int(1, 2),
  })
  .chain(({ heads, src, tgt, batch, encoders, decoders, ...options }) =>
    fc
      .tuple(sequence(src, batch, 4, options.batchFirst), sequence(tgt, batch, 4, options.batchFirst))
      .map((inputs) => ({
        args: [4, heads],
        options: { numEncoderLayers: encoders, numDecoderLayers: decoders, ...options },
        inputs,
      })),
  );

const table = (bag: boolean): Drawn =>
  fc
    .record({
      rows: int(1, 5),
      width: int(1, 4),
      paddingIdx: optional(int(-5, 4)),
      mode: fc.constantFrom('sum', 'mean', 'max'),
      s: bag ? fc.tuple(int(1, 3), int(1, 3)) : shape(0, 2),
      odd: int(0, 20),
    })
    .chain(({ rows, width, paddingIdx, mode, s, odd }) =>
      indices(s, rows + (odd === 0 ? 1 : 0)).map((a) => ({
        args: [rows, width],
        options: { paddingIdx, ...(bag && { mode }) },
        inputs: [a],
      })),
    );

const upsampled = (modes: readonly (string | undefined)[], rank: number): Drawn =>
  fc
    .tuple(
      fc.constantFrom(...modes),
      fc.oneof(
        int(1, 6).map((size) => ({ size })),
        fc.constantFrom(0.5, 1.5, 2, 3).map((scaleFactor) => ({ scaleFactor })),
      ),
      flag,
      planes(rank, 2, 4)
        .filter((s) => s.length === rank + 2)
        .chain(input),
    )
    .map(([mode, size, corners, a]) => ({
      options: { ...size, mode, ...(mode?.includes('linear') && { alignCorners: corners }) },
      inputs: [a],
    }));

/** [batch, source, key] and what asks for it. */
const aligned = fc.tuple(int(1, 2), int(1, 3), int(1, 4), int(1, 3), int(1, 3));

export const layers: Readonly<Record<string, Drawn>> = {
  ReLU: pointwise(),
  GELU: shape().chain((s) =>
    fc
      .tuple(input(s), fc.constantFrom(undefined, 'none', 'tanh'))
      .map(([a, approximate]) => ({ options: { approximate }, inputs: [a] })),
  ),
  SiLU: pointwise(),
  Tanh: pointwise(),
  Sigmoid: pointwise(),
  LeakyReLU: pointwise(number(0.01, 0.3, 0, 1.5, -0.5)),
  ELU: pointwise(number(1, 0.5, 2, 0, -0.5)),
  Softplus: pointwise(number(1, 0.5, 3, -1), number(20, 1, -1)),
  Softmax: alongDim,
  Softmin: alongDim,
  LogSoftmax: alongDim,
  Softmax2d: shape(2, 5)
    .chain(input)
    .map((a) => ({ inputs: [a] })),
  Hardtanh: pointwise(number(-1, -0.5, 1), number(1, 0.25, -1)),
  ReLU6: pointwise(),
  Hardsigmoid: pointwise(),
  Hardswish: pointwise(),
  Hardshrink: pointwise(number(0.5, 1, 0, -0.5)),
  Softshrink: pointwise(number(0.5, 1, 0, -0.5)),
  Threshold: pointwise(number(0.5, -1), number(0, 20)),
  SELU: pointwise(),
  CELU: pointwise(number(1, 0.5, -0.5, -2)),
  Mish: pointwise(),
  Softsign: pointwise(),
  LogSigmoid: pointwise(),
  Tanhshrink: pointwise(),
  PReLU: fc
    .tuple(int(1, 3), flag, shape(2, 4))
    .chain(([channels, one, s]) =>
      input(s.with(1, channels)).map((a) => ({ args: [one ? 1 : channels], inputs: [a] })),
    ),
  GLU: alongDim,
  RReLU: shape().chain((s) => input(s).map((a) => ({ args: [0.1, 0.4], inputs: [a], evaluated: true }))),

  Linear: fc.tuple(shape(0, 3), int(1, 5), int(0, 5), optional(flag)).chain(([lead, i, o, bias]) =>
    maybeOdd([...lead, i])
      .chain((s) => input(s))
      .map((a) => ({ args: [i, o], options: { bias }, inputs: [a] })),
  ),
  Bilinear: fc.tuple(shape(0, 2), int(1, 3), int(1, 3), int(1, 3), optional(flag)).chain(([lead, i, j, o, bias]) =>
    fc
      .tuple(
        input([...lead, i]),
        maybeOdd([...lead, j]).chain((s) => input(s)),
      )
      .map((inputs) => ({ args: [i, j, o], options: { bias }, inputs })),
  ),
  Identity: pointwise(),
  Flatten: shape(0, 4).chain((s) =>
    fc.tuple(input(s), dim(s.length), dim(s.length)).map(([a, i, j]) => ({ args: [i, j], inputs: [a] })),
  ),
  Unflatten: fc.tuple(int(1, 3), int(1, 3), int(1, 3)).chain(([n, i, j]) =>
    maybeOdd([n, i * j])
      .chain((s) => input(s))
      .map((a) => ({ args: [1, [i, j]], inputs: [a] })),
  ),

  Conv1d: convolution(1),
  Conv2d: convolution(2),
  ConvTranspose1d: transposed(1),
  ConvTranspose2d: transposed(2),
  MaxPool1d: pool(1, 'max'),
  MaxPool2d: pool(2, 'max'),
  AvgPool1d: pool(1, 'average'),
  AvgPool2d: pool(2, 'average'),
  AdaptiveAvgPool1d: adaptive(1, input),
  AdaptiveAvgPool2d: adaptive(2, input),
  AdaptiveMaxPool1d: adaptive(1, apart),
  AdaptiveMaxPool2d: adaptive(2, apart),
  LPPool1d: lpPool(1),
  LPPool2d: lpPool(2),
  ConstantPad1d: padding(1, -1, number(0.5, -2)),
  ConstantPad2d: padding(2, -1, number(0.5, -2)),
  ZeroPad1d: padding(1, -1).map((layer) => ({
    ...layer,
    theirs: `F.pad(a, ${typeof layer.args![0] === 'number' ? python([layer.args![0], layer.args![0]]) : python(layer.args![0]!)})`,
  })),
  ZeroPad2d: padding(2, -1),
  ReflectionPad1d: padding(1, -1),
  ReflectionPad2d: padding(2, -1),
  ReplicationPad1d: padding(1, -1),
  ReplicationPad2d: padding(2, -1),
  CircularPad1d: padding(1, 0, undefined, false),
  CircularPad2d: padding(2, 0, undefined, false),
  Upsample: fc.oneof(upsampled([undefined, 'nearest', 'linear'], 1), upsampled([undefined, 'nearest', 'bilinear'], 2)),
  UpsamplingNearest2d: upsampled([undefined], 2),
  UpsamplingBilinear2d: upsampled([undefined], 2),
  PixelShuffle: fc
    .tuple(int(1, 3), shape(3, 4, 3), int(1, 2))
    .chain(([r, s, c]) => input(s.with(-3, c * r * r)).map((a) => ({ args: [r], inputs: [a] }))),
  PixelUnshuffle: fc.tuple(int(1, 3), shape(3, 4, 3)).chain(([r, s]) =>
    maybeOdd(s.map((n, i) => (i < s.length - 2 ? n : n * r)))
      .chain((t) => input(t))
      .map((a) => ({ args: [r], inputs: [a] })),
  ),
  ChannelShuffle: fc
    .tuple(int(1, 3), shape(3, 4, 3), int(1, 2))
    .chain(([g, s, c]) => input(s.with(1, c * g)).map((a) => ({ args: [g], inputs: [a] }))),
  Unfold: fc
    .tuple(int(1, 3), optional(int(1, 2)), optional(int(0, 1)), optional(int(1, 2)), planes(2, 2, 5).chain(input))
    .map(([k, stride, pad, dilation, a]) => ({ args: [k], options: { stride, padding: pad, dilation }, inputs: [a] })),
  Fold: fc.tuple(int(1, 2), int(2, 4), int(1, 2), int(1, 2), int(0, 12)).chain(([k, size, batch, stride, odd]) => {
    const windows = (Math.floor((size - k) / stride) + 1) ** 2 + (odd === 0 ? 1 : 0);
    return input([batch, 2 * k * k, windows]).map((a) => ({
      args: [[size, size], k],
      options: { stride },
      inputs: [a],
    }));
  }),

  LayerNorm: fc
    .tuple(shape(0, 2, 3), fc.array(int(1, 4), { minLength: 1, maxLength: 2 }), number(1e-2, 0.1), optional(flag))
    .chain(([lead, sizesOf, eps, elementwiseAffine]) =>
      maybeOdd([...lead, ...sizesOf])
        .chain(apart)
        .map((a) => ({ args: [sizesOf], options: { eps, elementwiseAffine }, inputs: [a] })),
    ),
  RMSNorm: fc.tuple(shape(0, 2, 3), int(1, 4)).chain(([lead, width]) =>
    apart([...lead, width]).map((a) => ({
      args: [width],
      options: { eps: 1e-3, elementwiseAffine: false },
      inputs: [a],
      theirs: 'a * torch.rsqrt((a * a).mean(-1, keepdim=True) + 1e-3)',
    })),
  ),
  LocalResponseNorm: fc
    .tuple(
      int(1, 4),
      planes(1, 3, 3)
        .filter((s) => s.length === 3)
        .chain(input),
    )
    .map(([size, a]) => ({ args: [size], options: { alpha: 0.1, k: 2 }, inputs: [a] })),
  BatchNorm1d: norm(1, false),
  BatchNorm2d: norm(2, false),
  InstanceNorm1d: norm(1, true),
  InstanceNorm2d: norm(2, true),
  GroupNorm: fc
    .tuple(int(1, 3), int(1, 3), optional(flag), shape(0, 2, 3), int(2, 3))
    .chain(([groups, each, affine, more, batch]) =>
      apart([batch, groups * each, ...more, 2]).map((a) => ({
        args: [groups, groups * each],
        options: { affine },
        inputs: [a],
      })),
    ),

  Dropout: dropout,
  Dropout1d: shape(3, 3).chain((s) => input(s).map((a) => ({ args: [0.3], inputs: [a], evaluated: true }))),
  Dropout2d: shape(4, 4).chain((s) => input(s).map((a) => ({ args: [0.3], inputs: [a], evaluated: true }))),
  AlphaDropout: dropout,
  FeatureAlphaDropout: dropout,
  Embedding: table(false),
  EmbeddingBag: table(true),

  RNN: recurrent('RNN'),
  LSTM: recurrent('LSTM'),
  GRU: recurrent('GRU'),
  RNNCell: cell('RNNCell'),
  LSTMCell: cell('LSTMCell'),
  GRUCell: cell('GRUCell'),
  MultiheadAttention: attention,
  TransformerEncoderLayer: block('Encoder', false),
  TransformerEncoder: block('Encoder', true),
  TransformerDecoderLayer: block('Decoder', false),
  TransformerDecoder: block('Decoder', true),
  Transformer: transformer,
  BahdanauAttention: aligned.chain(([b, t, s, q, k]) =>
    fc.tuple(input([b, t, q]), input([b, s, k])).map((inputs) => ({ args: [q, k, 3], inputs, theirs: null })),
  ),
  LuongAttention: aligned.chain(([b, t, s, q, k]) =>
    fc
      .tuple(input([b, t, q]), input([b, s, k]), fc.constantFrom('general', 'concat'))
      .map(([a, c, score]) => ({ args: [q], options: { score, keySize: k }, inputs: [a, c], theirs: null })),
  ),
  PositionalEncoding: fc
    .tuple(int(1, 2), int(1, 4), int(1, 3))
    .chain(([b, s, d]) =>
      input([b, s, 2 * d]).map((a) => ({ args: [2 * d], options: { dropout: 0 }, inputs: [a], theirs: null })),
    ),
  LearnedPositionalEmbedding: fc
    .tuple(int(1, 2), int(1, 4), int(1, 3))
    .chain(([b, s, d]) =>
      input([b, s, d]).map((a) => ({ args: [d], options: { maxLength: 6 }, inputs: [a], theirs: null })),
    ),
  RotaryEmbedding: fc
    .tuple(int(1, 2), int(1, 4), int(1, 3), optional(flag))
    .chain(([h, s, d, interleaved]) =>
      input([1, h, s, 2 * d]).map((a) => ({ args: [2 * d], options: { interleaved }, inputs: [a], theirs: null })),
    ),
  CosineSimilarity: shape(1, 3).chain((s) =>
    fc.tuple(apart(s), apart(s), dim(s.length)).map(([a, b, d]) => ({ options: { dim: d }, inputs: [a, b] })),
  ),
  PairwiseDistance: shape(1, 2).chain((s) =>
    fc
      .tuple(apart(s), apart(s), number(1, 2), optional(flag))
      .map(([a, b, p, keepdim]) => ({ options: { p, keepdim }, inputs: [a, b] })),
  ),

  CrossEntropyLoss: classified(false, true),
  NLLLoss: classified(true, false),
  MSELoss: loss(input, input),
  L1Loss: loss(input, input),
  SmoothL1Loss: loss(input, input, { beta: number(0.5, 1, 0) }),
  HuberLoss: loss(input, input, { delta: number(0.5, 1) }),
  KLDivLoss: loss(input, targets, { logTarget: flag }).map(({ options, ...rest }) => ({
    ...rest,
    options: { ...options },
  })),
  BCELoss: loss(parts, targets),
  BCEWithLogitsLoss: loss(input, targets),
  PoissonNLLLoss: loss(positive, (s) => constant(positive(s)), { logInput: flag, full: flag }),
  GaussianNLLLoss: shape(1, 3).chain((s) =>
    fc
      .tuple(input(s), constant(input(s)), positive(s), reductions, flag)
      .map(([a, b, c, reduction, full]) => ({ options: { reduction, full }, inputs: [a, b, c] })),
  ),
  SoftMarginLoss: loss(input, signs),
  HingeEmbeddingLoss: loss(input, signs, { margin: number(1, 0.5) }),
  CosineEmbeddingLoss: fc
    .tuple(int(1, 3), int(1, 4), reductions, number(0, 0.3))
    .chain(([n, w, reduction, margin]) =>
      fc.tuple(apart([n, w]), apart([n, w]), signs([n])).map((inputs) => ({ options: { reduction, margin }, inputs })),
    ),
  MarginRankingLoss: shape(1, 2).chain((s) =>
    fc
      .tuple(input(s), input(s), signs(s), reductions, number(0, 0.5))
      .map(([a, b, c, reduction, margin]) => ({ options: { reduction, margin }, inputs: [a, b, c] })),
  ),
  TripletMarginLoss: fc
    .tuple(int(1, 3), int(1, 4), reductions, number(1, 0.5), optional(flag))
    .chain(([n, w, reduction, margin, swap]) =>
      fc
        .tuple(apart([n, w]), apart([n, w]), apart([n, w]))
        .map((inputs) => ({ options: { reduction, margin, swap }, inputs })),
    ),
  TripletMarginWithDistanceLoss: fc
    .tuple(int(1, 3), int(1, 4), reductions, optional(flag))
    .chain(([n, w, reduction, swap]) =>
      fc.tuple(apart([n, w]), apart([n, w]), apart([n, w])).map((inputs) => ({ options: { reduction, swap }, inputs })),
    ),
  MultiMarginLoss: multi((n, c) => fc.tuple(apart([n, c]), indices([n], c)), {
    p: number(1, 2),
    margin: number(1, 0.5),
  }),
  MultiLabelMarginLoss: multi((n, c) => fc.tuple(apart([n, c]), indices([n, c], c, -1))),
  MultiLabelSoftMarginLoss: multi((n, c) => fc.tuple(input([n, c]), constant(input([n, c], { values: int(0, 1) })))),
  CTCLoss: fc
    .record({
      steps: int(1, 5),
      batch: int(1, 3),
      reduction: reductions,
      zeroInfinity: optional(flag),
      labels: int(0, 3),
    })
    .chain(({ steps, batch, reduction, zeroInfinity, labels }) =>
      fc.tuple(apart([steps, batch, 4]), indices([batch, 3], 4, 1)).map((inputs) => {
        const [x, y] = [
          new Array<number>(batch).fill(steps),
          Array.from({ length: batch }, (_, i) => Math.max(0, labels - i)),
        ];
        return {
          options: { reduction, zeroInfinity },
          inputs,
          call: `a.logSoftmax(-1), b, [${x}], [${y}]`,
          theirCall: `a.log_softmax(-1), b, [${x}], [${y}]`,
        };
      }),
    ),
};

/** What is a class of `nn` and no layer with numbers of its own to hold, and why. */
export const noLayers: Readonly<Record<string, string>> = {
  Module: 'what layers are made of',
  Parameter: 'a tensor',
  Buffer: 'a tensor',
  ModuleList: 'holds layers',
  ModuleDict: 'holds layers',
  ParameterList: 'holds parameters',
  ParameterDict: 'holds parameters',
  Sequential: 'calls layers one after the other',
  KeyValueCache: 'what attention remembers; attention.test.ts holds it to attention without it',
};

export const layerCases: Readonly<Record<string, fc.Arbitrary<Case>>> = Object.fromEntries(
  Object.entries(layers).map(([name, drawn]) => [name, drawn.map((layer) => written(name, layer))]),
);
