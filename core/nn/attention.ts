import { context, noGrad, withGrad } from '../context.ts';
import { TensightError } from '../errors.ts';
import { zeros } from '../ops/creation.ts';
import { combineHeads, splitHeads } from '../ops/heads.ts';
import { multiHeadAttention } from '../ops/multiHeadAttention.ts';
import { notObserved } from '../ops/onePass.ts';
import { cat } from '../ops/rearrange.ts';
import { type Axis, axis, renamed, unnamedAxes } from '../tensor/axes.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkAttentionInputs } from './attentionInputs.ts';
import { type MaskOptions, masked } from './attentionMask.ts';
import { checkSizes, divisors } from './check.ts';
import { dropout, linear, softmax } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import { Linear } from './linear.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';
import type { RotaryEmbedding } from './rotary.ts';

/** What `MultiheadAttention` may be told. */
export interface MultiheadAttentionOptions {
  /** Probability with which an attention weight is dropped in training. Default 0. */
  dropout?: number;
  /** Whether projections have biases. Default true. */
  bias?: boolean;
  /** Width of keys; `embedDim` by default. */
  kdim?: number;
  /** Width of values; `embedDim` by default. */
  vdim?: number;
  /** Input is [batch, seq, embed] instead of [seq, batch, embed]. Default false, as in PyTorch. */
  batchFirst?: boolean;
  /** One learnt key and value more, after all others; no mask hides it. Default false. */
  addBiasKv?: boolean;
  /** One key and value of zeros more, after all others: a query may attend to nothing. Default false. */
  addZeroAttn?: boolean;
  /** Turns queries and keys by their positions, for attention of a sequence to itself: `new nn.RotaryEmbedding(headDim)`. */
  rotary?: RotaryEmbedding;
}

/** What one call of `MultiheadAttention` may be told. */
export interface AttentionOptions extends MaskOptions {
  /** Whether the weights are given back. Default true. */
  needWeights?: boolean;
  /** Gives the mean of all heads' weights, [batch, query, key]. Default false: weights a head. PyTorch's default is true. */
  averageAttnWeights?: boolean;
}

/**
 * Attention by several heads side by side (Vaswani et al. 2017, section 3.2.2): each head h has its own projections of query,
 * key and value to headDim = embed / heads and computes softmax(QₕKₕᵀ/√headDim)·Vₕ; the heads' outputs, side by side, pass
 * through `outProj`.
 *
 * query [query, batch, embed], key [key, batch, kdim], value [key, batch, vdim] → output [query, batch, embed] and weights
 * [batch, head, query, key]. The batch comes first with `batchFirst`; without a batch every tensor lacks that axis.
 * Weights come a head, where PyTorch averages unless told otherwise. In training they have passed dropout.
 * Throws ShapeError for other widths, for batches or lengths that differ, and for masks that do not fit.
 */
export class MultiheadAttention extends Layer {
  protected static override readonly stateNames = {
    inProjWeight: 'in_proj_weight',
    qProjWeight: 'q_proj_weight',
    kProjWeight: 'k_proj_weight',
    vProjWeight: 'v_proj_weight',
    inProjBias: 'in_proj_bias',
    biasK: 'bias_k',
    biasV: 'bias_v',
    outProj: 'out_proj',
  };

  /** Width of queries and outputs. */
  readonly embedDim: number;
  /** How many heads look side by side. */
  readonly numHeads: number;
  /** Width of one head: embedDim / numHeads. */
  readonly headDim: number;
  /** Probability with which an attention weight is dropped in training. */
  readonly dropout: number;
  /** Width of keys. */
  readonly kdim: number;
  /** Width of values. */
  readonly vdim: number;
  /** Whether the batch is the first axis, not the second. */
  readonly batchFirst: boolean;
  /** The three projections stacked, [3·embed, embed], where keys and values are as wide as queries. */
  inProjWeight: Parameter | undefined;
  /** Projection of queries, [embed, embed], where widths differ. */
  qProjWeight: Parameter | undefined;
  /** Projection of keys, [embed, kdim], where widths differ. */
  kProjWeight: Parameter | undefined;
  /** Projection of values, [embed, vdim], where widths differ. */
  vProjWeight: Parameter | undefined;
  /** [3·embed] */
  inProjBias: Parameter | undefined;
  /** The key of `addBiasKv`, [1, 1, embed]. */
  biasK: Parameter | undefined;
  /** The value of `addBiasKv`, [1, 1, embed]. */
  biasV: Parameter | undefined;
  /** Whether a key and value of zeros stands after all others. */
  readonly addZeroAttn: boolean;
  /** What the heads' outputs, side by side, pass through: [embed, embed]. */
  readonly outProj: Linear;
  /** Turns queries and keys by their positions; undefined without. */
  readonly rotary: RotaryEmbedding | undefined;

