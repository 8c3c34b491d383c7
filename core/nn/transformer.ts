import { ShapeError } from '../errors.ts';
import { maskedFill } from '../ops/compare.ts';
import { zeros } from '../ops/creation.ts';
import { causalMask } from '../ops/triangle.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkTensor } from './check.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import { LayerNorm } from './norm.ts';
import { TransformerDecoder, TransformerDecoderLayer } from './transformerDecoder.ts';
import { TransformerEncoder, TransformerEncoderLayer } from './transformerEncoder.ts';
import { allOptions, type TransformerLayerOptions } from './transformerLayer.ts';

/** What `Transformer` may be told, beside what its layers may be told. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** Width of every vector, where it is not given before the options. Default 512. */
  dModel?: number;
  /** Number of heads, where it is not given before the options. Default 8. */
  nhead?: number;
  /** Default 6. */
  numEncoderLayers?: number;
  /** Default 6. */
  numDecoderLayers?: number;
  /** In place of the encoder these options describe. */
  customEncoder?: TransformerEncoder;
  /** In place of the decoder these options describe. */
  customDecoder?: TransformerDecoder;
}

/** Masks of the whole; boolean: true = not attended. Float masks are added to the scores. */
export interface TransformerMasks {
  /** Encoder self-attention, [source, source]. */
  srcMask?: Tensor | undefined;
  /** Decoder self-attention, [target, target]. */
  tgtMask?: Tensor | undefined;
  /** Attention from decoder to encoder, [target, source]. */
  memoryMask?: Tensor | undefined;
  /** [batch, source] */
  srcKeyPaddingMask?: Tensor | undefined;
  /** [batch, target] */
  tgtKeyPaddingMask?: Tensor | undefined;
  /** [batch, source] */
  memoryKeyPaddingMask?: Tensor | undefined;
  /** Each source position sees itself and what is before it. */
  srcIsCausal?: boolean;
  /** Each target position sees itself and what is before it. */
  tgtIsCausal?: boolean;
  /** Each target position sees the source up to its own position. */
  memoryIsCausal?: boolean;
}

/**
 * Encoder and decoder: source [source, batch, embed], target [target, batch, embed] → [target, batch, embed]; the batch
 * first with `batchFirst`, or no batch. A LayerNorm stands after each of the two stacks, as in PyTorch. Vaswani et al. 2017.
 * Throws ShapeError where a last axis is not `dModel` or the batches differ.
 */
export class Transformer extends Layer {
  /** Width of every vector. */
  readonly dModel: number;
  /** Number of heads. */
  readonly nhead: number;
  /** Whether the batch is the first axis, not the second. */
  readonly batchFirst: boolean;
  /** Reads the source. */
  readonly encoder: TransformerEncoder;
  /** Writes the target, looking at what the encoder made of the source. */
  readonly decoder: TransformerDecoder;
  /** What its layers were told, and what took their place. */
  readonly #told: TransformerOptions;

  /** Sizes in PyTorch's order, `(512, 8, { … })`, or among the options: `({ dModel: 512, nhead: 8, … })`. */
  constructor(dModel: number, nhead?: number, options?: TransformerOptions);
  constructor(options?: TransformerOptions);
  constructor(first: number | TransformerOptions = {}, heads?: number, rest: TransformerOptions = {}) {
    checkArguments(new.target, typeof first === 'number' ? arguments : [undefined, undefined, first]);
    super();
    const options: TransformerOptions =
      typeof first === 'number' ? { ...rest, dModel: first, nhead: heads ?? 8 } : first;
    const { dModel = 512, nhead = 8, customEncoder, customDecoder, ...others } = options;
    const { numEncoderLayers = 6, numDecoderLayers = 6 } = others;
    const layer = allOptions(others);
    this.#told = { ...layer, ...(customEncoder && { customEncoder }), ...(customDecoder && { customDecoder }) };
    this.dModel = dModel;
    this.nhead = nhead;
    this.batchFirst = layer.batchFirst;
    const norm = () => new LayerNorm(dModel, { eps: layer.layerNormEps, bias: layer.bias });
    this.encoder =
      customEncoder ??
      new TransformerEncoder(() => new TransformerEncoderLayer(dModel, nhead, layer), numEncoderLayers, {
        norm: norm(),
      });
    this.decoder =
      customDecoder ??
      new TransformerDecoder(() => new TransformerDecoderLayer(dModel, nhead, layer), numDecoderLayers, {
        norm: norm(),
      });
    this.resetParameters();
  }

  /** Draws every weight of two or more dimensions afresh, Xavier-uniform. */
  resetParameters(): void {
    for (const p of this.parameters()) if (p.ndim > 1) init.xavierUniform(p);
  }

  /**
   * src [source, batch, embed], tgt [target, batch, embed] → [target, batch, embed]. Throws ShapeError where they do
   * not fit.
   */
  forward(src: Tensor, tgt: Tensor, masks: TransformerMasks = {}): Tensor {
    checkArguments('Transformer.forward', arguments);
    this.#check(src, tgt);
    const memory = this.encoder.forward(src, {
      mask: masks.srcMask,
      srcKeyPaddingMask: masks.srcKeyPaddingMask,
      isCausal: masks.srcIsCausal ?? false,
    });
    const { tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal } = masks;
    return this.decoder.forward(tgt, memory, {
      ...{ tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask },
      ...(tgtIsCausal === undefined ? {} : { tgtIsCausal }),
      ...(memoryIsCausal === undefined ? {} : { memoryIsCausal }),
    });
  }

  /** Float mask [seq, seq] to add to scores: 0 where a position may look, −∞ above the diagonal. */
  static generateSquareSubsequentMask(size: number): Tensor {
    return maskedFill(zeros([size, size]), causalMask(size), Number.NEGATIVE_INFINITY);
  }

  #check(src: Tensor, tgt: Tensor): void {
    checkTensor('Transformer', src);
    checkTensor('Transformer', tgt);
    if (src.ndim !== tgt.ndim)
      throw new ShapeError(
        'Transformer',
        [src, tgt],
        `source ${formatShape(src)} and target ${formatShape(tgt)} differ in their number of dimensions`,
        'Both have a batch, or neither.',
      );
    const batchDim = this.batchFirst ? 0 : 1;
    if (src.ndim === 3 && src.shape[batchDim] !== tgt.shape[batchDim])
      throw new ShapeError(
        'Transformer',
        [src, tgt],
        `source ${formatShape(src)} and target ${formatShape(tgt)} have batches of ${src.shape[batchDim]} and ${tgt.shape[batchDim]}`,
        this.batchFirst
          ? 'The batch is their first axis.'
          : 'The batch is their second axis; pass { batchFirst: true } if it is the first.',
      );
  }

  override config() {
    return configOf({
      dModel: this.dModel,
      nhead: this.nhead,
      numEncoderLayers: this.encoder.layers.length,
      numDecoderLayers: this.decoder.layers.length,
      ...this.#told,
    });
  }

  override extraRepr(): string {
    return `${this.dModel}, ${this.nhead} heads`;
  }
}
