/** How far a result is from PyTorch's: the largest difference of an element over the largest element, tensor by tensor. */
import type { DefinedModel, Tensor } from '../../core/index.ts';
import type { Found } from './run.ts';

export interface Worst {
  readonly error: number;
  readonly name: string;
}

/** The measure every result is held to. */
export const tolerance = 1e-4;

/** max |a − b| / max |b|; `scale` in place of max |b| where that is noise. Infinite where something is not a number. */
function errorOf(a: Tensor, b: Tensor, scale = largest(b)): number {
  if (String(a.shape) !== String(b.shape)) throw new Error(`[${a.shape}] against PyTorch's [${b.shape}]`);
  const [x, y] = [a.toTypedArray(), b.toTypedArray()];
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = Math.abs(x[i]! - y[i]!);
    if (!(difference <= most)) most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return most === 0 ? 0 : most / scale;
}

function largest(tensor: Tensor): number {
  let most = 0;
  for (const value of tensor.toTypedArray()) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

/** A gradient this small beside the network's largest is 0 in exact arithmetic: what follows takes no notice of the parameter. */
const nothing = 1e-12;

/**
 * The worst of the outputs (and buffers), and the worst of the gradients. Gradients that are 0 are measured by the network's
 * largest, and the loss only where it is the network's own: any other is a sum of both signs.
 */
export function compare(
  found: Found,
  wanted: Readonly<Record<string, Tensor>>,
  { loss }: DefinedModel,
): { readonly outputs: Worst; readonly gradients: Worst } {
  const isGradient = (name: string) => name.startsWith('gradient.');
  const scales = Object.entries(wanted).map(([name, value]) => (isGradient(name) ? largest(value) : 0));
  const scale = scales.reduce((a, b) => Math.max(a, b), 0);
  const worst = { outputs: { error: 0, name: '' }, gradients: { error: 0, name: '' } };
  for (const [i, [name, value]] of Object.entries(wanted).entries()) {
    if (name === 'loss' && !loss) continue;
    const got = found[name];
    if (got === undefined) throw new Error(`PyTorch has ${name}, we do not`);
    const kind = isGradient(name) ? 'gradients' : 'outputs';
    const error = errorOf(got, value, kind === 'gradients' && scales[i]! < nothing * scale ? scale : undefined);
    if (!(error <= worst[kind].error)) worst[kind] = { error, name };
  }
  const unknown = Object.keys(found).find((name) => isGradient(name) && !(name in wanted));
  if (unknown !== undefined) throw new Error(`we have ${unknown}, PyTorch does not`);
  return worst;
}
