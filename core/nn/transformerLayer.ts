/** What encoder and decoder share: a Transformer's layer, and a stack of them. */
import { alike } from '../drawing.ts';
import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { type Activation, activationName, activationOf } from './activationOption.ts';
import type { MultiheadAttention } from './attention.ts';
import { ModuleList } from './containers.ts';
import type { Dropout } from './dropout.ts';
import { configOf, Layer } from './layer.ts';
import type { Linear } from './linear.ts';
import type { Module } from './module.ts';
import type { LayerNorm } from './norm.ts';

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

/** What a stack of layers may be told. */
export interface TransformerStackOptions {
  /** Applied to the last layer's output. */
  norm?: LayerNorm | undefined;
}

/** Attention, a feed-forward network, and what is said of both. */
export abstract class TransformerLayer extends Layer {
  /** Whether it normalises before attention and feed-forward, not after. */
  readonly normFirst: boolean;
  /** What stands between the two linear layers. */
  readonly activation: (x: Tensor) => Tensor;
  readonly #options: Required<TransformerLayerOptions>;
  /** Attention of the sequence to itself. */
  abstract readonly selfAttn: MultiheadAttention;
  /** Into the feed-forward network, [ffn, embed]. */
  abstract readonly linear1: Linear;
  /** After the activation. */
  abstract readonly dropout: Dropout;
  /** Out of the feed-forward network, [embed, ffn]. */
  abstract readonly linear2: Linear;

  constructor(options: Required<TransformerLayerOptions>) {
    super();
    this.#options = options;
    this.normFirst = options.normFirst;
    this.activation = activationOf(options.activation);
  }

  /** x [..., embed] → the same. */
  protected feedForward(x: Tensor): Tensor {
    return this.linear2.forward(this.dropout.forward(this.activation(this.linear1.forward(x))));
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

/** Layers one after another, each made by a function. */
export abstract class TransformerStack<L extends Module> extends Layer {
  /** The layers, first to last. */
  readonly layers: ModuleList<L>;
  /** Normalises the output of the last one; undefined without. */
  readonly norm: LayerNorm | undefined;

  /** Throws TensightError where `makeLayer` is no function: a layer itself, as PyTorch takes it. */
  constructor(
    kind: 'TransformerEncoder' | 'TransformerDecoder',
    makeLayer: (index: number) => L,
    numLayers: number,
    { norm }: TransformerStackOptions,
  ) {
    if (typeof makeLayer !== 'function')
      throw new TensightError(
        `${kind}: expected a function that makes a layer, got ${inWords(makeLayer)}`,
        `Write new nn.${kind}(() => new nn.${kind}Layer(dModel, nhead), numLayers): each layer has weights of its own.`,
      );
    super();
    this.layers = new ModuleList(alike(numLayers, makeLayer));
    this.norm = norm;
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
