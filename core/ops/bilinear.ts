import { ShapeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { linear } from './linear.ts';
import { matmul } from './matmul.ts';
import { permute } from './permute.ts';
import { reshape, squeeze, unsqueeze } from './view.ts';

/**
 * y = x₁ᵀ W x₂ + b for each output: x1 [..., in1], x2 [..., in2], weight [out, in1, in2], bias [out] → [..., out]. Of
 * visible operations. Throws ShapeError where the widths, or the sizes before them, differ.
 */
export function bilinear(x1: Tensor, x2: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  checkArguments('bilinear', arguments);
  const [outputs, in1, in2] = weight.shape;
  const sides = [x1, x2].every((x, i) => x.ndim > 0 && x.shape.at(-1) === [in1, in2][i]);
  if (weight.ndim !== 3 || !sides || String(x1.shape.slice(0, -1)) !== String(x2.shape.slice(0, -1)))
    throw new ShapeError(
      'bilinear',
      [x1, x2, weight],
      `${formatShape(x1)} and ${formatShape(x2)} do not fit the weight ${formatShape(weight)}`,
      'The weight is [out, in1, in2]; both inputs have the same sizes before their last.',
    );
  const rows = reshape(permute(weight, [0, 2, 1]), [outputs! * in2!, in1!]);
  const half = reshape(linear(x1, rows), [...x1.shape.slice(0, -1), outputs!, in2!]);
  const y = squeeze(matmul(half, unsqueeze(x2, -1)), -1).withAxes([...x1.axes.slice(0, -1), { name: 'features' }]);
  return bias ? y.add(bias) : y;
}
