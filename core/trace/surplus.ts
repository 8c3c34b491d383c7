/** What a layer of the library is called with and does not take: JavaScript drops it without a word. */
import * as nn from '../nn/index.ts';
import { type Module, writtenForward } from '../nn/module.ts';
import { Tensor } from '../tensor/tensor.ts';

const ofLibrary: ReadonlySet<unknown> = new Set(Object.values(nn));
/** Parameters without defaults, rests and patterns: as many as are named. */
const plain = /^forward\s*\(\s*([\w$]+(?:\s*,\s*[\w$]+)*)?\s*\)/;
const taken = new WeakMap<object, number>();

function takes(forward: (...args: unknown[]) => unknown): number {
  let count = taken.get(forward);
  if (count === undefined) {
    const named = plain.exec(Function.prototype.toString.call(forward));
    count = named === null ? Number.POSITIVE_INFINITY : (named[1]?.split(',').length ?? 0);
    taken.set(forward, count);
  }
  return count;
}

/** What to say of a call with more arguments than `forward` has; undefined of one as it should be, and of classes of one's own. */
export function surplusOf(
  module: Module,
  args: readonly unknown[],
): { readonly message: string; readonly hint: string } | undefined {
  if (!ofLibrary.has(module.constructor)) return undefined;
  const most = takes(writtenForward(module));
  if (args.length <= most || args.slice(most).every((value) => value === undefined)) return undefined;
  const name = module.constructor.name;
  const rest = args.slice(most).every((value) => value instanceof Tensor)
    ? ' Of several tensors make one first: cat([a, b], dim).'
    : '';
  return {
    message: `${name}.forward takes ${most === 1 ? 'one argument' : `${most} arguments`}, got ${args.length}: the others are not used`,
    hint: `Leave them out.${rest}`,
  };
}
