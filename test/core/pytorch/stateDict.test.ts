/** `stateDict()` of every layer against PyTorch's, by name, shape and order (stateDict.json, written by stateDict.py). */
import { describe, expect, test } from 'vitest';
import { nn, randn, zeros } from '../../../core/index.ts';
import { recorded } from './recorded.ts';

interface Layer {
  readonly ours: string;
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly parameters: readonly string[];
}

const layers = recorded<Layer[]>('stateDict.json', import.meta.url);

/** The layer's expression, which stands beside PyTorch's in stateDict.txt. */
const built = (expression: string): nn.Module => new Function('nn', 'zeros', `return ${expression}`)(nn, zeros);

const shapesOf = (state: nn.StateDict) => Object.entries(state).map(([name, { shape }]) => [name, [...shape]]);

/** Layers with a state that torch.nn has not, in the PyTorch of stateDict.json or at all. */
const unknownToPyTorch = ['RMSNorm', 'BahdanauAttention', 'LuongAttention', 'LearnedPositionalEmbedding'];

describe('a state has PyTorch’s names, shapes and order', () => {
  test.each(layers.map((layer) => [layer.ours, layer] as const))('%s', (ours, { state, parameters }) => {
    const layer = built(ours);
    expect(shapesOf(layer.stateDict())).toEqual(Object.entries(state));
    expect(layer.namedParameters().map(([name]) => name)).toEqual(parameters);
  });

  test.each(layers.map((layer) => [layer.ours, layer] as const))('and is loaded as it is: %s', (ours, { state }) => {
    const layer = built(ours);
    const given = Object.fromEntries(Object.entries(state).map(([name, shape]) => [name, randn(shape)]));
    expect(layer.loadStateDict(given)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    for (const [name, t] of Object.entries(layer.stateDict()))
      expect([...t.toTypedArray()]).toEqual([...given[name]!.to(t.dtype).toTypedArray()]);
  });

  test('for every class of layers that has a state', () => {
    const shown = new Set(layers.flatMap(({ ours }) => [...ours.matchAll(/nn\.(\w+)/g)].map(([, name]) => name!)));
    const all: readonly [string, unknown][] = Object.entries(nn);
    const classes = all.filter(([, value]) => typeof value === 'function' && value.prototype instanceof nn.Module);
    expect(classes.length).toBeGreaterThan(80);
    const missing = classes.map(([name]) => name).filter((name) => !shown.has(name));
    // What is left takes no sizes, or none that make a parameter: built by small numbers it has no state.
    const withState = missing.filter((name) => !unknownToPyTorch.includes(name) && stateOf(name) > 0);
    expect(withState).toEqual([]);
  });
});

/** How many tensors the state of a layer of this class has, made with the arguments that any of them takes. */
function stateOf(name: string): number {
  const make = (nn as unknown as Record<string, new (...args: unknown[]) => nn.Module>)[name]!;
  for (const args of [[], [2], [2, [1, 2]], [{ scaleFactor: 2 }]]) {
    try {
      return Object.keys(new make(...args).stateDict()).length;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  throw new Error(`nn.${name} can't be made without arguments; give it a case in stateDict.txt`);
}
