import { isDefinedModel } from '../model.ts';
import { Module } from '../nn/module.ts';
import { Optimizer } from '../optim/optimizer.ts';
import { Tensor } from '../tensor/tensor.ts';
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
    if (value instanceof Tensor) return { kind: 'tensor', tensor: registry.tensorId(value) };
    if (value instanceof Module) return { kind: 'module', module: registry.moduleId(value) };
    return isWorth(value, 0, new Set()) ? written(value, registry, 0, new Set()) : undefined;
  } catch {
    // A proxy that refuses to be looked at: looking must not change the run.
    return undefined;
  }
}

function written(value: unknown, registry: Registry, depth: number, above: Set<object>): ValueRef {
  if (value instanceof Tensor) return { kind: 'tensor', tensor: registry.tensorId(value) };
  if (value instanceof Module) return { kind: 'module', module: registry.moduleId(value) };
  const parts = partsOf(value, most);
  if (parts === undefined || depth >= deepest || above.has(value as object)) return plain(value);
  above.add(value as object);
  const items = parts.map(([key, item]) => [key, written(item, registry, depth + 1, above)] as const);
  above.delete(value as object);
  if (Array.isArray(value) || value instanceof Set) return { kind: 'list', items: items.map(([, item]) => item) };
  return { kind: 'dict', entries: Object.fromEntries(items) };
}

/** What a list, a dict, a map, a set or an instance of the person's own class consists of; undefined of anything else. */
function partsOf(value: unknown, limit: number): (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  if (Array.isArray(value)) return value.slice(0, limit).map((item, i) => [String(i), item]);
  if (value instanceof Set) return [...value].slice(0, limit).map((item, i) => [String(i), item]);
  if (value instanceof Map) return [...value].slice(0, limit).map(([key, item]) => [String(key), item]);
  // An optimizer holds every parameter, a definition its sample: neither is a value of a model.
  if (value instanceof Optimizer || isDefinedModel(value)) return undefined;
  // Without calling a getter.
  return Object.keys(value)
    .slice(0, limit)
    .map((key) => [key, Object.getOwnPropertyDescriptor(value, key)?.value]);
}

/** Whether a tensor or module is anywhere in a value, cycles and all, as far as it is written down. */
function isWorth(value: unknown, depth: number, seen: Set<unknown>): boolean {
  if (value instanceof Tensor || value instanceof Module) return true;
  if (typeof value !== 'object' || value === null || depth > deepest) return false;
  if (seen.size >= budget || seen.has(value)) return false;
  seen.add(value);
  return partsOf(value, most)?.some(([, item]) => isWorth(item, depth + 1, seen)) ?? false;
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
    if (item instanceof Tensor) found.push(item);
    else if (!(item instanceof Module))
      for (const [, part] of partsOf(item, Number.POSITIVE_INFINITY) ?? []) look(part);
  };
  try {
    look(value);
  } catch {
    // A proxy that refuses to be looked at holds no tensor that could be gone on with.
  }
  return found;
}
