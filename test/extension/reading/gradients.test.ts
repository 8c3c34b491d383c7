import { describe, expect, test } from 'vitest';
import { gradientsOf } from '../../../extension/reading/gradients.ts';
import { logScale } from '../../../webview/charts/logScale.ts';
import { perceptron, transformer } from '../../../webview/dev/traces/models.ts';

const run = (ailments = {}) => transformer({ mode: 'backward', run: 1, ailments }).models[0]!;

describe('The gradient’s way', () => {
  test('goes from the first layer to the loss, layers only unless blocks are asked for', () => {
    const { rows } = gradientsOf(run(), 'layers');
    expect(rows[0]?.path).toBe('source');
    expect(rows.at(-1)?.path).toBe('head');
    expect(rows.some((row) => row.path === 'encoder.layers.0')).toBe(false);
    expect(gradientsOf(run(), 'all').rows.some((row) => row.path === 'encoder.layers.0')).toBe(true);
    const blocks = gradientsOf(run(), 'blocks').rows;
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.every(({ block }) => block)).toBe(true);
  });

  test('a healthy model has nothing marked', () => {
    expect(gradientsOf(run(), 'layers').rows.filter((row) => row.verdict !== undefined)).toEqual([]);
  });

  test.each(['nan', 'exploding', 'dead'] as const)('%s is marked at its layer', (ailment) => {
    const { rows } = gradientsOf(run({ 'decoder.layers.0.linear2': ailment }), 'layers');
    expect(rows.find((row) => row.path === 'decoder.layers.0.linear2')?.verdict).toBe(ailment);
  });

  test('vanishing is marked from the layer where it begins on back', () => {
    const { rows } = gradientsOf(run({ 'encoder.layers.0.linear2': 'vanishing' }), 'layers');
    const marked = rows.filter((row) => row.verdict === 'vanishing').map((row) => row.path);
    expect(marked).toContain('encoder.layers.0.linear2');
    expect(marked).toContain('source');
    expect(marked).not.toContain('decoder.layers.1.linear1');
  });

  test('parameters’ norms are joined, and the gain is of input over output', () => {
    const { rows } = gradientsOf(perceptron({ mode: 'backward', run: 1 }).models[0]!, 'layers');
    const last = rows.at(-1)!;
    expect(last.parameterNorm).toBeCloseTo(Math.hypot(...last.parameters.map((own) => own.gradient.norm)));
    expect(last.gain).toBeCloseTo(rows.at(-2)!.output!.gradient.norm / last.output!.gradient.norm);
  });

  test('without a backward run there are none', () => {
    expect(gradientsOf(transformer({ mode: 'forward', run: 1 }).models[0]!, 'layers').rows).toEqual([]);
  });
});

describe('The logarithmic scale', () => {
  test('spans whole decades and grows upwards', () => {
    const scale = logScale([0.003, 2], 200, false);
    expect(scale.ticks.at(0)?.text).toBe('10⁻³');
    expect(scale.ticks.at(-1)?.text).toBe('10¹');
    expect(scale.y(2)).toBeLessThan(scale.y(0.003));
    expect(scale.zeroY).toBeUndefined();
  });

  test('zero and NaN have lanes of their own, below and above every number', () => {
    const scale = logScale([0, 1e-9, 1], 200, true);
    expect(scale.y(0)).toBeGreaterThan(scale.y(1e-9));
    expect(scale.y(Number.POSITIVE_INFINITY)).toBeLessThan(scale.y(1));
  });

  test('one norm, or none, is drawn too', () => {
    expect(Number.isFinite(logScale([0.02], 100, false).y(0.02))).toBe(true);
    expect(logScale([], 100, false).ticks.length).toBeGreaterThan(1);
  });

  test('that is not finite at the loss is no measure of the others', () => {
    const model = run();
    const last = gradientsOf(model, 'layers').rows.at(-1)!.output!.tensor;
    const tensors = model.tensors.map((tensor) =>
      tensor.id === last ? { ...tensor, gradient: { ...tensor.gradient!, nan: 3 } } : tensor,
    );
    const { rows, thresholds } = gradientsOf({ ...model, tensors }, 'layers');
    expect(thresholds).toBeUndefined();
    expect(rows.map(({ verdict }) => verdict).filter(Boolean)).toEqual(['nan']);
  });
});
