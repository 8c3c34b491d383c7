/** PyTorch's `torch.nn.utils`. @module */

import { context, noGrad } from '../context.ts';
import { TensightError } from '../errors.ts';
import { mul } from '../ops/elementwise.ts';
import { clamp } from '../ops/pointwise.ts';
import { cat, pad, stack } from '../ops/rearrange.ts';
import { narrow } from '../ops/slice.ts';
import { flatten, reshape } from '../ops/view.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';

export {
  removeSpectralNorm,
  removeWeightNorm,
  type SpectralNormOptions,
  spectralNorm,
  weightNorm,
} from './weightNorm.ts';

import { writable } from '../tensor/keptDraws.ts';
import { elementsOf } from '../tensor/tensor.ts';

/** Which norm is meant. */
export interface ClipGradNormOptions {
  /** 1, 2 (default), …, or Infinity for the largest absolute value. */
  normType?: number;
}

/**
 * Scales all gradients by one factor so that their norm, taken over all of them together, is at most `maxNorm`. Returns the
 * norm before. Parameters without a gradient are left out. Pascanu et al. 2013.
 */
export function clipGradNorm(
  parameters: Iterable<Tensor>,
  maxNorm: number,
  { normType = 2 }: ClipGradNormOptions = {},
): number {
  checkArguments('clipGradNorm', arguments);
  if (!(normType > 0)) throw new TensightError(`clipGradNorm: there is no norm of order ${normType}`);
  const clipped = [...parameters].filter(({ grad }) => grad !== undefined && !grad.isMeta);
  let total = 0;
  for (const { grad } of clipped) {
    for (const g of elementsOf(grad!)) {
      const size = Math.abs(g);
      if (normType !== Number.POSITIVE_INFINITY) total += normType === 2 ? g * g : size ** normType;
      else if (!(size <= total)) total = size;
    }
  }
  const norm = normType === Number.POSITIVE_INFINITY ? total : total ** (1 / normType);
  const factor = maxNorm / (norm + 1e-6);
  // A gradient may share its memory with another tensor of the graph, so the scaled one is a new tensor.
  if (factor < 1)
    noGrad(() =>
      clipped.forEach((p) => {
        p.grad = mul(p.grad!, factor);
      }),
    );
  return norm;
}

/** Clips every element of all gradients to ±`clipValue`. Parameters without a gradient are left out. */
export function clipGradValue(parameters: Iterable<Tensor>, clipValue: number): void {
  if (!(clipValue >= 0)) throw new TensightError(`clipGradValue: expected a limit of 0 or more, got ${clipValue}`);
  noGrad(() => {
    for (const p of parameters) if (p.grad !== undefined) p.grad = clamp(p.grad, -clipValue, clipValue);
  });
}

/** How sequences are put together. */
export interface PadSequenceOptions {
  /** Whether the result is [batch, seq, ...] instead of [seq, batch, ...]. Default false, as in PyTorch. */
  batchFirst?: boolean;
  /** What the shorter ones are filled up with. Default 0. */
  paddingValue?: number;
}

/**
 * Sequences of different lengths as one tensor: each [seq, ...] → [longest seq, batch, ...]. `rnn.pad_sequence` in PyTorch. Throws
 * ShapeError where sizes after the first differ.
 */
export function padSequence(
  sequences: readonly Tensor[],
  { batchFirst = false, paddingValue = 0 }: PadSequenceOptions = {},
): Tensor {
  checkArguments('padSequence', arguments);
  const longest = sequences.reduce((most, { shape }) => Math.max(most, shape[0] ?? 0), 0);
  const padded = sequences.map((each) => {
    const padding = new Array<number>(2 * each.ndim).fill(0);
    padding[padding.length - 1] = longest - (each.shape[0] ?? 0);
    return pad(each, padding, paddingValue);
  });
  return stack(padded, batchFirst ? 0 : 1);
}

/** All parameters one after the other: [elements]. Gradients flow through. */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  return cat([...parameters].map((p) => flatten(p)));
}

/** Copies a vector [elements] into parameters, in their order. Throws TensightError where there are not as many elements. */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  const list = [...parameters];
  const count = list.reduce((n, p) => n + p.numel, 0);
  if (vector.ndim !== 1 || vector.numel !== count)
    throw new TensightError(
      `vectorToParameters: ${formatShape(vector)} for ${count} elements`,
      `It must be [${count}].`,
    );
  let start = 0;
  for (const p of list) {
    const part = reshape(narrow(vector.detach(), 0, start, p.numel), p.shape);
    if (!p.isMeta) {
      writable(p.storage);
      context.backend.copy(part, p);
    }
    start += p.numel;
  }
}
