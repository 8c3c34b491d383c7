/** What convolutions and transposed ones share: how their filters are drawn, and whether an input has their channels. */
import { ShapeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { channelsHint, checkFloat } from './check.ts';
import * as init from './init.ts';
import type { Layer } from './layer.ts';
import type { Parameter } from './module.ts';

interface Filtering extends Layer {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly options: { readonly groups: number };
}

/** Uniform in ±1/√fan-in, weight and bias. */
export function drawFilters(weight: Parameter, bias: Parameter | undefined): void {
  init.kaimingUniform(weight, { a: Math.sqrt(5) });
  if (bias === undefined) return;
  const bound = 1 / Math.sqrt(init.fans(weight).fanIn);
  init.uniform(bias, -bound, bound);
}

/** Throws ShapeError unless x has as many channels as the layer takes. */
export function checkFiltered(of: Filtering, x: Tensor): void {
  const layer = `${of.constructor.name}(${of.inChannels} → ${of.outChannels})`;
  checkFloat(layer, x);
  if (x.ndim !== of.kernelSize.length + 2 || x.shape[1] === of.inChannels) return;
  throw new ShapeError(
    layer,
    [x],
    `expected an input of ${of.inChannels} channels (its second axis), got ${x.shape[1]}: ${formatShape(x)}`,
    ...channelsHint(
      x,
      of.inChannels,
      1,
      `nn.${of.constructor.name}(${x.shape[1]}, ${of.outChannels}, …)`,
      x.shape[1]! % of.options.groups === 0 ? { layer: of, argument: 'inChannels' } : undefined,
    ),
  );
}
