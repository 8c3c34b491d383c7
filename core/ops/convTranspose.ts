/**
 * Transposed convolution: the map a convolution's gradient runs through, used forward. Where a convolution gathers windows into
 * one output, this spreads each input over a window of the output. Dumoulin & Visin 2016.
 */

import { ShapeError } from '../errors.ts';
import { formatShape, numel, type Spec, specOf } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView } from './broadcast.ts';
import { type ConvolutionAttrs, convolved, geometry, weightBackward } from './convolution.ts';
import type { Op } from './op.ts';
import { sum } from './reduce.ts';
import { batched, each, movedAxes, planar, type Rank, type Sizes } from './window.ts';

/** `padding` is that of the convolution this is the transpose of: what lies after is smaller by `outputPadding`. */
function outputSpec(name: string, x: Spec, weight: Spec, bias: Spec | undefined, attrs: ConvolutionAttrs): Spec {
  const { rank, stride, padding, dilation, groups } = attrs;
  const spatial = rank === 1 ? 'length' : 'height, width';
  if (weight.shape.length !== rank + 2)
    throw new ShapeError(name, [weight], `expected a weight [in, out/groups, ${spatial}], got ${formatShape(weight)}`);
  if (x.shape.length !== rank + 2)
    throw new ShapeError(name, [x], `expected [batch, channel, ${spatial}], got ${formatShape(x)}`);
  const [inputs, perGroup] = weight.shape as [number, number];
  const outputs = perGroup * groups;
  if (x.shape[1] !== inputs)
    throw new ShapeError(
      name,
      [x, weight],
      `expected ${inputs} channels (dimension 1), got ${x.shape[1]}: ${formatShape(x)}`,
      `A weight is [in, out/groups, …]: its first size is what it takes.`,
    );
  if (inputs % groups !== 0)
    throw new ShapeError(name, [weight], `${inputs} input channels do not divide into ${groups} groups`);
  if (bias !== undefined && String(bias.shape) !== String([outputs]))
    throw new ShapeError(name, [bias], `expected a bias [${outputs}], got ${formatShape(bias)}`);
  const sizes = weight.shape.slice(2).map((k, i) => {
    const [before, after] = padding[i]!;
    return (x.shape[2 + i]! - 1) * stride[i]! - before - after + dilation[i]! * (k - 1) + 1;
  });
  if (sizes.some((size) => size < 1))
    throw new ShapeError(
      name,
      [x],
      `nothing is left of ${formatShape(x)}: the output would be [${sizes.join(', ')}]`,
      'Use less padding, or a larger kernel.',
    );
  return {
    shape: [x.shape[0]!, outputs, ...sizes],
    dtype: 'f32',
    axes: [x.axes[0]!, { name: 'channel' }, ...movedAxes(x, rank)],
  };
}

function transposedOp(rank: Rank): Op<ConvolutionAttrs> {
  const name = rank === 1 ? 'convTranspose1d' : 'convTranspose2d';
  return {
    name,
    role: 'projection',
    shape: ([x, weight, bias], attrs) => outputSpec(name, x!, weight!, bias, attrs),
    forward([x, weight, bias], attrs, out, backend) {
      const result = allocate(out);
      const target = planar(result, rank);
      backend.conv2dInputBackward(planar(x!, rank), planar(weight!, rank), target, geometry(attrs), attrs.groups);
      if (bias !== undefined) {
        const spec: Spec = { shape: [bias.shape[0]!, 1, 1], dtype: 'f32', axes: [] };
        const column = new Tensor(spec, bias.storage, [bias.strides[0]!, 0, 0], bias.offset);
        backend.binary('add', target, broadcastView(column, target.shape), target);
      }
      return result;
    },
    backward: (grad, { inputs: [x, weight, bias], attrs, needs }) => {
      const out = [
        needs[0] ? convolved(grad, weight!, attrs) : undefined,
        needs[1] ? weightBackward(x!, grad, { ...attrs, of: specOf(weight!) }) : undefined,
      ];
      const others = grad.shape.map((_, i) => i).filter((i) => i !== 1);
      if (bias !== undefined) out.push(needs[2] ? sum(grad, others) : undefined);
      return out;
    },
    flops: ([x, weight, bias], out) =>
      2 * numel(x!.shape) * numel(weight!.shape.slice(1)) + (bias === undefined ? 0 : numel(out.shape)),
  };
}

export const convTransposeOps = { convTranspose1d: transposedOp(1), convTranspose2d: transposedOp(2) };

/** How a transposed convolution lays its windows. */
export interface ConvTransposeOptions {
  /** How far apart neighbouring inputs land. 1 by default. */
  readonly stride?: Sizes;
  /** How much is cut off on both sides. 0 by default. */
  readonly padding?: Sizes;
  /** How much is added at the end of each dimension; less than stride or dilation. 0 by default. */
  readonly outputPadding?: Sizes;
  /** Distance between a window's elements. 1 by default. */
  readonly dilation?: Sizes;
  /** Channels in as many groups that do not see each other. 1 by default. */
  readonly groups?: number;
}

function transposed(
  rank: Rank,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 }: ConvTransposeOptions,
): Tensor {
  const op = rank === 1 ? 'convTranspose1d' : 'convTranspose2d';
  const strides = each(op, 'stride', stride, rank, 1);
  const dilations = each(op, 'dilation', dilation, rank, 1);
  const more = each(op, 'outputPadding', outputPadding, rank, 0);
  if (more.some((n, i) => n >= Math.max(strides[i]!, dilations[i]!)))
    throw new ShapeError(
      op,
      [x],
      `outputPadding ${JSON.stringify(outputPadding)} is not below stride ${JSON.stringify(stride)} or dilation ${JSON.stringify(dilation)}`,
      'outputPadding only chooses among the output sizes that the stride allows.',
    );
  const paddings = each(op, 'padding', padding, rank, 0).map((p, i): [number, number] => [p, p - more[i]!]);
  const attrs: ConvolutionAttrs = { rank, stride: strides, padding: paddings, dilation: dilations, groups };
  return batched(x, rank, (b) => apply(convTransposeOps[op], bias ? [b, weight, bias] : [b, weight], attrs));
}

/**
 * x [batch, in, length], weight [in, out/groups, kernel], bias [out] → [batch, out, (length − 1)·stride − 2·padding +
 * dilation·(kernel − 1) + outputPadding + 1]. The batch may be missing. Throws ShapeError where channels differ.
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: ConvTransposeOptions = {},
): Tensor {
  checkArguments('convTranspose1d', arguments);
  return transposed(1, x, weight, bias, options);
}

/** `convTranspose1d` over two dimensions: x [batch, in, H, W], weight [in, out/groups, kernel, kernel] → [batch, out, H', W']. */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: ConvTransposeOptions = {},
): Tensor {
  checkArguments('convTranspose2d', arguments);
  return transposed(2, x, weight, bias, options);
}
