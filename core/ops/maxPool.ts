/** The largest element of windows that move over one or two spatial dimensions. */

import type { Strided } from '../backends/backend.ts';
import { context } from '../context.ts';
import { numel, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { zeros } from './creation.ts';
import { scatterAdd } from './indexing.ts';
import { zerosGradient } from './onePass.ts';
import type { Op } from './op.ts';
import { reshape } from './view.ts';
import {
  batched,
  checkWindow,
  each,
  geometryOf,
  type PoolOptions,
  planes,
  pooledSpec,
  type Rank,
  type Sizes,
  wantHalf,
  wantPlanes,
  windowCount,
} from './window.ts';

export interface MaxAttrs {
  readonly rank: Rank;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
}

function maxSpec(op: string, x: Spec, attrs: MaxAttrs, dtype: Spec['dtype']): Spec {
  const { rank, kernel, stride, padding, dilation, ceil } = attrs;
  wantPlanes(op, x, rank);
  wantHalf(op, x, padding, kernel);
  const spatial = kernel.map((k, i) =>
    windowCount(x.shape[2 + i]!, k, stride[i]!, [padding[i]!, padding[i]!], dilation[i]!, ceil),
  );
  checkWindow(op, x, spatial, kernel);
  return pooledSpec(x, spatial, dtype, rank);
}

function runMax(x: Tensor, attrs: MaxAttrs, out: Spec, backend: Parameters<Op['forward']>[3]): [Tensor, Tensor] {
  const { rank, kernel, stride, padding, dilation } = attrs;
  const values = allocate({ ...out, dtype: 'f32' });
  const indices = allocate({ ...out, dtype: 'i32' });
  backend.maxPool2d(
    planes(x, rank, backend),
    planes(values, rank, backend),
    planes(indices, rank, backend),
    [rank === 1 ? 1 : kernel[0]!, kernel.at(-1)!],
    geometryOf(stride, padding, dilation),
  );
  return [values, indices];
}

/** [batch, channel, ...spatial] with the spatial dimensions in one. */
function flatPlanes(t: Tensor, rank: Rank): Tensor {
  return reshape(t, [...t.shape.slice(0, -rank), numel(t.shape.slice(-rank))]);
}

function maxPoolOp(name: string): Op<MaxAttrs> {
  return {
    name,
    shape: ([x], attrs) => maxSpec(name, x!, attrs, 'f32'),
    forward([x], attrs, out, backend, save) {
      const [values, indices] = runMax(x!, attrs, out, backend);
      save(indices);
      return values;
    },
    backward: (grad, { inputs: [x], attrs: { rank }, tensors: [indices] }) => {
      // A shape run keeps no indices; all that is asked for is a gradient of x's shape.
      if (indices === undefined) return [zeros(x!.shape)];
      const flat = [...x!.shape.slice(0, -rank), numel(x!.shape.slice(-rank))];
      // In tensor operations, which can be differentiated again.
      if (context.gradEnabled)
        return [reshape(scatterAdd(zeros(flat), -1, flatPlanes(indices, rank), flatPlanes(grad, rank)), x!.shape)];
      const dx = zerosGradient(x!, grad.isMeta);
      if (!grad.isMeta) {
        const rows = (t: Tensor): Strided => {
          const { storage, dtype, shape, offset } = planes(t, rank, context.backend);
          const size = shape[1]! * shape[2]!;
          return { storage, dtype, offset, shape: [shape[0]!, size], strides: [size, 1] };
        };
        context.backend.scatterAdd(rows(dx), 1, rows(indices), rows(grad));
      }
      return [dx];
    },
    flops: (_inputs, out, { kernel }) => numel(out.shape) * numel(kernel),
  };
}

function maxPoolIndicesOp(name: string): Op<MaxAttrs> {
  return {
    name,
    shape: ([x], attrs) => maxSpec(name, x!, attrs, 'i32'),
    forward: ([x], attrs, out, backend) => runMax(x!, attrs, out, backend)[1],
    backward: undefined,
    flops: (_inputs, out, { kernel }) => numel(out.shape) * numel(kernel),
  };
}

export const maxPoolOps = {
  maxPool1d: maxPoolOp('maxPool1d'),
  maxPool2d: maxPoolOp('maxPool2d'),
  maxPool1dIndices: maxPoolIndicesOp('maxPool1dIndices'),
  maxPool2dIndices: maxPoolIndicesOp('maxPool2dIndices'),
};

/** What max pooling may be told. */
export interface MaxPoolOptions extends PoolOptions {
  /** Distance between the elements of a window. 1 by default. */
  readonly dilation?: Sizes;
  /** Also returns where in its plane, row-major, each maximum stands (i32). */
  readonly returnIndices?: boolean;
}

export type WithIndices = MaxPoolOptions & { readonly returnIndices: true };

function maxPool(rank: Rank, x: Tensor, kernelSize: Sizes, options: MaxPoolOptions): Tensor | [Tensor, Tensor] {
  const op = rank === 1 ? 'maxPool1d' : 'maxPool2d';
  const { stride = kernelSize, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options;
  const attrs: MaxAttrs = {
    rank,
    kernel: each(op, 'kernelSize', kernelSize, rank, 1),
    stride: each(op, 'stride', stride, rank, 1),
    padding: each(op, 'padding', padding, rank, 0),
    dilation: each(op, 'dilation', dilation, rank, 1),
    ceil: ceilMode,
  };
  return batched<Tensor | [Tensor, Tensor]>(x, rank, (b) => {
    const values = apply(maxPoolOps[op], [b], attrs);
    return returnIndices ? [values, apply(maxPoolOps[`${op}Indices`], [b], attrs)] : values;
  });
}

/** Largest element of each window: [batch, channel, length] → [batch, channel, length']. The batch may be missing. */
export function maxPool1d(x: Tensor, kernelSize: Sizes, options: WithIndices): [Tensor, Tensor];
export function maxPool1d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor;
export function maxPool1d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | [Tensor, Tensor] {
  checkArguments('maxPool1d', arguments);
  return maxPool(1, x, kernelSize, options);
}

/** Largest element of each window: [batch, channel, height, width] → [batch, channel, height', width']. */
export function maxPool2d(x: Tensor, kernelSize: Sizes, options: WithIndices): [Tensor, Tensor];
export function maxPool2d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor;
export function maxPool2d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | [Tensor, Tensor] {
  checkArguments('maxPool2d', arguments);
  return maxPool(2, x, kernelSize, options);
}
