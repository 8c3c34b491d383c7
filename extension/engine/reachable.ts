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
    registry,
    layer,
    loss,
    hooks,
    chosen: input.max(0),
    optimizer: new optim.SGD(layer.parameters(), { lr: 0.1 }),
    vocabulary: new Vocabulary(['a']),
  };
}
