/** Attention, and the layers made of it. */
import fc from 'fast-check';
import { type Given, optionsInJavascript, optionsInPython, type Written as Value } from '../case.ts';
import { flag, input, int, ref } from '../drawing.ts';
import { type Drawn, type Layers, optional } from './layer.ts';

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

/** [batch, source, key] and what asks for it. */
const aligned = fc.tuple(int(1, 2), int(1, 3), int(1, 4), int(1, 3), int(1, 3));

export const attentions: Layers = {
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
};
