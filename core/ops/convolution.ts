/** Convolution (cross-correlation) over one or two spatial dimensions. It is bilinear, so its gradients are its own kind. */

import { ShapeError } from '../errors.ts';
import { formatShape, numel, type Spec, specOf } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView } from './broadcast.ts';
import type { Op } from './op.ts';
import { sum } from './reduce.ts';
import { squeeze, unsqueeze } from './view.ts';
import { checkWindow, each, geometryOf, movedAxes, planar, type Rank, type Sizes, windowCount } from './window.ts';

export interface ConvolutionAttrs {
  readonly rank: Rank;
  readonly stride: readonly number[];
  /** Before and after each spatial dimension. */
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

type BackwardAttrs = ConvolutionAttrs & { /** What the gradient is of. */ readonly of: Spec };

export function geometry({ stride, padding, dilation }: ConvolutionAttrs) {
  return geometryOf(
    stride,
    padding.map(([before]) => before),
    dilation,
  );
}

function outputSpec(x: Spec, weight: Spec, bias: Spec | undefined, attrs: ConvolutionAttrs): Spec {
  const { rank, stride, padding, dilation, groups } = attrs;
  const op = rank === 1 ? 'conv1d' : 'conv2d';
  const spatial = rank === 1 ? 'length' : 'height, width';
  if (weight.shape.length !== rank + 2)
    throw new ShapeError(op, [weight], `expected a weight [out, in/groups, ${spatial}], got ${formatShape(weight)}`);
  if (x.shape.length !== rank + 2)
    throw new ShapeError(
      op,
      [x],
      `expected [batch, channel, ${spatial}], got ${formatShape(x)}`,
      x.shape.length === rank ? 'Add the channel: x.unsqueeze(0).' : undefined,
    );
  const [outputs, perGroup] = weight.shape as [number, number];
  const channels = perGroup * groups;
  if (x.shape[1] !== channels) {
    const last = x.shape.at(-1) === channels;
    const moved = rank === 2 ? 'x.permute(0, 3, 1, 2)' : 'x.transpose(1, 2)';
    throw new ShapeError(
      op,
      [x, weight],
      `expected ${channels} channels (dimension 1), got ${x.shape[1]}: ${formatShape(x)}`,
      last
        ? `The channels are last; they belong right after the batch: ${moved}.`
        : `A weight is [out, in/groups, …]; its second size times the groups is what it takes: ${perGroup} · ${groups} = ${channels}.`,
    );
  }
  if (outputs % groups !== 0)
    throw new ShapeError(op, [weight], `${outputs} output channels do not divide into ${groups} groups`);
  if (bias !== undefined && String(bias.shape) !== String([outputs]))
    throw new ShapeError(op, [bias], `expected a bias [${outputs}], got ${formatShape(bias)}`);
  const kernel = weight.shape.slice(2);
  const sizes = kernel.map((k, i) => windowCount(x.shape[2 + i]!, k, stride[i]!, padding[i]!, dilation[i]!));
  checkWindow(op, x, sizes, kernel);
  return {
    shape: [x.shape[0]!, outputs, ...sizes],
    dtype: 'f32',
    axes: [x.axes[0]!, { name: 'channel' }, ...movedAxes(x, rank)],
  };
}

function convolutionOp(rank: Rank): Op<ConvolutionAttrs> {
  return {
    name: rank === 1 ? 'conv1d' : 'conv2d',
    role: 'projection',
    shape: ([x, weight, bias], attrs) => outputSpec(x!, weight!, bias, attrs),
    forward([x, weight, bias], attrs, out, backend) {
      const result = allocate(out);
      const target = planar(result, rank);
      backend.conv2d(planar(x!, rank), planar(weight!, rank), target, geometry(attrs), attrs.groups);
      if (bias !== undefined) {
        const spec: Spec = { shape: [bias.shape[0]!, 1, 1], dtype: 'f32', axes: [] };
        const column = new Tensor(spec, bias.storage, [bias.strides[0]!, 0, 0], bias.offset);
        backend.binary('add', target, broadcastView(column, target.shape), target);
      }
      return result;
    },
    backward: (grad, { inputs: [x, weight, bias], attrs, needs }) => {
      const out = [
        needs[0] ? inputBackward(grad, weight!, { ...attrs, of: specOf(x!) }) : undefined,
        needs[1] ? weightBackward(grad, x!, { ...attrs, of: specOf(weight!) }) : undefined,
      ];
      if (bias !== undefined)
        out.push(
          needs[2]
            ? sum(
                grad,
                grad.shape.map((_, i) => i).filter((i) => i !== 1),
              )
            : undefined,
        );
      return out;
    },
    flops: ([, weight, bias], out) =>
      numel(out.shape) * (2 * numel(weight!.shape.slice(1)) + (bias === undefined ? 0 : 1)),
  };
}

/** ∂L/∂x from the upstream gradient and the weight. */
const convInputBackward: Op<BackwardAttrs> = {
  name: 'convInputBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad, weight], attrs, out, backend) {
    const { rank, groups } = attrs;
    const result = allocate(out);
    backend.conv2dInputBackward(
      planar(grad!, rank),
      planar(weight!, rank),
      planar(result, rank),
      geometry(attrs),
      groups,
    );
    return result;
  },
  backward: (grad, { inputs: [upstream, weight], attrs, needs }) => [
    needs[0] ? convolved(grad, weight!, attrs) : undefined,
    needs[1] ? weightBackward(upstream!, grad, { ...attrs, of: specOf(weight!) }) : undefined,
  ],
  flops: ([grad, weight]) => 2 * numel(grad!.shape) * numel(weight!.shape.slice(1)),
};

