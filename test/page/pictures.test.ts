/** Small multiples, the steps of a recurrence, what stands along the chart, and what tells operations from each other. */
import { expect, test } from 'vitest';
import { open, settled, tab } from './tab.ts';

const box = async (testId: string, nth = 0) => {
  const found = await tab.getByTestId(testId).nth(nth).boundingBox();
  if (found === null) throw new Error(`${testId} is not on the page`);
  return found;
};

test('feature maps stand beside each other by channel, kernels by output, with square pixels; a click enlarges one', async () => {
  await open('view=shapes&trace=cnn&layer=conv1', 571, 780);
  const pictures = tab.getByTestId('small-picture');
  expect(await pictures.count()).toBe(8);
  const sizes = await pictures
    .locator('canvas')
    .evaluateAll((all) => all.map((each) => [each.clientWidth, each.clientHeight]));
  for (const [width, height] of sizes) expect(width).toBe(height);
  // All of them in one row, seen without scrolling.
  expect((await box('small-picture', 7)).y).toBe((await box('small-picture', 0)).y);
  expect((await box('small-picture', 7)).y + 40).toBeLessThan(780);
  await pictures.nth(0).focus();
  await tab.keyboard.press('ArrowRight');
  await tab.keyboard.press('Enter');
  expect(await tab.getByTestId('slider-channel').inputValue()).toBe('1');
  const map = await tab.locator('[data-testid="slice-map"] .plot').boundingBox();
  expect(map!.width).toBeCloseTo(map!.height, 1);
  await tab.getByTestId('tensor').filter({ hasText: 'weight' }).click();
  await settled();
  expect(await pictures.count()).toBe(8);
  // Another image, all of its channels.
  await tab.getByTestId('tensor').filter({ hasText: 'out' }).first().click();
  await tab.getByTestId('pictures-1').click();
  await tab.getByTestId('slider-image').fill('3');
  await settled();
  expect(await pictures.count()).toBe(8);
  await tab.getByTestId('pictures-0').click();
  await settled();
  expect(await pictures.count()).toBe(10);
});

test('the steps of a recurrence are one line each, with their numbers, and a list below', async () => {
  await open('view=gradients&trace=rnn', 900, 780);
  await tab.getByTestId('gradient-rows-steps').click();
  expect(await tab.getByTestId('gradient-chart').locator('svg').getAttribute('data-points')).toBe('48');
  expect(
    await tab.getByTestId('flow-stack').evaluateAll((all) => all.map((each) => each.getAttribute('data-label'))),
  ).toEqual(['cell layer 0', 'cell layer 1']);
  expect(await tab.getByTestId('gradient-group').first().innerText()).toBe('cell layer 0');
  const first = await tab.getByTestId('gradient-row').first().innerText();
  expect(first).toMatch(/^step 0\s+1\.\d+·10⁻⁷\s+0\.55/);
  await open('view=gradients&trace=mlp', 900, 780);
  expect(await tab.getByTestId('gradient-rows-steps').count()).toBe(0);
});

test('the norm of a gradient with NaN is NaN wherever it is said', async () => {
  await open('view=gradients&trace=sick&layer=decoder.layers.0.linear1', 571, 780);
  const said = () => tab.getByTestId('gradient-of').locator('.num').allInnerTexts();
  expect((await said())[0]).toBe('‖NaN‖');
  for (const norm of (await said()).slice(1)) expect(norm).toMatch(/^‖(NaN|\d.*)‖$/);
  expect(await tab.getByTestId('gradient-ratio').locator('b').innerText()).toBe('NaN');
});

test('blocks stand along the chart with their numbers, also where there is room for some of them only', async () => {
  await open('view=gradients&trace=gpt', 900, 780);
  const numbers = () => tab.getByTestId('flow-tick').allTextContents();
  expect(await numbers()).toEqual([...Array(12).keys()].map(String));
  expect(await tab.locator('.flow .band').count()).toBe(6);
  await tab.setViewportSize({ width: 320, height: 780 });
  await settled();
  const few = await numbers();
  expect(few[0]).toBe('0');
  const boxes = await tab
    .getByTestId('flow-tick')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect()));
  for (const [i, { left }] of boxes.entries()) if (i > 0) expect(left).toBeGreaterThan(boxes[i - 1]!.right + 2);
});

