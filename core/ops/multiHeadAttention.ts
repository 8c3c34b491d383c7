/**
 * Attention of several heads in one pass (Vaswani et al. 2017, section 3.2), on projections as they come out of their layers:
 * nothing is cut into heads, and no map of all queries by all keys is made. For runs that nobody watches; a watched run is made
 * of visible operations (`core/nn/attention.ts`), so that its scores and weights can be looked at.
 */
import { gradients } from '../autograd/backward.ts';
import type { AttentionKernel } from '../backends/backend.ts';
import { context } from '../context.ts';
import { unnamed } from '../tensor/axes.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { attentionWithWeights } from './attention.ts';
import { broadcastView } from './broadcast.ts';
import { maskedFill } from './compare.ts';
import { combineHeads, type Heads, headsOf, splitHeads } from './heads.ts';
import { hasMeta, zerosGradient } from './onePass.ts';
import type { Op } from './op.ts';
import { causalMask } from './triangle.ts';
import { toContiguous } from './view.ts';

export interface MultiHeadAttentionAttrs extends Heads {
  /** Each query sees keys up to its own position. */
  readonly causal: boolean;
  /** Where queries, keys and values stand: in which input, from which feature on. */
  readonly parts: readonly [Part, Part, Part];
  /** Whether the last input is added to the scores, broadcast to [batch, head, query, key]. No gradient flows to it. */
  readonly hasMask: boolean;
}

type Part = readonly [input: number, feature: number];

/** What is attended, and the mask. */
function named(inputs: readonly Tensor[], { hasMask }: MultiHeadAttentionAttrs) {
  return hasMask ? { features: inputs.slice(0, -1), mask: inputs.at(-1)! } : { features: inputs, mask: undefined };
}

function kernelOf(
  q: Tensor,
  k: Tensor,
  mask: Tensor | undefined,
  { headDim, causal }: MultiHeadAttentionAttrs,
): AttentionKernel {
  const scores = [q.shape[0]!, q.shape[1]!, q.shape[2]!, k.shape[2]!];
  return { scale: headDim ** -0.5, causal, mask: mask && broadcastView(mask, scores) };
}

export const multiHeadAttentionOp: Op<MultiHeadAttentionAttrs> = {
  name: 'multiHeadAttention',
  shape(inputs, { parts, heads, headDim }) {
    const query = inputs[parts[0][0]]!;
    return { shape: [query.shape[0]!, query.shape[1]!, heads * headDim], dtype: 'f32', axes: query.axes };
  },
  forward(inputs, attrs, out, backend) {
    const result = allocate(out);
    const { features, mask } = named(inputs, attrs);
    const laid = features.map((input) => toContiguous(input, backend));
    const [q, k, v] = attrs.parts.map(([input, feature]) => headsOf(laid[input]!, feature, attrs)) as Three;
    backend.attention(q, k, v, kernelOf(q, k, mask, attrs), headsOf(result, 0, attrs));
    return result;
  },
  backward(grad, { inputs, attrs, needs }) {
    const { features, mask } = named(inputs, attrs);
    if (context.gradEnabled) return gradients(fromOps(features, mask, attrs), grad, features);
    const meta = hasMeta(grad, ...inputs);
    const slopes = features.map((input) => zerosGradient(input, meta));
    if (!meta) {
      const { backend } = context;
      const laid = features.map((input) => toContiguous(input, backend));
      const [q, k, v] = attrs.parts.map(([input, feature]) => headsOf(laid[input]!, feature, attrs)) as Three;
      const [dq, dk, dv] = attrs.parts.map(([input, feature]) => headsOf(slopes[input]!, feature, attrs)) as Three;
      const upstream = headsOf(toContiguous(grad, backend), 0, attrs);
      backend.attentionBackward(upstream, q, k, v, kernelOf(q, k, mask, attrs), dq, dk, dv);
    }
    return slopes.map((slope, i) => (needs[i] ? slope : undefined));
  },
  flops(inputs, out, { parts, batchFirst }) {
    const keys = inputs[parts[1][0]]!.shape[batchFirst ? 1 : 0]!;
    // Both products, and five operations a score (scale and softmax).
    return (4 * out.shape[2]! + 5) * keys * out.shape[0]! * out.shape[1]!;
  },
};

type Three = [Tensor, Tensor, Tensor];

/** The same in tensor operations, which can be differentiated twice. */
function fromOps(features: readonly Tensor[], added: Tensor | undefined, attrs: MultiHeadAttentionAttrs): Tensor {
  const { heads, headDim, batchFirst, parts, causal } = attrs;
  const axes = [unnamed, unnamed, unnamed, unnamed] as const;
  const [q, k, v] = parts.map(([input, feature]) =>
    splitHeads(features[input]!, { heads, headDim, batchFirst, feature, axes }),
  ) as Three;
  const [queries, keys] = [q.shape[2]!, k.shape[2]!];
  const given = added && broadcastView(added, [q.shape[0]!, heads, queries, keys]);
  const mask = causal && given ? maskedFill(given, causalMask(queries, keys), Number.NEGATIVE_INFINITY) : given;
  const { output } = attentionWithWeights(q, k, v, mask === undefined ? { isCausal: causal } : { attnMask: mask });
  return combineHeads(output, batchFirst, features[parts[0][0]]!.axes);
}

/**
 * inputs [seq, batch, features], or [batch, seq, features], and a mask [batch or 1, head or 1, query, key] → the heads' outputs side by
 * side, laid out as the queries are.
 */
export const multiHeadAttention = (
  inputs: readonly Tensor[],
  mask: Tensor | undefined,
  attrs: Omit<MultiHeadAttentionAttrs, 'hasMask'>,
): Tensor => apply(multiHeadAttentionOp, mask ? [...inputs, mask] : inputs, { ...attrs, hasMask: mask !== undefined });