  /** Throws TensightError where `numHeads` does not divide `embedDim`. */
  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    checkSizes('MultiheadAttention(embedDim, numHeads, options)', { embedDim, numHeads });
    const { dropout: p = 0, bias = true, kdim = embedDim, vdim = embedDim, batchFirst = false } = options;
    if (!(embedDim > 0 && numHeads > 0 && embedDim % numHeads === 0))
      throw new TensightError(
        `MultiheadAttention: ${numHeads} heads do not divide ${embedDim} features evenly`,
        `Numbers of heads that do: ${divisors(embedDim).join(', ')}.`,
      );
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.headDim = embedDim / numHeads;
    this.dropout = p;
    this.kdim = kdim;
    this.vdim = vdim;
    this.batchFirst = batchFirst;
    if (kdim === embedDim && vdim === embedDim) {
      this.inProjWeight = parameter([3 * embedDim, embedDim], ['out', 'in']);
    } else {
      this.qProjWeight = parameter([embedDim, embedDim], ['out', 'in']);
      this.kProjWeight = parameter([embedDim, kdim], ['out', 'in']);
      this.vProjWeight = parameter([embedDim, vdim], ['out', 'in']);
    }
    this.inProjBias = bias ? parameter([3 * embedDim], ['out']) : undefined;
    this.biasK = options.addBiasKv ? parameter([1, 1, embedDim]) : undefined;
    this.biasV = options.addBiasKv ? parameter([1, 1, embedDim]) : undefined;
    this.addZeroAttn = options.addZeroAttn ?? false;
    this.outProj = new Linear(embedDim, embedDim, { bias });
    this.rotary = options.rotary;
    this.resetParameters();
  }

  /** Draws the projections afresh, Xavier-uniform; biases become zeros. */
  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight])
      if (weight) init.xavierUniform(weight);
    if (this.inProjBias) init.zeros(this.inProjBias);
    if (this.outProj.bias) init.zeros(this.outProj.bias);
    for (const extra of [this.biasK, this.biasV]) if (extra) init.xavierNormal(extra);
  }

  /**
   * query [query, batch, embed], key [key, batch, kdim], value [key, batch, vdim] → output [query, batch, embed] and
   * weights [batch, head, query, key], undefined with `needWeights: false`. Vaswani et al. 2017, eq. 1. Throws
   * ShapeError where they do not fit.
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options?: AttentionOptions & { needWeights?: true },
  ): [output: Tensor, weights: Tensor];
  forward(query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions): [Tensor, Tensor | undefined];
  forward(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): [Tensor, Tensor | undefined] {
    checkArguments('MultiheadAttention.forward', arguments);
    checkAttentionInputs(this, query, key, value);
    const batched = query.ndim === 3;
    if (batched && this.#inOnePass(query, key, value, options)) return this.#notObserved(query, key, value, options);
    return this.#watched(query, key, value, batched, options);
  }

  /** Of visible operations: scores and weights are tensors like any other. */
  #watched(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    batched: boolean,
    options: AttentionOptions,
  ): [Tensor, Tensor | undefined] {
    const [q, own, ownValues] = this.#attended(query, key, value, batched, options);
    const k = this.#withExtras(own, this.biasK);
    const v = this.#withExtras(ownValues, this.biasV);
    const scores = masked(q.mul(this.headDim ** -0.5).matmul(k.transpose(-2, -1)), this.#extras, options);
    const weights = dropout(softmax(scores, -1), this.dropout, this.training);
    const output = this.outProj.forward(this.#join(weights.matmul(v), query, batched));
    if (options.needWeights === false) return [output, undefined];
    const shown = options.averageAttnWeights ? weights.mean(1) : weights;
    return [output, batched ? shown : shown.squeeze(0)];
  }

  /** Whether nobody sees how it is computed, and it is nothing that the kernels do not know. */
  #inOnePass(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    { cache, attnMask, keyPaddingMask }: AttentionOptions,
  ): boolean {
    const dropped = this.dropout > 0 && this.training;
    if (cache !== undefined || this.rotary !== undefined || this.#extras > 0 || dropped) return false;
    return notObserved(query, key, value) && !attnMask?.requiresGrad && !keyPaddingMask?.requiresGrad;
  }

  /** In one pass. Weights are computed when they are read, if they are: most callers take the output alone. */
  #notObserved(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions): [Tensor, Tensor] {
    const { embedDim, numHeads: heads, headDim, batchFirst } = this;
    const [inputs, parts] = this.#projections(query, key, value);
    const mask = this.#additiveMask(query, key, options);
    const place = ([input, part]: Place) => [input, part * embedDim] as const;
    const together = multiHeadAttention(inputs, mask, {
      heads,
      headDim,
      batchFirst,
      causal: options.isCausal ?? false,
      parts: [place(parts[0]), place(parts[1]), place(parts[2])],
    });
    const result = [this.outProj.forward(together.withAxes(query.axes))] as unknown as [Tensor, Tensor];
    if (options.needWeights === false) return result;
    const recorded = context.gradEnabled;
    let weights: Tensor | undefined;
    return Object.defineProperty(result, 1, {
      get: () => (weights ??= withGrad(recorded, () => this.#weightsOf(inputs, parts, query, key, options))),
      enumerable: true,
      configurable: true,
    });
  }

  /** The weights of what was projected, whatever has become of the parameters since. */
  #weightsOf(
    projected: readonly Tensor[],
    places: readonly [Place, Place, Place],
    query: Tensor,
    key: Tensor,
    options: AttentionOptions,
  ): Tensor {
    const [[q0, qPart], [k0, kPart]] = places;
    const q = this.#split(projected[q0]!, qPart, query, 'query', true);
    const k = this.#split(projected[k0]!, kPart, key, 'key', true);
    const weights = softmax(masked(q.mul(this.headDim ** -0.5).matmul(k.transpose(-2, -1)), this.#extras, options), -1);
    return options.averageAttnWeights ? weights.mean(1) : weights;
  }

  /** What masks (not causality) add to the scores, [batch or 1, head or 1, query, key]. */
  #additiveMask(query: Tensor, key: Tensor, options: AttentionOptions): Tensor | undefined {
    if (options.attnMask === undefined && options.keyPaddingMask === undefined) return undefined;
    const [batchDim, seqDim] = this.batchFirst ? [0, 1] : [1, 0];
    const perHead = options.attnMask?.ndim === 3;
    const batch = perHead || options.keyPaddingMask !== undefined ? query.shape[batchDim]! : 1;
    const none = zeros([batch, perHead ? this.numHeads : 1, query.shape[seqDim]!, key.shape[seqDim]!]);
    return noGrad(() => masked(none, this.#extras, { ...options, isCausal: false }));
  }

  /** Projections, turned by their positions and put after what the cache holds. */
  #attended(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    batched: boolean,
    { cache, fixedKeys = false }: AttentionOptions,
  ): [Tensor, Tensor, Tensor] {
    if (cache !== undefined && fixedKeys) {
      let q: Tensor | undefined;
      const [k, v] = cache.keep(this, () => {
        const parts = this.#project(query, key, value, batched);
        q = parts[0];
        return [parts[1], parts[2]];
      });
      return [q ?? this.#projectQuery(query, batched), k, v];
    }
    const start = cache?.lengthOf(this) ?? 0;
    let [q, k, v] = this.#project(query, key, value, batched);
    if (this.rotary) [q, k] = [this.rotary.forward(q, start), this.rotary.forward(k, start)];
    return cache === undefined ? [q, k, v] : [q, ...cache.extend(this, k, v)];
  }

  /** How many keys stand after those of the sequence. */
  get #extras(): number {
    return (this.biasK ? 1 : 0) + (this.addZeroAttn ? 1 : 0);
  }

  /** Keys or values [batch, head, key, headDim] with the learnt one and zeros after, where there are such. */
  #withExtras(x: Tensor, learnt: Parameter | undefined): Tensor {
    if (this.#extras === 0) return x;
    const [batch, heads, , width] = x.shape as [number, number, number, number];
    const more = learnt ? [learnt.reshape(1, heads, 1, width).expand(batch, heads, 1, width)] : [];
    if (this.addZeroAttn) more.push(zeros([batch, heads, 1, width]));
    return cat([x, ...more], -2);
  }

  #projectQuery(query: Tensor, batched: boolean): Tensor {
    const e = this.embedDim;
    const weight = this.inProjWeight ? this.inProjWeight.narrow(0, 0, e) : this.qProjWeight!;
    return this.#split(linear(query, weight, this.inProjBias?.narrow(0, 0, e)), 0, query, 'query', batched);
  }

  /** q [batch, head, query, headDim], k and v [batch, head, key, headDim]. */
  #project(query: Tensor, key: Tensor, value: Tensor, batched: boolean): [Tensor, Tensor, Tensor] {
    const [outputs, [q, k, v]] = this.#projections(query, key, value);
    return [
      this.#split(outputs[q[0]]!, q[1], query, 'query', batched),
      this.#split(outputs[k[0]]!, k[1], key, 'key', batched),
      this.#split(outputs[v[0]]!, v[1], value, 'key', batched),
    ];
  }

  /** Queries, keys and values, those of one input in one product; and where each stands: in which output, at which place. */
  #projections(query: Tensor, key: Tensor, value: Tensor): [outputs: Tensor[], places: [Place, Place, Place]] {
    const e = this.embedDim;
    const bias = (part: number, parts = 1) => this.inProjBias?.narrow(0, part * e, parts * e);
    const weight = (part: number, parts = 1) => this.inProjWeight!.narrow(0, part * e, parts * e);
    if (this.inProjWeight !== undefined && key === value)
      return query === key
        ? [
            [linear(query, this.inProjWeight, this.inProjBias)],
            [
              [0, 0],
              [0, 1],
              [0, 2],
            ],
          ]
        : [
            [linear(query, weight(0), bias(0)), linear(key, weight(1, 2), bias(1, 2))],
            [
              [0, 0],
              [1, 0],
              [1, 1],
            ],
          ];
    return [
      [
        linear(query, this.qProjWeight ?? weight(0), bias(0)),
        linear(key, this.kProjWeight ?? weight(1), bias(1)),
        linear(value, this.vProjWeight ?? weight(2), bias(2)),
      ],
      [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
    ];
  }

  /** The part-th embed features of [seq, batch, …] (or as the input comes) → [batch, head, seq, headDim]. */
  #split(x: Tensor, part: number, source: Tensor, seqName: string, batched: boolean): Tensor {
    const { numHeads: heads, headDim, batchFirst } = this;
    const { batch, seq } = axesOf(source, batchFirst);
    return splitHeads(batched ? x : x.unsqueeze(batchFirst ? 0 : 1), {
      ...{ heads, headDim, batchFirst },
      feature: part * this.embedDim,
      axes: [batch, axis('head'), renamed(seq, seqName), axis('headDim')],
    });
  }

  /** [batch, head, query, headDim] → the shape and axes of the query that was handed in. */
  #join(x: Tensor, query: Tensor, batched: boolean): Tensor {
    if (batched) return combineHeads(x, this.batchFirst, query.axes);
    const joined = combineHeads(x, this.batchFirst, unnamedAxes(3));
    return joined.squeeze(this.batchFirst ? 0 : 1).withAxes(query.axes);
  }

  override config() {
    return configOf<MultiheadAttentionOptions>({
      embedDim: this.embedDim,
      numHeads: this.numHeads,
      dropout: this.dropout,
      bias: this.inProjBias !== undefined,
      kdim: this.kdim,
      vdim: this.vdim,
      batchFirst: this.batchFirst,
      addBiasKv: this.biasK !== undefined,
      addZeroAttn: this.addZeroAttn,
      rotary: this.rotary,
    });
  }

  override extraRepr(): string {
    const widths = this.inProjWeight ? '' : `, keys ${this.kdim}, values ${this.vdim}`;
    return `${this.embedDim}, ${this.numHeads} heads of ${this.headDim}${widths}`;
  }
}

/** A projection's place: in which product, which of its parts. */
type Place = readonly [output: number, part: number];

const batchAxis = axis('batch');

/** Which axis counts what in an input [seq, batch, embed], [batch, seq, embed] or [seq, embed]. */
function axesOf(x: Tensor, batchFirst: boolean): { batch: Axis; seq: Axis } {
  if (x.ndim === 2) return { batch: batchAxis, seq: x.axes[0]! };
  const [batch, seq] = batchFirst ? [x.axes[0]!, x.axes[1]!] : [x.axes[1]!, x.axes[0]!];
  return { batch: batch.name === undefined ? renamed(batch, 'batch') : batch, seq };
}