test('which product makes queries, keys and values is said beside it', async () => {
  await open('view=shapes&layer=encoder.layers.0.self_attn', 900, 780);
  await tab.getByTestId('toggle-operations').click();
  await settled();
  const rows = tab.locator('[data-key^="encoder.layers.0.self_attn#"]');
  const said = await rows.evaluateAll((all) =>
    all.map((row) =>
      [row.querySelector('.op-name')?.textContent, row.querySelector('.op-identity')?.textContent].join(' '),
    ),
  );
  expect(said.slice(0, 5)).toEqual(['linear query', 'linear key', 'linear value', 'matmul scores', 'softmax weights']);
});

test('a loss chart and its table share their room by a sash', async () => {
  await open('view=training&training=done', 571, 780);
  await tab.getByTestId('loss-table-toggle').click();
  await tab.getByTestId('loss-table').waitFor();
  const before = await box('loss-chart');
  const sash = await box('loss-sash');
  await tab.mouse.move(sash.x + 100, sash.y + 1);
  await tab.mouse.down();
  await tab.mouse.move(sash.x + 100, sash.y - 59, { steps: 3 });
  await tab.mouse.up();
  expect((await box('loss-chart')).height).toBeCloseTo(before.height - 60, 0);
  await settled();
  await tab.reload();
  await tab.getByTestId('loss-table').waitFor();
  expect((await box('loss-chart')).height).toBeCloseTo(before.height - 60, 0);
  await tab.setViewportSize({ width: 571, height: 330 });
  await settled();
  expect(await tab.getByTestId('loss-chart').count()).toBe(0);
  expect((await box('loss-table')).height).toBeGreaterThan(60);
});

test('a map says its keys where the keyboard comes to it, and hides its ring where the pointer is', async () => {
  await open('view=attention&layer=decoder.layers.1.self_attn', 900, 780);
  const map = tab.getByTestId('attention-map');
  const hint = map.locator('.keys');
  const plot = map.locator('.plot');
  expect(await hint.isVisible()).toBe(false);
  await tab.getByTestId('toggle-table').focus();
  await tab.keyboard.press('Tab');
  expect(await hint.isVisible()).toBe(true);
  await tab.keyboard.press('ArrowRight');
  expect(await hint.isVisible()).toBe(false);
  const outline = () => plot.evaluate((each) => getComputedStyle(each).outlineStyle);
  expect(await outline()).toBe('solid');
  await plot.hover();
  expect(await outline()).toBe('none');
});

test('a map stays where it is when weights, scores and gradients are changed', async () => {
  for (const width of [320, 571, 900]) {
    await open('view=attention&layer=decoder.layers.1.self_attn', width, 900);
    const top = async () => (await tab.locator('[data-testid="attention-map"] .plot').boundingBox())?.y;
    if ((await tab.getByTestId('attention-map').count()) === 0)
      await tab.getByTestId('attention-thumb').first().click();
    await tab.getByTestId('attention-map').waitFor();
    await settled();
    const before = await top();
    for (const of of ['gradient', 'scores', 'weights']) {
      await tab.getByTestId(`map-of-${of}`).click();
      await settled();
      expect(await top(), `${of} at ${width} px`).toBe(before);
    }
  }
});

test('a map that is no image fills the width there is, and says its axes', async () => {
  await open('view=shapes&layer=encoder.layers.0.linear1', 571, 900);
  await tab.getByTestId('tensor').filter({ hasText: 'weight' }).click();
  await settled();
  const [map, frame] = await Promise.all([
    tab.locator('[data-testid="slice-map"] .plot').boundingBox(),
    tab.getByTestId('slice').boundingBox(),
  ]);
  expect(map!.width / frame!.width).toBeGreaterThan(0.95);
  expect(await tab.getByTestId('slice-axes').innerText()).toMatch(/↓ \S+ 256 · → \S+ 64/);
});
