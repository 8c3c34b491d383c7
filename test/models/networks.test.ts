/** Every network: parameter count, state, shapes and attention at its full size; at a reduced one, PyTorch's values and gradients. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { context } from '../../core/context.ts';
import type { DefinedModel, nn } from '../../core/index.ts';
import { type Facts, kept, sample } from './answer.ts';
import { compare, tolerance } from './error.ts';
import { attentionOf, expectFacts } from './facts.ts';
import { modes, prepare } from './given.ts';
import { networks } from './networks.ts';
import { plain, shapes, watched } from './run.ts';

const facts: Record<string, Facts> = JSON.parse(readFileSync(new URL('./facts.json', import.meta.url), 'utf8'));

function blank(model: DefinedModel): nn.Module {
  context.mode = 'shape';
  try {
    return model.model() as nn.Module;
  } finally {
    context.mode = 'value';
  }
}

describe.each(Object.entries(networks))('%s', (name, network) => {
  const small = network.small ?? network.model;

  test('has the published size, PyTorch’s state and shapes, and its attention', { timeout: 60_000 }, () => {
    const trace = shapes(network.model);
    expect(trace.complete).toBe(true);
    expect(trace.totals.parameters).toBe(network.parameters);
    expectFacts(trace, blank(network.model), facts[name]!);
    expect(attentionOf(trace)).toEqual(network.attention);
  });

  test.each(modes(small))('computes, reduced, what PyTorch does, training: %s', { timeout: 60_000 }, (training) => {
    const { samples, inputs } = kept(network.small ? `${name} small` : name, training);
    const given = prepare(small, { values: 'fixed', training, inputs });
    for (const run of [plain, watched]) {
      const found = Object.entries(run(given)).map(([part, value]) => [part, sample(value)]);
      const { outputs, gradients } = compare(Object.fromEntries(found), samples, small);
      expect(outputs.error, outputs.name).toBeLessThanOrEqual(tolerance);
      expect(gradients.error, gradients.name).toBeLessThanOrEqual(tolerance);
    }
  });
});
