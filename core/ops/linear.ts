import { context } from '../context.ts';
import { ShapeError } from '../errors.ts';
import { type Axis, unnamedAxes } from '../tensor/axes.ts';
import { formatShape, numel, type Shape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { matmul } from './matmul.ts';
import { hasMeta, zerosGradient } from './onePass.ts';
import type { Op } from './op.ts';
import { mT } from './permute.ts';
import { sum } from './reduce.ts';
import { reshape, toContiguous } from './view.ts';

function check(x: Spec, weight: Spec, bias: Spec | undefined): void {
  const [outputs, inputs] = weight.shape;
  if (weight.shape.length !== 2)
    throw new ShapeError('linear', [weight], `expected a weight [out, in], got ${formatShape(weight)}`);
  if (x.shape.length === 0)
    throw new ShapeError(
      'linear',
      [x],
      `expected [..., ${inputs}], got a number`,
      'Give it a dimension: x.reshape(1).',
    );
  if (x.dtype !== 'f32')
    throw new ShapeError(
      'linear',
      [x],
      `expected f32, got ${x.dtype} ${formatShape(x)}`,
      "Convert it (x.to('f32')), or embed ids with nn.Embedding first.",
    );
  const last = x.shape.at(-1)!;
  if (last !== inputs) {
    const hint =
      last === outputs && x.shape.length > 1
        ? `A weight is [out, in]; the other way round it would fit: weight.t().`
        : x.shape.length > 2 && numel(x.shape.slice(1)) === inputs
          ? 'Flattened, it would fit: x.flatten(1).'
          : x.shape.length > 1 && x.shape.at(-2) === inputs
            ? 'Transposed, it would fit: x.transpose(-2, -1).'
            : `A weight is [out, in]: [${outputs}, ${last}] would fit.`;
    throw new ShapeError(
      'linear',
      [x, weight],
      `expected ${inputs} features on the last axis, got ${last}: ${formatShape(x)}`,
      hint,
    );
  }
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== outputs))
    throw new ShapeError('linear', [bias], `expected a bias [${outputs}], got ${formatShape(bias)}`);
}

const features: Axis = Object.freeze({ name: 'features' });

/**
 * What the output's last axis counts: what the weight's rows count, where they have a name of their own (a head tied to an
 * embedding gives `vocab`); else what the input's last axis does, where the width stays; else `features`.
 */
function outputAxis(x: Spec, weight: Spec): Axis {
  const rows = weight.axes[0]!.name;
  if (rows !== undefined && rows !== 'out' && rows !== 'in') return { name: rows };
  const last = x.axes.at(-1)!.name;
  return weight.shape[0] === weight.shape[1] && last !== undefined ? { name: last } : features;
}

/** The memory of a tensor as a matrix; contiguous where no strides are given. */
const matrix = (t: Tensor, shape: Shape, strides?: readonly number[]) =>
  new Tensor({ shape, dtype: 'f32', axes: unnamedAxes(2) }, t.storage, strides, t.offset);

/** The gradient in tensor operations, which can be differentiated again. */
function linearSlowly(grad: Tensor, inputs: readonly Tensor[], needs: readonly boolean[]): (Tensor | undefined)[] {
  const [x, weight, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
  const [outputs, width] = weight.shape as [number, number];
  const rows = numel(grad.shape.slice(0, -1));
  const flat = grad.ndim === 2 ? grad : reshape(grad, [rows, outputs]);
  return [
    needs[0] ? matmul(grad, weight) : undefined,
    needs[1] ? matmul(mT(flat), x.ndim === 2 ? x : reshape(x, [rows, width])) : undefined,
    bias !== undefined && needs[2] ? sum(flat, 0) : undefined,
  ];
}

/** y = x Wᵀ + b as one operation. Inputs: x, weight and, if there is one, bias. */
export const linearOp: Op<undefined> = {
  name: 'linear',
  shape([x, weight, bias]) {
    check(x!, weight!, bias);
    return {
      shape: [...x!.shape.slice(0, -1), weight!.shape[0]!],
      dtype: 'f32',
      axes: [...x!.axes.slice(0, -1), outputAxis(x!, weight!)],
    };
  },
  forward([x, weight, bias], _attrs, out, backend) {
    const [outputs, inputs] = weight!.shape as [number, number];
    const rows = numel(out.shape.slice(0, -1));
    const flat = toContiguous(x!, backend);
    const result = allocate(out);
    backend.matmul(
      matrix(flat, [rows, inputs]),
      matrix(weight!, [inputs, outputs], [weight!.strides[1]!, weight!.strides[0]!]),
      matrix(result, [rows, outputs]),
      bias,
    );
    return result;
  },
  backward(grad, { inputs, needs }) {
    if (context.gradEnabled) return linearSlowly(grad, inputs, needs);
    const meta = hasMeta(grad, ...inputs);
    const slopes = inputs.map((input, i) => (needs[i] ? zerosGradient(input, meta) : undefined));
    if (!meta) {
      const { backend } = context;
      const [x, weight] = inputs as [Tensor, Tensor];
      const [outputs, width] = weight.shape as [number, number];
      const rows = numel(grad.shape.slice(0, -1));
      const upstream = matrix(toContiguous(grad, backend), [rows, outputs]);
      const [dx, dWeight, dBias] = slopes;
      if (dx) backend.matmul(upstream, weight, matrix(dx, [rows, width]));
      if (dWeight)
        backend.matmul(
          matrix(upstream, [outputs, rows], [1, outputs]),
          matrix(toContiguous(x, backend), [rows, width]),
          dWeight,
        );
      if (dBias) backend.reduce('sum', upstream, [0], matrix(dBias, [1, outputs]));
    }
    return slopes;
  },
  flops: ([, weight, bias], out) => (2 * weight!.shape[1]! + (bias === undefined ? 0 : 1)) * numel(out.shape),
  role: 'projection',
};

/** x Wᵀ + b: x [..., in], weight [out, in], bias [out] → [..., out]. Throws ShapeError where the widths differ. */
export const linear = (x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor =>
  apply(linearOp, bias ? [x, weight, bias] : [x, weight], undefined);
