import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { type Activation, activationName, activationOf } from './activationOption.ts';
import { MultiheadAttention } from './attention.ts';
import { checkSizes } from './check.ts';
import { ModuleList } from './containers.ts';
import { Dropout } from './dropout.ts';
import type { KeyValueCache } from './keyValueCache.ts';
import { configOf, Layer } from './layer.ts';
import { Linear } from './linear.ts';
import type { Module } from './module.ts';
import { LayerNorm } from './norm.ts';

/** Options of one encoder or decoder layer. */
export interface TransformerLayerOptions {
  /** Width of the feed-forward network between its two linear layers. Default 2048. */
  dimFeedforward?: number;
  /** Probability of every dropout in the layer, the one on attention weights included. Default 0.1. */
  dropout?: number;
  /** Between the two linear layers. Default `'relu'`. */
  activation?: Activation;
  /** Added to the variance in each LayerNorm. Default 1e-5. */
  layerNormEps?: number;
  /** Input is [batch, seq, embed] instead of [seq, batch, embed]. Default false, as in PyTorch. */
  batchFirst?: boolean;
  /** Normalises before attention and feed-forward (as GPT-2 does) instead of after (as the paper does). Default false. */
  normFirst?: boolean;
  /** Whether linear layers and norms have biases. Default true. */
  bias?: boolean;
}

/** Options with what was left out filled in. */
export function allOptions(options: TransformerLayerOptions): Required<TransformerLayerOptions> {
  const { dimFeedforward = 2048, dropout = 0.1, activation = 'relu', layerNormEps = 1e-5 } = options;
  const { batchFirst = false, normFirst = false, bias = true } = options;
  return { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias };
}

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
export class TransformerEncoderLayer extends Layer {
  protected static override readonly stateNames = { selfAttn: 'self_attn' };

  /** Whether it normalises before attention and feed-forward, not after. */
  readonly normFirst: boolean;
  /** What stands between the two linear layers. */
  readonly activation: (x: Tensor) => Tensor;
  readonly #options: Required<TransformerLayerOptions>;
  /** Attention of the sequence to itself. */
  readonly selfAttn: MultiheadAttention;
  /** Into the feed-forward network, [ffn, embed]. */
  readonly linear1: Linear;
  /** Behind the activation. */
  readonly dropout: Dropout;
  /** Out of the feed-forward network, [embed, ffn]. */
  readonly linear2: Linear;
  /** Of attention. */
  readonly norm1: LayerNorm;
  /** Of the feed-forward network. */
  readonly norm2: LayerNorm;
  /** Behind attention. */
  readonly dropout1: Dropout;
  /** Behind the feed-forward network. */
  readonly dropout2: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    checkSizes('TransformerEncoderLayer(dModel, nhead, options)', { dModel, nhead });
    this.#options = allOptions(options);
    const { dimFeedforward, dropout, activation, layerNormEps: eps, batchFirst, bias } = this.#options;
    this.normFirst = this.#options.normFirst;
    this.activation = activationOf(activation);
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
    const hidden = this.dropout.forward(this.activation(this.linear1.forward(x)));
    return this.dropout2.forward(this.linear2.forward(hidden));
  }

  override config() {
    return configOf<TransformerLayerOptions>({
      dModel: this.selfAttn.embedDim,
      nhead: this.selfAttn.numHeads,
      ...this.#options,
    });
  }

  override extraRepr(): string {
    const { embedDim, numHeads } = this.selfAttn;
    const { dimFeedforward, activation, normFirst } = this.#options;
    return `${embedDim}, ${numHeads} heads, feed-forward ${dimFeedforward}, ${activationName(activation)}${normFirst ? ', norm first' : ''}`;
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

/** What a stack of layers may be told. */
export interface TransformerStackOptions {
  /** Applied to the last layer's output. */
  norm?: LayerNorm | undefined;
}

/**
 * Encoder layers one after another: `new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(512, 8), 6)`. Takes a
 * function that makes a layer (told its number), where PyTorch takes one layer and copies it: so every layer has start
 * values of its own. Shapes as the layer's.
 */
export class TransformerEncoder extends Layer {
  /** The layers, first to last. */
  readonly layers: ModuleList<EncoderLayer>;
  /** Normalises the output of the last one; undefined without. */
  readonly norm: LayerNorm | undefined;

  constructor(makeLayer: (index: number) => EncoderLayer, numLayers: number, { norm }: TransformerStackOptions = {}) {
    checkArguments(new.target, arguments);
    if (typeof makeLayer !== 'function')
      throw new TensightError(
        `TransformerEncoder: expected a function that makes a layer, got ${inWords(makeLayer)}`,
        'Write new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(dModel, nhead), numLayers): each layer has weights of its own.',
      );
    super();
    this.layers = new ModuleList(Array.from({ length: numLayers }, (_, i) => makeLayer(i)));
    this.norm = norm;
  }

  /** src [seq, batch, embed] → the same. */
  forward(src: Tensor, { mask, srcKeyPaddingMask, isCausal = false, cache }: EncoderMasks = {}): Tensor {
    let x = src;
    for (const layer of this.layers) x = layer.forward(x, { srcMask: mask, srcKeyPaddingMask, isCausal, cache });
    return this.norm ? this.norm.forward(x) : x;
  }

  override config() {
    return configOf<TransformerStackOptions>({
      makeLayer: { function: this.layers.length > 0 ? this.layers.at(0).constructor.name : '' },
      numLayers: this.layers.length,
      norm: this.norm,
    });
  }

  override extraRepr(): string {
    return `${this.layers.length} layers`;
  }
}
