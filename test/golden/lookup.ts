/** Finds implementations by name, so that a case of something not yet built is skipped by that name and by nothing else. */
import * as tensight from '../../core/index.ts';

/** What a case needs and the core does not have. */
export class Missing extends Error {
  readonly what: string;
  constructor(what: string) {
    super(`not implemented: ${what}`);
    this.what = what;
  }
}

type Fn = (...args: readonly unknown[]) => unknown;
type Constructor<T> = new (...args: readonly unknown[]) => T;

function lookup(space: object, name: string): unknown {
  return (space as Readonly<Record<string, unknown>>)[name];
}

/** A function of `nn.functional`, or else of `tensight` itself. */
export function fn(name: string): Fn {
  const found = lookup(tensight.nn.functional, name) ?? lookup(tensight, name);
  if (typeof found !== 'function') throw new Missing(`nn.functional.${name}`);
  return found as Fn;
}

/** A class of `nn`. */
export function layer(name: string): Constructor<InstanceType<typeof tensight.nn.Module>> {
  const found = lookup(tensight.nn, name);
  if (typeof found !== 'function') throw new Missing(`nn.${name}`);
  return found as Constructor<InstanceType<typeof tensight.nn.Module>>;
}
