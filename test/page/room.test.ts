/** What the panel's page does with its room: at every width and height, under a hand that drags, and after a reload. */
import { expect, test } from 'vitest';
import { open, settled, tab } from './tab.ts';

const heads = (list: string): Promise<string[]> => tab.getByTestId(list).getByRole('columnheader').allInnerTexts();
const box = async (testId: string) => {
  const found = await tab.getByTestId(testId).boundingBox();
  if (found === null) throw new Error(`${testId} is not on the page`);
  return found;
};

test('a wider panel never shows fewer columns, and the half of a common window shows the table', async () => {
  const layer = { shapes: 'encoder.layers.1.self_attn', gradients: 'encoder.layers.0.linear1' };
  for (const [view, list] of [
    ['shapes', 'module-tree'],
    ['gradients', 'gradient-list'],
  ] as const) {
    await open(`view=${view}&layer=${layer[view]}`, 320, 780);
    let before: string[] = [];
    for (let width = 320; width <= 1500; width += 30) {
      await tab.setViewportSize({ width, height: 780 });
      await tab.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      const now = await heads(list);
      expect(now, `${view} at ${width} px`).toEqual(expect.arrayContaining(before));
      if (width === 560) expect(now.length, `${view} at ${width} px`).toBeGreaterThanOrEqual(4);
      before = now;
    }
  }
});

test('a layer’s name, the sizes of its output and its numbers are whole at every width, spreads under each other', async () => {
  for (const trace of ['transformer', 'gpt', 'sick']) {
    await open(`view=shapes&trace=${trace}&layer=decoder.layers.0.linear1`, 571, 780);
    for (const width of [285, 320, 571, 700, 900]) {
      await tab.setViewportSize({ width, height: 780 });
      await settled();
      const spreads = await tab.locator('[data-testid="module-row"] .spread').evaluateAll((all) => ({
        starts: new Set(all.map((each) => each.getBoundingClientRect().left).filter((left) => left > 0)).size,
        // Behind them what is not whole is not there.
        cut: all.flatMap((each) => {
          const parts = [...(each.parentElement?.children ?? [])] as HTMLElement[];
          const edge = (each.closest('.values') as HTMLElement).getBoundingClientRect();
          const inSight = parts.map((part) => ({ part, box: part.getBoundingClientRect() }));
          return inSight
            .filter(({ box }) => box.width > 0 && box.top < edge.bottom - 4 && box.right > edge.right + 1)
            .map(({ part }) => part.innerText);
        }),
      }));
      expect(spreads, `${trace} at ${width} px`).toEqual({ starts: width < 571 || width === 900 ? 1 : 0, cut: [] });
      const cut = await tab.getByTestId('module-row').evaluateAll((rows) =>
        rows.flatMap((row) => {
          const parts = [...row.querySelectorAll<HTMLElement>('.label, .output')];
          return parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.innerText);
        }),
      );
      expect(cut, `${trace} at ${width} px`).toEqual([]);
    }
  }
});

test.each([
  ['view=attention&layer=decoder.layers.1.self_attn', 'attention-overview', /^\d\.(self|multihead)_attn$/],
  ['view=attention&layer=decoder.layers.1.self_attn', 'head-list', /^\d\.(self|multihead)_attn$/],
  ['view=gradients', 'gradient-list', /^[\w]+$/],
])('the end of a path, which tells one layer from another, is whole: %s, %s', async (query, list, whole) => {
  await open(query, 900, 780);
  if (list === 'head-list') await tab.getByTestId('toggle-list').click();
  for (const width of [900, 571, 320]) {
    await tab.setViewportSize({ width, height: 780 });
    await settled();
    const ends = await tab
      .getByTestId(list)
      .locator('.layer-path > :last-child')
      .evaluateAll((all: HTMLElement[]) =>
        all.map((end) => {
          // Less than a pixel too much, too, ends in an ellipsis.
          const text = document.createRange();
          text.selectNodeContents(end);
          const over = text.getBoundingClientRect().width - end.getBoundingClientRect().width;
          return over > 0.01 ? `cut: ${end.innerText}` : end.innerText;
        }),
      );
    expect(ends.length).toBeGreaterThan(1);
    expect(
      ends.filter((end) => !whole.test(end)),
      `${width} px`,
    ).toEqual([]);
  }
});

test('an attention map takes the larger side of its pane, whatever the number of heads', async () => {
  for (const [trace, sizes] of [
    [
      'transformer',
      [
        [571, 780],
        [900, 780],
        [1200, 600],
      ],
    ],
    ['gpt', [[571, 780]]],
  ] as const) {
    await open(`view=attention&trace=${trace}`, 571, 780);
    for (const [width, height] of sizes) {
      await tab.setViewportSize({ width, height });
      await tab.locator('[data-testid="attention-map"] .plot').waitFor();
      await settled();
      const pane = await box('head-map');
      const map = await tab.locator('[data-testid="attention-map"] .plot').boundingBox();
      // Tokens and legend have the rest.
      const across = map!.width / (pane.width - 110);
      const down = map!.height / (pane.height - 76 - 110);
      expect(Math.max(across, down), `${trace}, ${width} × ${height}`).toBeGreaterThan(0.85);
      // Where the panes stand one above the other, the map's is the larger.
      if (width < 860) expect(pane.height).toBeGreaterThan(height * 0.55);
    }
  }
});

