/** Recurrences are found in what really ran, with the gradient at every step, and what is only like one is not. */
import { describe, expect, test } from 'vitest';
import { flowAxis } from '../../../extension/reading/flowAxis.ts';
import { gradientsOf } from '../../../extension/reading/gradients.ts';
import { groupedGradients } from '../../../extension/reading/groups.ts';
import { recurrencesOf } from '../../../extension/reading/recurrences.ts';
import { run } from '../says/say.ts';

const [batch, steps, width] = [2, 7, 5];

const model = (fields: string, body: string) => {
  const text = `
import { cat, defineModel, nn, randn, stack, tanh, zeros, type Tensor } from 'tensight';
class Net extends nn.Module {
  ${fields}
  forward(x: Tensor): Tensor {
    ${body}
  }
}
export default defineModel({ model: () => new Net(), inputs: { x: randn([${batch}, ${steps}, ${width}]) } });`;
  const { trace, said } = run(text, 'backward');
  expect(said.filter(({ severity }) => severity === 'error')).toEqual([]);
  return trace.models[0]!;
};

const layer = (kind: string, options = '') =>
  model(
    `cell = new nn.${kind}(${width}, ${width}, { batchFirst: true${options} });`,
    'const [states] = this.cell.forward(x); return states.select(1, -1).square().sum();',
  );

describe('the steps of a recurrence', () => {
  test.each(['RNN', 'GRU', 'LSTM'])('of nn.%s are all there, first first, with the gradient of each state', (kind) => {
    const net = layer(kind);
    const [one, ...others] = recurrencesOf(net);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ name: 'cell', reverse: false });
    expect(one!.steps).toHaveLength(steps);
    const { rows } = gradientsOf(net, 'steps');
    expect(rows.map(({ step }) => step?.index)).toEqual([...Array(steps).keys()]);
    // The loss reads the last state alone: what arrives at the ones before went through those after.
    const norms = rows.map(({ output }) => output!.gradient.norm);
    expect(norms.every((norm) => norm > 0)).toBe(true);
    expect(norms[0]).toBeLessThan(norms.at(-1)!);
    expect(rows[0]!.gain).toBeCloseTo(norms[0]! / norms[1]!, 10);
    expect(rows.at(-1)!.gain).toBeUndefined();
  });

  test('of several layers and both ways have names of their own, and ways back are in the order they ran', () => {
    const found = recurrencesOf(layer('LSTM', ', numLayers: 2, bidirectional: true'));
    expect(found.map(({ name }) => name)).toEqual([
      'cell layer 0',
      'cell layer 0 reverse',
      'cell layer 1',
      'cell layer 1 reverse',
    ]);
    const { rows } = gradientsOf(layer('GRU', ', bidirectional: true'), 'steps');
    const back = rows.filter(({ step }) => step?.of === 'cell reverse').map(({ step }) => step?.index);
    expect(back).toEqual([...Array(steps).keys()].reverse());
  });

  test('of sequences that end early are the states, not what stands for them in the output', () => {
    const net = model(
      `cell = new nn.GRU(${width}, ${width}, { batchFirst: true });`,
      `return this.cell.forward(x, undefined, { lengths: [${steps}, 4] })[0];`,
    );
    expect(recurrencesOf(net).map(({ steps: all }) => all.length)).toEqual([steps]);
  });

  test.each([
    ['h = tanh(this.w.forward(cat([x.select(1, t), h], -1)));', 'new nn.Linear(10, 5)'],
    ['h = this.w.forward(x.select(1, t), h);', 'new nn.GRUCell(5, 5)'],
    ['const [next] = this.w.forward(x.select(1, t), [h, h]); h = next;', 'new nn.LSTMCell(5, 5)'],
  ])('of a loop by hand, stacked or not: %s', (step, cell) => {
    const loop = `let h = zeros([${batch}, 5]); const all: Tensor[] = []; for (let t = 0; t < ${steps}; t++) { ${step} all.push(h); }`;
    for (const end of ['return stack(all, 1);', 'return h;']) {
      const found = recurrencesOf(model(`w = ${cell};`, `${loop} ${end}`));
      expect(found.length, end).toBeGreaterThan(0);
      expect(found[0]!.steps).toHaveLength(steps);
    }
  });

  test.each([
    [
      'layers one above the other',
      'a = new nn.Linear(5, 5); b = new nn.Linear(5, 5); c = new nn.Linear(5, 5);',
      'const p = this.a.forward(x), q = this.b.forward(p), r = this.c.forward(q); return stack([p, q, r]);',
    ],
    [
      'an activation that is used again and again',
      'r = new nn.ReLU(); a = new nn.Linear(5, 5);',
      'return this.r.forward(this.r.forward(this.r.forward(this.a.forward(x))));',
    ],
    [
      'parts beside each other',
      'a = new nn.Linear(5, 5);',
      'return stack([0, 1, 2, 3].map((t) => tanh(this.a.forward(x.select(1, t)))));',
    ],
    [
      'blocks of a list',
      'l = new nn.ModuleList([0, 1, 2, 3].map(() => new nn.Linear(5, 5)));',
      'const all: Tensor[] = []; for (const each of this.l) { x = each.forward(x); all.push(x); } return stack(all);',
    ],
  ])('are not found in %s', (_, fields, body) => {
    expect(recurrencesOf(model(fields, body))).toEqual([]);
  });

  test('stand in the list below their recurrence, and along the chart with their numbers', () => {
    const { rows } = gradientsOf(layer('RNN', ', numLayers: 2'), 'steps');
    const grouped = groupedGradients(rows);
    expect(grouped.filter(({ index }) => index === undefined).map(({ label }) => label)).toEqual([
      'cell layer 0',
      'cell layer 1',
    ]);
    expect(grouped[1]).toEqual({ index: 0, label: 'step 0', inside: true });
    const axis = flowAxis(rows);
    expect(axis.ticks.map(({ label }) => Number(label))).toEqual([...Array(steps).keys(), ...Array(steps).keys()]);
    expect(axis.stacks).toMatchObject([
      { from: 0, to: steps - 1, label: 'cell layer 0' },
      { from: steps, to: 2 * steps - 1, label: 'cell layer 1' },
    ]);
  });
});
