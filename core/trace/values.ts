import { isDefinedModel } from '../model.ts';
import { isModule, type Module } from '../nn/module.ts';
import { Optimizer } from '../optim/optimizer.ts';
import { isTensor, type Tensor } from '../tensor/tensor.ts';
import type { TensorId, ValueRef } from './trace.ts';

/** How a value of the person's program becomes plain data that refers to tensors and modules by id. */
export interface Registry {
  tensorId(tensor: Tensor): TensorId;
  moduleId(module: Module): number;
}

/** Items of one list or dict that are written down, levels of them, and objects that are looked at in all. */
const most = 16;
const deepest = 6;
const budget = 64;

/** What of `value` is worth recording; undefined where no tensor or module is in it. */
export function refOf(value: unknown, registry: Registry): ValueRef | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    if (isTensor(value)) return { kind: 'tensor', tensor: registry.tensorId(value) };
    if (isModule(value)) return { kind: 'module', module: registry.moduleId(value) };
    return isWorth(value, 0, new Set()) ? written(value, registry, 0, new Set()) : undefined;
  } catch {
    // A proxy that refuses to be looked at: looking must not change the run.
    return undefined;
  }
}

/** Whether a value is one itself, and no Proxy of one. */
export function isTensorOrModule(value: unknown): value is Tensor | Module {
  return isTensor(value) || isModule(value);
}

function written(value: unknown, registry: Registry, depth: number, above: Set<object>): ValueRef {
  if (isTensor(value)) return { kind: 'tensor', tensor: registry.tensorId(value) };
  if (isModule(value)) return { kind: 'module', module: registry.moduleId(value) };
  if (!hasParts(value) || depth >= deepest || above.has(value)) return plain(value);
  above.add(value);
  const items: [string, ValueRef][] = [];
  somePart(value, most, (item, key) => {
    items.push([String(key), written(item, registry, depth + 1, above)]);
    return false;
  });
  above.delete(value);
  if (Array.isArray(value) || value instanceof Set) return { kind: 'list', items: items.map(([, item]) => item) };
  return { kind: 'dict', entries: Object.fromEntries(items) };
}

/** Whether it is a list, a dict, a map, a set or an instance of the person's own class. */
function hasParts(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  // An optimizer holds every parameter, a definition its sample: neither is a value of a model.
  return Array.isArray(value) || !(value instanceof Optimizer || isDefinedModel(value));
}

/** Whether `test` holds of one of the first parts of what has parts; stops there. Takes no time for those that come after them. */
function somePart(value: object, limit: number, test: (item: unknown, key: unknown) => boolean): boolean {
  if (Array.isArray(value)) {
    const end = Math.min(value.length, limit);
    for (let i = 0; i < end; i++) if (test(value[i], i)) return true;
    return false;
  }
  let i = 0;
  if (value instanceof Set || value instanceof Map) {
    for (const part of value) {
      if (i >= limit) return false;
      if (value instanceof Map ? test(part[1], part[0]) : test(part, i)) return true;
      i++;
    }
    return false;
  }
  const keys = Object.keys(value);
  const end = Math.min(keys.length, limit);
  // Without calling a getter.
  for (; i < end; i++) if (test(Object.getOwnPropertyDescriptor(value, keys[i]!)?.value, keys[i])) return true;
  return false;
}

/** Whether a tensor or module is anywhere in a value, cycles and all, as far as it is written down. */
function isWorth(value: unknown, depth: number, seen: Set<unknown>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isTensorOrModule(value)) return true;
  if (depth > deepest || seen.size >= budget || seen.has(value)) return false;
  seen.add(value);
  return hasParts(value) && somePart(value, most, (item) => isWorth(item, depth + 1, seen));
}

function plain(value: unknown): ValueRef {
  return typeof value === 'number' ? { kind: 'number', value } : { kind: 'other' };
}

/** Every tensor inside a value, in order, each once: what a model gave back. */
export function tensorsOf(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  const seen = new Set<unknown>();
  const look = (item: unknown) => {
    if (typeof item !== 'object' || item === null || seen.has(item)) return;
    seen.add(item);
    if (isTensor(item)) found.push(item);
    else if (!isModule(item) && hasParts(item))
      somePart(item, Number.POSITIVE_INFINITY, (part) => {
        look(part);
        return false;
      });
  };
  try {
    look(value);
  } catch {
    // A proxy that refuses to be looked at holds no tensor that could be gone on with.
  }
  return found;
}
