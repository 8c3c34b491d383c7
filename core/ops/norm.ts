/** Normalisation over the last axes: layer norm (Ba, Kiros & Hinton 2016) and RMS norm (Zhang & Sennrich 2019). */

import { context } from '../context.ts';
import { ShapeError } from '../errors.ts';
import { unnamedAxes } from '../tensor/axes.ts';
import { formatShape, numel, type Shape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView, sumToShape } from './broadcast.ts';
import { mul, sub } from './elementwise.ts';
import { hasMeta, zerosGradient } from './onePass.ts';
import type { Op, Saved } from './op.ts';
import { mean, reduceInto } from './reduce.ts';
import { eachRow, folded, someInfinite } from './rows.ts';
import { standardized } from './standardized.ts';
import { toContiguous } from './view.ts';

interface NormAttrs {
  /** Sizes of the last axes that are normalised together. */
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly hasWeight: boolean;
  readonly hasBias: boolean;
}

function check(op: string, x: Spec, affine: readonly (Spec | undefined)[], { normalizedShape }: NormAttrs): Spec {
  const from = x.shape.length - normalizedShape.length;
  const wanted = `[${normalizedShape.join(', ')}]`;
  if (from < 0 || normalizedShape.length === 0 || normalizedShape.some((size, i) => size !== x.shape[from + i])) {
    const hint =
      normalizedShape.length === 1
        ? `Make it fit the last size: new nn.${op === 'layerNorm' ? 'LayerNorm' : 'RMSNorm'}(${x.shape.at(-1) ?? 1}).`
        : 'Its sizes must be the last ones of the input.';
    throw new ShapeError(op, [x], `expected an input that ends in ${wanted}, got ${formatShape(x)}`, hint);
  }
  for (const t of affine)
    if (t !== undefined && String(t.shape) !== String(normalizedShape))
      throw new ShapeError(op, [x, t], `expected weight and bias ${wanted}, got ${formatShape(t)}`);
  if (x.dtype !== 'f32')
    throw new ShapeError(op, [x], `expected f32, got ${x.dtype} ${formatShape(x)}`, "Convert it first: x.to('f32').");
  return { shape: x.shape, dtype: 'f32', axes: x.axes };
}

/** weight and bias among the inputs. */
function affine<T>(inputs: readonly T[], attrs: NormAttrs): readonly [T | undefined, T | undefined] {
  return [attrs.hasWeight ? inputs[1] : undefined, attrs.hasBias ? inputs[attrs.hasWeight ? 2 : 1] : undefined];
}

function as(t: Tensor, shape: Shape): Tensor {
  return new Tensor({ shape, dtype: t.dtype, axes: unnamedAxes(shape.length) }, t.storage, undefined, t.offset);
}

function table(shape: Shape): Tensor {
  return allocate({ shape, dtype: 'f32', axes: unnamedAxes(shape.length) });
}

const layerNormOp: Op<NormAttrs> = {
  name: 'layerNorm',
  shape: (inputs, attrs) => check('layerNorm', inputs[0]!, affine(inputs, attrs), attrs),
  forward(inputs, attrs, out, backend, save) {
    const width = numel(attrs.normalizedShape);
    const rows = width === 0 ? 0 : numel(out.shape) / width;
    const [weight, bias] = affine(inputs, attrs);
    const flat = (t: Tensor | undefined) => t && as(toContiguous(t, backend), [width]);
    const result = allocate(out);
    const mean = table([rows]);
    const rstd = table([rows]);
    backend.layerNorm(
      as(toContiguous(inputs[0]!, backend), [rows, width]),
      flat(weight),
      flat(bias),
      attrs.eps,
      as(result, [rows, width]),
      mean,
      rstd,
    );
    save(mean, rstd);
    return result;
  },
  backward(grad, saved) {
    const { inputs, attrs, needs, tensors } = saved;
    if (context.gradEnabled) return layerNormFromOps(grad, saved);
    const [weight] = affine(inputs, attrs);
    const { hasWeight, hasBias } = attrs;
    const x = inputs[0]!;
    const width = numel(attrs.normalizedShape);
    const rows = width === 0 ? 0 : numel(x.shape) / width;
    const meta = tensors.length === 0 || hasMeta(grad, x, weight);
    const dx = zerosGradient(x, meta);
    const dWeight = hasWeight && needs[1] ? zerosGradient(inputs[1]!, meta) : undefined;
    const biasAt = hasWeight ? 2 : 1;
    const dBias = hasBias && needs[biasAt] ? zerosGradient(inputs[biasAt]!, meta) : undefined;
    if (!meta) {
      const { backend } = context;
      const flat = (t: Tensor | undefined) => t && as(toContiguous(t, backend), [width]);
      backend.layerNormBackward(
        as(toContiguous(grad, backend), [rows, width]),
        as(toContiguous(x, backend), [rows, width]),
        flat(weight),
        tensors[0]!,
        tensors[1]!,
        as(dx, [rows, width]),
        flat(dWeight),
        flat(dBias),
      );
    }
    const out: (Tensor | undefined)[] = [needs[0] ? dx : undefined];
    if (hasWeight) out.push(dWeight);
    if (hasBias) out.push(dBias);
    return out;
  },
  flops: ([x]) => 8 * numel(x!.shape),
};

