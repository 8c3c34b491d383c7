/** What the golden cases' Python computes with, beside numbers, strings, lists and our tensors. */
import type { Tensor } from '../../../core/index.ts';

/** Keyword arguments by name. */
export type Keywords = Readonly<Record<string, unknown>>;

/** Anything that can be called: `call([x], { dim: 1 })`. */
export type Callable = (args: readonly unknown[], keywords: Keywords) => unknown;

/** A module like `torch.nn`: its names, asked for one by one. */
export class Namespace {
  readonly name: string;
  readonly #find: (name: string) => unknown;
  constructor(name: string, find: ((name: string) => unknown) | Readonly<Record<string, unknown>>) {
    this.name = name;
    this.#find = typeof find === 'function' ? find : (key) => find[key];
  }

  get(name: string): unknown {
    const found = this.#find(name);
    if (found === undefined) throw new PythonError(`${this.name} has no ${name} here`);
    return found;
  }
}

/** `start:stop:step` between brackets. */
export class Slice {
  readonly start: number | undefined;
  readonly stop: number | undefined;
  readonly step: number;
  constructor(start: number | undefined, stop: number | undefined, step = 1) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** `...` between brackets. */
export const ellipsis = Symbol('...');

/** Padded sequences with their lengths: what `pack_padded_sequence` gives. */
export class Packed {
  readonly x: Tensor;
  readonly lengths: readonly number[];
  readonly batchFirst: boolean;
  constructor(x: Tensor, lengths: readonly number[], batchFirst: boolean) {
    this.x = x;
    this.lengths = lengths;
    this.batchFirst = batchFirst;
  }
}

/** Python that cannot be run here, and why. */
export class PythonError extends Error {}

/** PyTorch's snake_case in camelCase; the underscore that ends `clip_grad_norm_` goes. */
export function camel(name: string): string {
  return name.replace(/_$/, '').replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Options of which None is a value of its own, and not what holds where nothing is said. */
const withNone = new Set(['momentum']);

/** Keyword arguments as an options object of ours; None is left out where it says no more than nothing. */
export function options(keywords: Keywords): Record<string, unknown> {
  const given = Object.entries(keywords).filter(
    ([name, value]) => (value ?? undefined) !== undefined || withNone.has(name),
  );
  return Object.fromEntries(given.map(([name, value]) => [camel(name), value]));
}
