import { Module } from '../nn/module.ts';
import { Tensor } from '../tensor/tensor.ts';
import type { TensorId, ValueRef } from './trace.ts';

/** How a value of the person's program becomes plain data that refers to tensors and modules by id. */
export interface Registry {
  tensorId(tensor: Tensor): TensorId;
  moduleId(module: Module): number;
}

const most = 16;

/** What of `value` is worth recording; undefined where no tensor or module is in it. */
export function refOf(value: unknown, registry: Registry, depth = 0): ValueRef | undefined {
  if (value instanceof Tensor) return { kind: 'tensor', tensor: registry.tensorId(value) };
  if (value instanceof Module) return { kind: 'module', module: registry.moduleId(value) };
  if (depth > 2 || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    if (!value.slice(0, most).some(worth)) return undefined;
    return { kind: 'list', items: value.slice(0, most).map((item) => refOf(item, registry, depth + 1) ?? plain(item)) };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain objects only: a model's own prototype may come from another realm, so compare by shape.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined;
  const entries = Object.entries(value).slice(0, most);
  if (!entries.some(([, item]) => worth(item))) return undefined;
  return {
    kind: 'dict',
    entries: Object.fromEntries(entries.map(([key, item]) => [key, refOf(item, registry, depth + 1) ?? plain(item)])),
  };
}

function worth(value: unknown): boolean {
  return value instanceof Tensor || value instanceof Module || Array.isArray(value);
}

function plain(value: unknown): ValueRef {
  return typeof value === 'number' ? { kind: 'number', value } : { kind: 'other' };
}

/** Every tensor id inside a reference, in order. */
export function tensorsIn(ref: ValueRef | undefined): TensorId[] {
  switch (ref?.kind) {
    case 'tensor':
      return [ref.tensor];
    case 'list':
      return ref.items.flatMap(tensorsIn);
    case 'dict':
      return Object.values(ref.entries).flatMap(tensorsIn);
    default:
      return [];
  }
}

/** Every tensor inside a value, in order: what a model gave back. */
export function tensorsOf(value: unknown, depth = 0): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (depth > 3 || typeof value !== 'object' || value === null || value instanceof Module) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap((item) => tensorsOf(item, depth + 1));
}
