import { expect, test } from 'vitest';
import { flowAxis } from '../../../extension/reading/flowAxis.ts';
import { gradientsOf } from '../../../extension/reading/gradients.ts';
import { gpt, perceptron, transformer } from '../../../webview/dev/traces/models.ts';

const axisOf = (file: ReturnType<typeof gpt>, which: 'layers' | 'blocks' = 'layers') => {
  const { rows } = gradientsOf(file.models[0]!, which);
  return { rows, ...flowAxis(rows) };
};

test('blocks are counted as their paths count them, each over its own layers', () => {
  const { rows, ticks, stacks, blocks } = axisOf(gpt({ mode: 'backward', run: 1 }));
  expect(ticks.map(({ label }) => label)).toEqual([...Array(12).keys()].map(String));
  for (const { from, to, label } of ticks)
    for (const [i, { path }] of rows.entries()) expect(path.startsWith(`h.${label}.`), path).toBe(i >= from && i <= to);
  expect(stacks.map(({ label }) => label)).toEqual(['h']);
  expect(stacks[0]).toMatchObject({ from: ticks[0]!.from, to: ticks.at(-1)!.to });
  expect(blocks).toBe(true);
});

test('two stacks count apart, and what is in no block has no number', () => {
  const { rows, ticks, stacks } = axisOf(transformer({ mode: 'backward', run: 1 }));
  expect(ticks.map(({ label }) => label)).toEqual(['0', '1', '0', '1']);
  expect(stacks.map(({ label }) => label)).toEqual(['encoder.layers', 'decoder.layers']);
  expect(ticks[0]!.from).toBeGreaterThan(0);
  expect(ticks.at(-1)!.to).toBeLessThan(rows.length - 1);
});

test('where the rows are blocks, each has its number; a plain sequence counts its layers and is no stack', () => {
  const blocks = axisOf(gpt({ mode: 'backward', run: 1 }), 'blocks');
  expect(blocks.ticks.map(({ label }) => label)).toEqual([...Array(12).keys()].map(String));
  const plain = axisOf(perceptron({ mode: 'backward', run: 1 }));
  expect(plain.ticks.map(({ label }) => label)).toEqual(['0', '1', '2']);
  expect(plain.stacks).toEqual([]);
  expect(plain.blocks).toBe(false);
});