const content = {
  'view=shapes&layer=encoder.layers.1.self_attn': '[data-testid="module-row"]',
  'view=shapes&state=stale': '[data-testid="module-row"]',
  'view=shapes&trace=broken': '[data-testid="module-row"]',
  'view=gradients&trace=sick': '[data-testid="gradient-row"]',
  'view=attention': '[data-testid="attention-thumb"]',
  'view=training&training=running': '[data-testid="loss-chart"] svg',
  'view=training&training=done': '[data-testid="loss-chart"] svg',
  'view=training&training=stopped': '[data-testid="loss-chart"] svg',
};

const sizes = {
  '390 px high': [571, 390],
  '200 % of half a window': [285, 390],
  '390 px high and wide': [1200, 390],
  narrow: [320, 780],
} as const;

test.each(Object.entries(content))('shows its content at every size: %s', async (query, inside) => {
  await open(query, 571, 780);
  for (const [size, [width, height]] of Object.entries(sizes)) {
    await tab.setViewportSize({ width, height });
    await settled();
    const shown = await tab.locator(inside).evaluateAll(
      (all, bottom) =>
        all.filter((each) => {
          const { left, top, height: own } = each.getBoundingClientRect();
          const middle = document.elementFromPoint(left + 12, top + own / 2);
          return top + own / 2 < bottom && middle !== null && (each === middle || each.contains(middle));
        }).length,
      height,
    );
    expect(shown, size).toBeGreaterThanOrEqual(query.includes('training') ? 1 : 3);
    const cut = await tab.evaluate(
      'Math.max(...[...document.querySelectorAll(".views, .pane, .tabs-end, .actions > *, .toolbar > *, .training-state > *, .tensor-view > *")].map((each) => each.getBoundingClientRect().right)) - innerWidth',
    );
    expect(cut, `${size}: pixels beyond the right edge`).toBeLessThanOrEqual(0);
  }
});

test('where there is room for one pane only, a row opens a page of its own, with a way back', async () => {
  await open('view=shapes', 571, 390);
  await tab.getByTestId('module-row').nth(2).click();
  await tab.getByTestId('detail').waitFor();
  expect(await tab.getByTestId('module-tree').count()).toBe(0);
  await tab.getByTestId('back').click();
  await tab.getByTestId('module-tree').waitFor();
  expect(await tab.getByTestId('module-row').nth(2).getAttribute('aria-selected')).toBe('true');
  await tab.getByTestId('tab-attention').click();
  await tab.setViewportSize({ width: 400, height: 390 });
  await tab.getByTestId('attention-thumb').nth(1).click();
  await tab.getByTestId('attention-map').waitFor();
  expect((await box('attention-map')).height).toBeGreaterThan(150);
  await tab.getByTestId('back').click();
  await tab.getByTestId('attention-overview').waitFor();
});

test('a sash is dragged or moved by keys, keeps its place over a reload, and goes back by a double click', async () => {
  const sash = () => tab.getByTestId('shapes-sash');
  const now = async () => Number(await sash().getAttribute('aria-valuenow'));
  await open('view=shapes&layer=encoder.layers.1.self_attn', 571, 780);
  const first = await now();
  const { x, y } = await box('shapes-sash');
  await tab.mouse.move(x + 100, y);
  await tab.mouse.down();
  await tab.mouse.move(x + 100, y - 60, { steps: 3 });
  await tab.mouse.up();
  expect(await now()).toBe(first - 60);
  await sash().press('ArrowDown');
  expect(await now()).toBe(first - 52);
  expect(Math.abs((await box('detail')).y - (await box('shapes-sash')).y)).toBeLessThan(6);
  await settled();
  await tab.reload();
  await sash().waitFor();
  expect(Math.abs((await now()) - (first - 52))).toBeLessThanOrEqual(1);
  await sash().press('Home');
  expect(await now()).toBe(Number(await sash().getAttribute('aria-valuemin')));
  await sash().dblclick({ position: { x: 50, y: 0 } });
  expect(await now()).toBe(first);
});

test('a column is dragged or moved by keys, and is as wide after a reload', async () => {
  await open('view=gradients', 571, 780);
  const sash = () => tab.getByTestId('column-out');
  const now = async () => Number(await sash().getAttribute('aria-valuenow'));
  const first = await now();
  const { x, y, height } = await box('column-out');
  await tab.mouse.move(x, y + height / 2);
  await tab.mouse.down();
  await tab.mouse.move(x + 20, y + height / 2, { steps: 3 });
  await tab.mouse.up();
  expect(await now()).toBe(first + 20);
  await tab.getByTestId('column-layer').press('ArrowDown');
  await tab.keyboard.press('ArrowRight');
  expect(await now()).toBe(first + 28);
  await settled();
  await tab.reload();
  await sash().waitFor();
  expect(await now()).toBe(first + 28);
  await sash().press('Enter');
  expect(await now()).toBe(first);
});

test('nothing moves when a run starts, and while a view is changed the header is one line', async () => {
  for (const width of [320, 571, 900]) {
    await open('view=shapes', width, 780);
    const before = await box('module-tree');
    expect((await box('header')).height).toBeLessThan(40);
    await tab.evaluate(
      'tensightHost.page.notify("state", { uri: tensightHost.update().uri, trusted: true, summary: "", shapes: false, run: { mode: "forward", startedAt: Date.now() - 2000, stopping: false, ops: 5, bytes: 5 } })',
    );
    await tab.getByTestId('progress').waitFor({ state: 'attached' });
    expect(await box('module-tree')).toEqual(before);
  }
});
