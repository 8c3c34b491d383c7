/** Makes plain data of anything: bounded in size, and described where it is none. */
import type { Description, Plain } from './plain.ts';
import { Tensor } from './tensor/tensor.ts';

/** A list, an object, or a string is kept up to here, and what lies in another to this depth. */
const most = { items: 64, characters: 256, depth: 4 };

/** `value` as plain data, small: undefined where it has none, tensors and functions described. Getters are not asked. */
export function toPlain(value: unknown, depth: number = most.depth): Plain | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : ({ number: String(value) } satisfies Description);
    case 'string':
      return value.length > most.characters ? `${value.slice(0, most.characters)}…` : value;
    case 'function':
      return { function: value.name } satisfies Description;
    case 'object':
      return value === null ? null : plainObject(value, depth);
    default:
      return String(value);
  }
}

function plainObject(value: object, depth: number): Plain {
  if (value instanceof Tensor) return { tensor: value.dtype, shape: value.shape } satisfies Description;
  if (Array.isArray(value)) {
    if (value.length > most.items || depth === 0) return { list: value.length } satisfies Description;
    return value.map((item) => toPlain(item, depth - 1) ?? null);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  const isRecord = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isRecord || depth === 0) return { object: value.constructor?.name ?? 'Object' } satisfies Description;
  const out: Record<string, Plain> = {};
  for (const name of Object.keys(value).slice(0, most.items)) {
    const data = toPlain(Object.getOwnPropertyDescriptor(value, name)?.value, depth - 1);
    if (data !== undefined) out[name] = data;
  }
  return out;
}