/** ∂L/∂weight from the upstream gradient and the input. */
const convWeightBackward: Op<BackwardAttrs> = {
  name: 'convWeightBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad, x], attrs, out, backend) {
    const { rank, groups } = attrs;
    const result = allocate(out);
    backend.conv2dWeightBackward(planar(grad!, rank), planar(x!, rank), planar(result, rank), geometry(attrs), groups);
    return result;
  },
  backward: (grad, { inputs: [upstream, x], attrs, needs }) => [
    needs[0] ? convolved(x!, grad, attrs) : undefined,
    needs[1] ? inputBackward(upstream!, grad, { ...attrs, of: specOf(x!) }) : undefined,
  ],
  flops: ([grad], out) => 2 * numel(grad!.shape) * numel(out.shape.slice(1)),
};

function inputBackward(grad: Tensor, weight: Tensor, attrs: BackwardAttrs): Tensor {
  return apply(convInputBackward, [grad, weight], attrs);
}

/** ∂L/∂weight, as an operation of the graph. */
export function weightBackward(grad: Tensor, x: Tensor, attrs: BackwardAttrs): Tensor {
  return apply(convWeightBackward, [grad, x], attrs);
}

/** The convolution by attributes alone, without a bias. */
export function convolved(
  x: Tensor,
  weight: Tensor,
  { rank, stride, padding, dilation, groups }: ConvolutionAttrs,
): Tensor {
  return apply(rank === 1 ? convolutionOps.conv1d : convolutionOps.conv2d, [x, weight], {
    rank,
    stride,
    padding,
    dilation,
    groups,
  });
}

export const convolutionOps = {
  conv1d: convolutionOp(1),
  conv2d: convolutionOp(2),
  convInputBackward,
  convWeightBackward,
};

/** How a convolution moves over its input. One number counts for all spatial dimensions. */
export interface ConvolutionOptions {
  /** 1 by default. */
  readonly stride?: Sizes;
  /** Zeros on both sides; `same` keeps the size (stride 1), `valid` is none. 0 by default. */
  readonly padding?: Sizes | 'same' | 'valid';
  /** Distance between a window's elements. 1 by default. */
  readonly dilation?: Sizes;
  /** Channels and filters in as many groups that do not see each other. 1 by default. */
  readonly groups?: number;
}

function convolution(
  rank: Rank,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  options: ConvolutionOptions,
) {
  const op = rank === 1 ? 'conv1d' : 'conv2d';
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const strides = each(op, 'stride', stride, rank, 1);
  const dilations = each(op, 'dilation', dilation, rank, 1);
  if (padding === 'same' && strides.some((s) => s !== 1))
    throw new ShapeError(op, [x], "padding 'same' needs stride 1", 'Give the padding as a number.');
  const paddings =
    padding === 'same'
      ? dilations.map((d, i): [number, number] => {
          const total = d * ((weight.shape[2 + i] ?? 1) - 1);
          return [Math.floor(total / 2), Math.ceil(total / 2)];
        })
      : each(op, 'padding', padding === 'valid' ? 0 : padding, rank, 0).map((p): [number, number] => [p, p]);
  const attrs: ConvolutionAttrs = { rank, stride: strides, padding: paddings, dilation: dilations, groups };
  const batched = x.ndim === rank + 1 ? unsqueeze(x, 0) : x;
  const y = apply(convolutionOps[op], bias ? [batched, weight, bias] : [batched, weight], attrs);
  return batched === x ? y : squeeze(y, 0);
}

/**
 * x [batch, in, length], weight [out, in/groups, kernel], bias [out] → [batch, out, length']. The batch may be missing.
 * Throws ShapeError where channels differ or no window fits.
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvolutionOptions = {}): Tensor {
  checkArguments('conv1d', arguments);
  return convolution(1, x, weight, bias, options);
}

/**
 * x [batch, in, height, width], weight [out, in/groups, kernel, kernel], bias [out] → [batch, out, height', width']. The
 * batch may be missing. Throws ShapeError where channels differ or no window fits.
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvolutionOptions = {}): Tensor {
  checkArguments('conv2d', arguments);
  return convolution(2, x, weight, bias, options);
}
