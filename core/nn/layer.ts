/** Layers that say what they were made with: PyTorch export, tooltips and fixes read it as data, not as text. */
import type { Plain } from '../plain.ts';
import { toPlain } from '../toPlain.ts';
import { signatureOf } from '../usage/signature.ts';
import { Module } from './module.ts';

/** Arguments of a layer's constructor by name, as plain data: `{ inFeatures: 64, outFeatures: 256, bias: true }`. */
export type Config = Readonly<Record<string, Plain>>;

/**
 * Base of everything in `nn`: a module that knows its arguments. A class of your own extends `nn.Module`, where `config` is a
 * free name: models that came from Python often keep theirs in a field of it.
 */
export abstract class Layer extends Module {
  /**
   * The arguments it was made with, defaults filled in where they are fixed. A layer made with them again has the same parameters. What
   * is no plain data is described: `{ tensor: 'f32', shape: [10] }` for the weight of classes, `{ function: 'swish' }`.
   */
  config(): Config {
    return {};
  }

  /** Its arguments in short, for a table: `64 → 256`. */
  override extraRepr(): string {
    return Object.entries(this.config())
      .map(([name, value]) => `${name}=${revive(value)}`)
      .join(', ');
  }
}

/** Arguments as a config. `Options`: the constructor's, of which none may be missing here. */
export function configOf<Options = unknown>(
  args: Readonly<Record<string, unknown>> & { readonly [Name in keyof NoInfer<Options>]-?: unknown },
): Config {
  return toPlain(args) as Config;
}

/**
 * Names of a layer's arguments by position, as `core/usage/layers.ts` has them; a class of one's own has those of the layer it extends.
 * What else its config has goes after them, as one object of options: `new nn.Linear(inFeatures, outFeatures, { bias })`.
 */
export function positionalOf(layer: unknown): readonly string[] {
  for (let type = layer; typeof type === 'function' && type !== Layer; type = Object.getPrototypeOf(type)) {
    const signature = signatureOf(type.name);
    if (signature !== undefined) return signature.positional.filter((name) => !signature.absent.has(name));
  }
  return [];
}

/** What `config` says of a class, in the order of its constructor: `new Class(...constructorArguments(Class, config))`. */
export function constructorArguments(layer: unknown, config: Config): unknown[] {
  const positional = positionalOf(layer);
  const revived = Object.entries(config).map(([name, value]): [string, unknown] => [name, revive(value)]);
  const byName = new Map(revived);
  const options = Object.fromEntries(revived.filter(([name]) => !positional.includes(name)));
  const args = positional.map((name) => byName.get(name));
  return Object.keys(options).length === 0 ? args : [...args, options];
}

/** JSON has no word for infinity. */
function revive(value: Plain): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { number } = value as { readonly number?: Plain };
  return typeof number === 'string' ? Number(number) : value;
}
