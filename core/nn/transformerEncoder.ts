import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { MultiheadAttention } from './attention.ts';
import { checkSizes } from './check.ts';
import { Dropout } from './dropout.ts';
import type { KeyValueCache } from './keyValueCache.ts';
import { Linear } from './linear.ts';
import type { Module } from './module.ts';
import { LayerNorm } from './norm.ts';
import {
  allOptions,
  TransformerLayer,
  type TransformerLayerOptions,
  TransformerStack,
  type TransformerStackOptions,
} from './transformerLayer.ts';

/** Masks of an encoder layer; boolean: true = not attended. Float masks are added to the scores. */
export interface EncoderLayerMasks {
  /** [seq, seq] */
  srcMask?: Tensor | undefined;
  /** [batch, seq] */
  srcKeyPaddingMask?: Tensor | undefined;
  /** Each position sees itself and what is before it. */
  isCausal?: boolean;
  /** Only the new positions are handed in; earlier ones are in here. For a stack that writes text (with `isCausal`). */
  cache?: KeyValueCache | undefined;
}

/**
 * Self-attention and a feed-forward network, each with a residual connection and a LayerNorm: [seq, batch, embed] → the
 * same ([batch, seq, embed] with `batchFirst`, [seq, embed] without a batch). Vaswani et al. 2017, section 3.1.
 * Throws ShapeError where the last axis is not `dModel`.
 */
export class TransformerEncoderLayer extends TransformerLayer {
  protected static override readonly stateNames = { selfAttn: 'self_attn' };

  /** Attention of the sequence to itself. */
  readonly selfAttn: MultiheadAttention;
  /** Into the feed-forward network, [ffn, embed]. */
  readonly linear1: Linear;
  /** After the activation. */
  readonly dropout: Dropout;
  /** Out of the feed-forward network, [embed, ffn]. */
  readonly linear2: Linear;
  /** Of attention. */
  readonly norm1: LayerNorm;
  /** Of the feed-forward network. */
  readonly norm2: LayerNorm;
  /** After attention. */
  readonly dropout1: Dropout;
  /** After the feed-forward network. */
  readonly dropout2: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    checkArguments(new.target, arguments);
    checkSizes('TransformerEncoderLayer(dModel, nhead, options)', { dModel, nhead });
    const all = allOptions(options);
    super(all);
    const { dimFeedforward, dropout, layerNormEps: eps, batchFirst, bias } = all;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = new LayerNorm(dModel, { eps, bias });
    this.norm2 = new LayerNorm(dModel, { eps, bias });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
  }

  /** src [seq, batch, embed] → the same. */
  forward(src: Tensor, masks: EncoderLayerMasks = {}): Tensor {
    checkArguments('TransformerEncoderLayer.forward', arguments);
    if (this.normFirst) {
      const x = src.add(this.#attend(this.norm1.forward(src), masks));
      return x.add(this.#feedForward(this.norm2.forward(x)));
    }
    const x = this.norm1.forward(src.add(this.#attend(src, masks)));
    return this.norm2.forward(x.add(this.#feedForward(x)));
  }

  #attend(x: Tensor, { srcMask, srcKeyPaddingMask, isCausal = false, cache }: EncoderLayerMasks): Tensor {
    const [output] = this.selfAttn.forward(x, x, x, {
      attnMask: srcMask,
      keyPaddingMask: srcKeyPaddingMask,
      isCausal,
      needWeights: false,
      cache,
    });
    return this.dropout1.forward(output);
  }

  #feedForward(x: Tensor): Tensor {
    return this.dropout2.forward(this.feedForward(x));
  }
}

/** Masks of a stack of encoder layers: every layer gets the same. */
export interface EncoderMasks {
  /** [seq, seq] */
  mask?: Tensor | undefined;
  /** [batch, seq] */
  srcKeyPaddingMask?: Tensor | undefined;
  /** Each position sees itself and what is before it. */
  isCausal?: boolean;
  /** As for one layer. */
  cache?: KeyValueCache | undefined;
}

/** A layer that a `TransformerEncoder` can stack. */
export interface EncoderLayer extends Module {
  /** src [seq, batch, embed] → the same. */
  forward(src: Tensor, masks?: EncoderLayerMasks): Tensor;
}

/**
 * Encoder layers one after another: `new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(512, 8), 6)`. Takes a
 * function that makes a layer (told its number), where PyTorch takes one layer and copies it. As there, every layer draws the same
 * start values; draw others with `nn.init.xavierUniform(parameter)`. Shapes as the layer's.
 */
export class TransformerEncoder extends TransformerStack<EncoderLayer> {
  constructor(makeLayer: (index: number) => EncoderLayer, numLayers: number, options: TransformerStackOptions = {}) {
    checkArguments(new.target, arguments);
    super('TransformerEncoder', makeLayer, numLayers, options);
  }

  /** src [seq, batch, embed] → the same. */
  forward(src: Tensor, masks: EncoderMasks = {}): Tensor {
    checkArguments('TransformerEncoder.forward', arguments);
    const { mask, srcKeyPaddingMask, isCausal = false, cache } = masks;
    let x = src;
    for (const layer of this.layers) x = layer.forward(x, { srcMask: mask, srcKeyPaddingMask, isCausal, cache });
    return this.norm ? this.norm.forward(x) : x;
  }
}
