/** Names and shapes of a network, as PyTorch has them. */
import { expect } from 'vitest';
import type { nn } from '../../core/index.ts';
import type { ModelTrace } from '../../core/trace/trace.ts';
import type { Facts } from './answer.ts';
import { referred } from './run.ts';

/** That the state has PyTorch's names in its order, and every call of every module gives PyTorch's shapes. */
export function expectFacts(trace: ModelTrace, root: nn.Module, { state, calls }: Facts): void {
  expect(Object.entries(root.stateDict()).map(([name, { shape }]) => [name, [...shape]])).toEqual(
    Object.entries(state),
  );
  const ours = new Map(trace.modules.map((module) => [module.path, module]));
  for (const [path, theirs] of Object.entries(calls)) {
    const module = ours.get(path);
    // torchvision has a Sequential with names in its place, which is called.
    if (module?.className === 'ModuleDict') continue;
    const shapes = module?.calls.map((call) =>
      referred(trace.calls[call]!.output).map((id) => trace.tensors[id]!.shape),
    );
    expect(shapes, `what "${path}" gives`).toEqual(theirs);
  }
}

/** Attention as one line a run of alike records: `12 × self, 12 heads, 64 × 64`. */
export function attentionOf({ attention }: ModelTrace): string[] {
  const runs: { count: number; text: string }[] = [];
  for (const { kind, heads, queryLength, keyLength } of attention) {
    const text = `${kind}, ${heads} head${heads === 1 ? '' : 's'}, ${queryLength} × ${keyLength}`;
    if (runs.at(-1)?.text === text) runs.at(-1)!.count++;
    else runs.push({ count: 1, text });
  }
  return runs.map(({ count, text }) => `${count} × ${text}`);
}
