/**
 * What model code can reach of the library: what it exports, and what only the values it makes lead to (the record of an operation, by
 * the graph of a result).
 */
import type * as Library from '../../core/index.ts';
import { registry } from '../../core/ops/registry.ts';

export function reachable(core: typeof Library): Readonly<Record<string, unknown>> {
  const { nn, optim, ones, Vocabulary } = core;
  const layer = new nn.Linear(1, 1);
  const input = ones([1, 1], { requiresGrad: true });
  const loss = layer.forward(input).sum();
  const hooks = [input.registerHook(() => undefined), layer.registerForwardHook(() => undefined)];
  loss.backward();
  return {
    ...core,
    ...within('', core),
    registry,
    layer,
    loss,
    hooks,
    chosen: input.max(0),
    optimizer: new optim.SGD(layer.parameters(), { lr: 0.1 }),
    vocabulary: new Vocabulary(['a']),
  };
}

/** What is in namespaces, by path: bundled, they have a getter for each name, which does not lead to what it gives. */
function within(path: string, namespace: object): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(namespace)) {
    if (path !== '') all[path + key] = value;
    if (isNamespace(value)) Object.assign(all, within(`${path}${key}.`, value));
  }
  return all;
}

function isNamespace(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const properties = Object.values(Object.getOwnPropertyDescriptors(value));
  const bundled = properties.length > 0 && properties.every(({ get }) => get !== undefined);
  return bundled || Object.prototype.toString.call(value) === '[object Module]';
}
