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
  const rank = of.kernelSize.length;
  if (x.ndim === rank + 1 && x.shape[0] !== of.inChannels) {
    const axes = ['channel', ...['depth', 'height', 'width'].slice(-rank)].join(', ');
    const one = rank === 1 ? 'channel, length' : axes;
    throw new ShapeError(
      layer,
      [x],
      `expected ${of.inChannels} channels: [batch, ${one}], or [${one}] of a single one, got ${formatShape(x)}`,
      x.shape[1] === of.inChannels && rank > 1
        ? `For [batch, channel, ${rank === 2 ? 'length' : 'height, width'}] take nn.${of.constructor.name.replace(/\d/, String(rank - 1))}.`
        : 'Add the axis that is missing: x.unsqueeze(0) for the batch, x.unsqueeze(1) for the channels.',
    );
  }
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