/** The same gradient in tensor operations, which can be differentiated again. */
function layerNormFromOps(grad: Tensor, { inputs, attrs, needs }: Saved<NormAttrs>): (Tensor | undefined)[] {
  const x = inputs[0]!;
  const [weight] = affine(inputs, attrs);
  const dims = attrs.normalizedShape.map((_, i) => x.ndim - 1 - i);
  const { hat, scale } = standardized(x, dims, attrs.eps);
  const d = weight === undefined ? grad : mul(grad, weight);
  const dx = mul(scale, sub(sub(d, mean(d, dims, true)), mul(hat, mean(mul(d, hat), dims, true))));
  const out: (Tensor | undefined)[] = [needs[0] ? dx : undefined];
  if (attrs.hasWeight) out.push(sumToShape(mul(grad, hat), attrs.normalizedShape));
  if (attrs.hasBias) out.push(sumToShape(grad, attrs.normalizedShape));
  return out;
}

const rmsNormOp: Op<NormAttrs> = {
  name: 'rmsNorm',
  shape: (inputs, attrs) => check('rmsNorm', inputs[0]!, affine(inputs, attrs), attrs),
  forward(inputs, attrs, out, backend) {
    const [x, weight] = inputs;
    const dims = attrs.normalizedShape.map((_, i) => x!.ndim - attrs.normalizedShape.length + i);
    const width = numel(attrs.normalizedShape);
    const kept: Spec = {
      shape: x!.shape.map((size, i) => (dims.includes(i) ? 1 : size)),
      dtype: 'f32',
      axes: x!.axes,
    };
    const scale = reduceInto('sumOfSquares', x!, { dims, keepdim: true }, kept, backend);
    const data = scale.storage.data;
    const scaleOf = (squares: number) => 1 / Math.sqrt(squares / width + attrs.eps);
    if (someInfinite(data)) eachRow(x!, dims, backend, data, (row) => scaleOf(folded(row, 0, (sum, v) => sum + v * v)));
    else for (let i = 0; i < data.length; i++) data[i] = scaleOf(data[i]!);
    const result = allocate(out);
    backend.binary('mul', x!, broadcastView(scale, out.shape), result);
    if (weight !== undefined) backend.binary('mul', result, broadcastView(weight, out.shape), result);
    return result;
  },
  backward: (grad, { inputs: [x, weight], attrs, needs }) => {
    const dims = attrs.normalizedShape.map((_, i) => x!.ndim - 1 - i);
    const { hat, scale } = standardized(x!, dims, attrs.eps, { centered: false });
    const d = weight === undefined ? grad : mul(grad, weight);
    const dx = mul(scale, sub(d, mul(hat, mean(mul(d, hat), dims, true))));
    const out: (Tensor | undefined)[] = [needs[0] ? dx : undefined];
    if (weight !== undefined) out.push(needs[1] ? sumToShape(mul(grad, hat), weight.shape) : undefined);
    return out;
  },
  flops: ([x]) => 5 * numel(x!.shape),
};

export const normOps = { layerNorm: layerNormOp, rmsNorm: rmsNormOp };

/**
 * (x − mean) / √(variance + eps) · weight + bias over the last axes, whose sizes are `normalizedShape`. weight and bias
 * have that shape; either may be left out. x [..., ...normalizedShape] → the same.
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  weight?: Tensor | null,
  bias?: Tensor | null,
  eps = 1e-5,
): Tensor {
  checkArguments('layerNorm', arguments);
  const inputs = [x];
  if (weight) inputs.push(weight);
  if (bias) inputs.push(bias);
  return apply(layerNormOp, inputs, {
    normalizedShape: typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape,
    eps,
    hasWeight: Boolean(weight),
    hasBias: Boolean(bias),
  });
}

/**
 * x / √(mean of x² + eps) · weight over the last axes: x [..., ...normalizedShape], weight [...normalizedShape] → the
 * same as x. eps is the smallest step of f32 above 1 by default. Zhang & Sennrich 2019.
 */
export function rmsNorm(x: Tensor, normalizedShape: number | Shape, weight?: Tensor | null, eps = 2 ** -23): Tensor {
  checkArguments('rmsNorm', arguments);
  return apply(rmsNormOp, weight ? [x, weight] : [x], {
    normalizedShape: typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape,
    eps,
    hasWeight: Boolean(weight),
    hasBias: false,
  });
}
