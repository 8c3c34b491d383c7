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

/** Masks of a decoder, or of one of its layers; boolean: true = not attended. Float masks are added to the scores. */
export interface DecoderMasks {
  /** Self-attention, [target, target]. */
  tgtMask?: Tensor | undefined;
  /** Attention to the memory, [target, source]. */
  memoryMask?: Tensor | undefined;
  /** [batch, target] */
  tgtKeyPaddingMask?: Tensor | undefined;
  /** [batch, source] */
  memoryKeyPaddingMask?: Tensor | undefined;
  /** Each target position sees itself and what is before it. */
  tgtIsCausal?: boolean;
  /** Each target position sees the source up to its own position. */
  memoryIsCausal?: boolean;
  /** Only the new target positions are handed in; earlier ones are in here. `tgtIsCausal` and the memory stay as they are. */
  cache?: KeyValueCache | undefined;
}

/**
 * Masked self-attention, attention to the encoder's output (`memory`: keys and values come from it), and a feed-forward
 * network, each with a residual connection and a LayerNorm: target [target, batch, embed], memory [source, batch, embed] →
 * [target, batch, embed]; the batch first with `batchFirst`, or no batch. Vaswani et al. 2017, section 3.1.
 * Throws ShapeError where a last axis is not `dModel` or the batches differ.
 */
export class TransformerDecoderLayer extends TransformerLayer {
  protected static override readonly stateNames = { selfAttn: 'self_attn', multiheadAttn: 'multihead_attn' };

  /** Attention of the sequence to itself. */
  readonly selfAttn: MultiheadAttention;
  /** Attention of the target to the memory. */
  readonly multiheadAttn: MultiheadAttention;
  /** Into the feed-forward network, [ffn, embed]. */
  readonly linear1: Linear;
  /** After the activation. */
  readonly dropout: Dropout;
  /** Out of the feed-forward network, [embed, ffn]. */
  readonly linear2: Linear;
  /** Of self-attention. */
  readonly norm1: LayerNorm;
  /** Of attention to the memory. */
  readonly norm2: LayerNorm;
  /** Of the feed-forward network. */
  readonly norm3: LayerNorm;
  /** After self-attention. */
  readonly dropout1: Dropout;
  /** After attention to the memory. */
  readonly dropout2: Dropout;
  /** After the feed-forward network. */
  readonly dropout3: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    checkArguments(new.target, arguments);
    checkSizes('TransformerDecoderLayer(dModel, nhead, options)', { dModel, nhead });
    const all = allOptions(options);
    super(all);
    const { dimFeedforward, dropout, layerNormEps: eps, batchFirst, bias } = all;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.multiheadAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = new LayerNorm(dModel, { eps, bias });
    this.norm2 = new LayerNorm(dModel, { eps, bias });
    this.norm3 = new LayerNorm(dModel, { eps, bias });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
  }

  /** tgt [target, batch, embed], memory [source, batch, embed] → [target, batch, embed]. */
  forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    checkArguments('TransformerDecoderLayer.forward', arguments);
    if (this.normFirst) {
      const x = tgt.add(this.#attendSelf(this.norm1.forward(tgt), masks));
      const y = x.add(this.#attendMemory(this.norm2.forward(x), memory, masks));
      return y.add(this.#feedForward(this.norm3.forward(y)));
    }
    const x = this.norm1.forward(tgt.add(this.#attendSelf(tgt, masks)));
    const y = this.norm2.forward(x.add(this.#attendMemory(x, memory, masks)));
    return this.norm3.forward(y.add(this.#feedForward(y)));
  }

  #attendSelf(x: Tensor, { tgtMask, tgtKeyPaddingMask, tgtIsCausal = false, cache }: DecoderMasks): Tensor {
    const [output] = this.selfAttn.forward(x, x, x, {
      attnMask: tgtMask,
      keyPaddingMask: tgtKeyPaddingMask,
      isCausal: tgtIsCausal,
      needWeights: false,
      cache,
    });
    return this.dropout1.forward(output);
  }

  #attendMemory(x: Tensor, memory: Tensor, masks: DecoderMasks): Tensor {
    const [output] = this.multiheadAttn.forward(x, memory, memory, {
      attnMask: masks.memoryMask,
      keyPaddingMask: masks.memoryKeyPaddingMask,
      isCausal: masks.memoryIsCausal ?? false,
      needWeights: false,
      cache: masks.cache,
      fixedKeys: true,
    });
    return this.dropout2.forward(output);
  }

  #feedForward(x: Tensor): Tensor {
    return this.dropout3.forward(this.feedForward(x));
  }
}

/** A layer that a `TransformerDecoder` can stack. */
export interface DecoderLayer extends Module {
  /** tgt [target, batch, embed], memory [source, batch, embed] → [target, batch, embed]. */
  forward(tgt: Tensor, memory: Tensor, masks?: DecoderMasks): Tensor;
}

/**
 * Decoder layers one after another, each attending to the same memory:
 * `new nn.TransformerDecoder(() => new nn.TransformerDecoderLayer(512, 8), 6)`. Takes a function that makes a layer (told its
 * number), where PyTorch takes one layer and copies it. As there, every layer draws the same start values. Shapes as the layer's.
 */
export class TransformerDecoder extends TransformerStack<DecoderLayer> {
  constructor(makeLayer: (index: number) => DecoderLayer, numLayers: number, options: TransformerStackOptions = {}) {
    checkArguments(new.target, arguments);
    super('TransformerDecoder', makeLayer, numLayers, options);
  }

  /** tgt [target, batch, embed], memory [source, batch, embed] → [target, batch, embed]. */
  forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    checkArguments('TransformerDecoder.forward', arguments);
    let x = tgt;
    for (const layer of this.layers) x = layer.forward(x, memory, masks);
    return this.norm ? this.norm.forward(x) : x;
  }
}
