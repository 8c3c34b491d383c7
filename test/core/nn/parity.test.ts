/** Layers against the golden cases' lists of PyTorch's parameters and buffers, and shape runs against value runs. */
import { describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { nn } from '../../../core/index.ts';
import { cases, loadCase } from '../../golden/cases.ts';
import { Missing } from '../../golden/lookup.ts';
import { moduleOf, runCase } from '../../golden/run.ts';

function classOf(op: string): string {
  return op.slice(op.lastIndexOf('.') + 1);
}

const moduleCases = cases.filter(({ kind, op }) => kind === 'module' && classOf(op) in nn);

function inMode<T>(mode: 'shape' | 'value', body: () => T): T {
  const before = context.mode;
  context.mode = mode;
  try {
    return body();
  } finally {
    context.mode = before;
  }
}

describe('every layer', () => {
  test.each(moduleCases.map((golden) => [golden.id, golden] as const))(
    '%s names its parameters and buffers as PyTorch does, in the same order, with the same shapes',
    (_, golden) => {
      const state = moduleOf(golden, loadCase(golden))!.stateDict();
      const theirs = [...golden.params, ...golden.buffers];
      const shapes = Object.fromEntries(Object.entries(state).map(([name, { shape }]) => [name, [...shape]]));
      expect(shapes).toEqual(Object.fromEntries(theirs.map(({ name, shape }) => [name, shape])));
      const parameters = Object.keys(state).filter((name) => golden.params.some((p) => p.name === name));
      expect(parameters).toEqual(golden.params.map(({ name }) => name));
    },
  );

  test.each(moduleCases.map((golden) => [golden.id, golden] as const))(
    '%s has the same shapes in a shape run, without a number computed',
    (_, golden) => {
      const data = loadCase(golden);
      inMode('shape', () => {
        try {
          const { outputs } = runCase(golden, data);
          for (const { name, shape } of golden.outputs) {
            expect(outputs[name]?.shape, name).toEqual(shape);
            if (golden.params.length > 0) expect(outputs[name]?.isMeta, `${name} has no data`).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof Missing)) throw error;
        }
      });
    },
  );
});
