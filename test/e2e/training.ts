/** A model learns in the editor: the lens is clicked, the curve comes, and the trained model is looked at. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { code, pictures } from './window.ts';

/** The panel in front, once its training is so. */
async function trainingPanel(state: string): Promise<Frame> {
  const frame = await code.webview(`[data-testid="training"][data-state="${state}"]`);
  await frame.getByTestId('loss-chart').waitFor();
  return frame;
}

/** Waits for a lens of this title. */
const lens = (title: RegExp) =>
  code.until(async () => (await code.codeLenses()).some((text) => title.test(text)), `a lens with ${title}`);

/** A line to learn, on one screen. */
const line = (steps: number, rate: string) => `import { defineModel, nn, optim, randn } from 'tensight';

export default defineModel({
  name: 'Slope',
  model: () => new nn.Linear(64, 64),
  inputs: { input: randn([64, 64]) },
  loss: ({ output, inputs }) => nn.functional.mseLoss(output, inputs.input),
  train: {
    steps: ${steps},
    optimizer: (parameters) => new optim.SGD(parameters, { lr: ${rate} }),
    result: ({ losses }) => ({ 'steps made': losses.length }),
  },
});
`;

export function training(): void {
  beforeAll(() => {
    writeFileSync(join(code.folder, 'long.model.ts'), line(1_000_000, '0.01'));
    writeFileSync(join(code.folder, 'wild.model.ts'), line(100, '1e6'));
  });

  test('"Train" over a model trains it: the loss falls on the screen, and what it came to stands below', async () => {
    await code.openFile('linear.model.ts');
    await code.actByLens('Train');
    const frame = await trainingPanel('done');
    expect(await frame.getByTestId('training-state').innerText()).toContain('trained 300 steps');
    const chart = frame.getByTestId('loss-chart').locator('[data-points]');
    expect(await chart.getAttribute('data-points')).toBe('300');
    expect(await chart.getAttribute('data-axis')).toBe('log');
    const result = await frame.getByTestId('training-result').innerText();
    expect(result.replace(/\s+/g, ' ')).toBe('Result w1 3 w2 −2 b 1 f(4, 2) 9');
    await lens(/^✓ trained 300 steps · loss 7\.26 → \S+$/);
    await code.screenshot(join(pictures, 'training.png'));
  });

  test('the curve is read by keyboard, and as a table', async () => {
    const frame = await trainingPanel('done');
    const chart = frame.getByTestId('loss-chart').locator('[role="slider"]');
    await chart.focus();
    await chart.press('Home');
    expect(await frame.getByTestId('loss-reading').innerText()).toBe('step 1: 7.26');
    await chart.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/^step 2: /);
    await frame.getByTestId('loss-axis-linear').click();
    expect(await frame.getByTestId('loss-chart').locator('[data-axis]').getAttribute('data-axis')).toBe('linear');
    await frame.getByTestId('loss-table-toggle').click();
    const rows = frame.getByTestId('loss-table').locator('tbody tr');
    expect(await rows.count()).toBe(300);
    expect((await rows.first().innerText()).replace(/\s+/g, ' ')).toMatch(/^1 7\.26/);
    await frame.getByTestId('loss-table-toggle').click();
  });

  test('runs look at the trained model, and say so; a switch goes back to the initial one', async () => {
    const frame = await trainingPanel('done');
    const provenance = frame.locator('[data-testid="provenance"][data-provenance="executed"]');
    await frame.getByTestId('run-backward').click();
    await provenance.filter({ hasText: 'trained, 300 steps' }).waitFor();
    await frame.getByTestId('tab-gradients').click();
    const loss = async () =>
      Number((await frame.getByTestId('loss').locator('b').innerText()).replace(/·10⁻.*/, 'e-9'));
    expect(await loss()).toBeLessThan(1e-6);
    await frame.getByTestId('parameters-initial').click();
    await provenance.filter({ hasText: 'initial parameters' }).waitFor();
    expect(await loss()).toBeCloseTo(7.26, 2);
    await lens(/trained.*runs use initial parameters$/);
    await frame.getByTestId('parameters-trained').click();
    await provenance.filter({ hasText: 'trained, 300 steps' }).waitFor();
  });

  test('an edit puts a training out of date; one that changes a shape lets go of its parameters, and says so', async () => {
    const panel = await code.webview('[data-testid="panel"]');
    await panel.getByTestId('tab-training').click();
    await code.replaceLine(6, '  line = new nn.Linear(2, 1, { bias: false });');
    await panel.getByTestId('training-stale').waitFor();
    expect(await panel.getByTestId('training-remark').innerText()).toContain(
      'no longer fit the model: line.bias no longer exists',
    );
    expect(await panel.getByTestId('parameters').count()).toBe(0);
    await lens(/^⋯ ✓ trained.*parameters dropped$/);
    await code.replaceLine(6, '  line = new nn.Linear(2, 1);');
    await panel.getByTestId('training-stale').waitFor({ state: 'detached' });
  });

  test('a long training holds nothing up, and keeps its curve where it is stopped', async () => {
    await code.openFile('long.model.ts');
    await code.actByLens('Train');
    const running = await trainingPanel('running');
    await code.page.locator('.statusbar-item', { hasText: /Slope · step [\d,]+ of 1,000,000 · loss/ }).waitFor();
    await running.getByTestId('pace-left').waitFor();
    expect(await code.hoverAt(5, 23)).toMatch(/4\.16 k parameters/);
    await code.page.keyboard.press('Escape');
    await code.screenshot(join(pictures, 'training-running.png'));
    await lens(/^◼ Stop training$/);
    await running.getByTestId('stop-training').click();
    const stopped = await trainingPanel('stopped');
    expect(await stopped.getByTestId('training-state').innerText()).toMatch(/stopped at step [\d,]+ of 1,000,000/);
    expect(await stopped.getByTestId('training-result').innerText()).toMatch(/steps made\s+[\d,]+/);
    const made = Number(await stopped.getByTestId('training').getAttribute('data-step'));
    expect(made).toBeGreaterThan(1);
    const points = Number(await stopped.locator('[data-points]').getAttribute('data-points'));
    expect(points).toBeGreaterThan(1);
    expect(points).toBeLessThanOrEqual(512);
  });

  test('one that runs away fails at its loss, with the curve that led there', async () => {
    // Out of the panel, so that the file opens beside it.
    await code.goTo(1);
    await code.openFile('wild.model.ts');
    await code.actByLens('Train');
    const frame = await trainingPanel('failed');
    expect(await frame.getByTestId('training-problem').innerText()).toMatch(
      /the loss is (NaN|Infinity) at step \d+ line 7/,
    );
    const [problem] = await code.problems(1);
    expect(problem).toMatch(/the loss is (NaN|Infinity) at step \d+.*\[Ln 7, Col 33\].*learning rate/);
    // An editor that loses the focus drops the lenses it was about to ask for, until it has it again.
    await code.goTo(1);
    await lens(/^✗ training failed at step \d+ · loss/);
    await code.screenshot(join(pictures, 'training-failed.png'));
    await frame.getByTestId('training-problem-line').click();
    await code.page.locator('.active-line-number', { hasText: /^7$/ }).waitFor();
  });

  test('a panel that comes back shows its training as it was', async () => {
    await code.openFile('long.model.ts');
    const frame = await trainingPanel('stopped');
    expect(await frame.getByTestId('training-state').innerText()).toMatch(/stopped at step [\d,]+ of 1,000,000/);
    expect(await frame.getByTestId('training-result').innerText()).toMatch(/steps made\s+[\d,]+/);
  });
}
