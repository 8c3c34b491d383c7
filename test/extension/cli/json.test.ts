import { defineModel, nn, randn, type Tensor } from 'tensight';
import { expect, it } from 'vitest';
import { runFile } from '../../../core/trace/run.ts';
import { toJson } from '../../../extension/cli/json.ts';

class Again extends nn.Module {
  fc = new nn.Linear(4, 4, { bias: false });
  forward(x: Tensor, left = 3): Tensor {
    const y = this.fc.forward(x);
    return left === 0 ? y : this.forward(y, left - 1);
  }
}

it.each(['shape', 'forward'] as const)('what a layer that calls itself does is counted once, in mode %s', (mode) => {
  let now = 0;
  const { trace } = runFile({
    ...{ file: 'a.model.ts', run: 1, mode, fallback: true, memoryLimit: 1e9, sites: [] },
    load: () => ({ again: defineModel({ model: () => new Again(), inputs: { x: randn([2, 4]) } }) }),
    now: () => now++,
  });
  const [model] = toJson(trace).models;
  const [root, fc] = model!.modules;
  const once = 2 * 2 * 4 * 4;
  expect([root!.calls, fc!.calls]).toEqual([4, 4]);
  expect([root!.flops, fc!.flops, model!.totals.flops]).toEqual([4 * once, 4 * once, 4 * once]);
  if (mode === 'forward') expect(root!.ms).toBe(trace.models[0]!.calls[0]!.ms);
});
