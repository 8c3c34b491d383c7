/** What was chosen is there again after a reload: the editor keeps the page's state, and a restart hands it back the same way. */
import { expect, test } from 'vitest';
import { address, open, reopenInSilence, settled, tab } from './tab.ts';

/** What is drawn in a canvas, once something is. */
const drawn = (canvas: string): Promise<string> =>
  tab
    .locator(canvas)
    .first()
    .evaluate(async (own: HTMLCanvasElement) => {
      const blank = new OffscreenCanvas(own.width, own.height)
        .getContext('2d')
        ?.getImageData(0, 0, own.width, own.height);
      const pixels = () => own.getContext('2d')?.getImageData(0, 0, own.width, own.height).data.join();
      while (pixels() === blank?.data.join()) await new Promise((done) => setTimeout(done, 50));
      return own.toDataURL();
    });

const layer = 'encoder.layers.1.self_attn';
const value = (testId: string) => tab.getByTestId(testId).inputValue();
const pressed = (testId: string) =>
  tab.locator(`[data-testid="${testId}"] :is([aria-pressed="true"], [aria-checked="true"])`).innerText();
const reload = async (): Promise<void> => {
  await settled();
  // As a window that is opened again: nothing in the address says what to show.
  const trace = new URL(tab.url()).searchParams.get('trace');
  await tab.goto(address(trace === null ? '' : `trace=${trace}`));
  await tab.waitForSelector('[data-testid="header"]');
  await settled();
};

test('every choice of the shapes and their detail comes back', async () => {
  await open(`view=shapes&layer=${layer}`, 1100, 780);
  await tab.getByTestId('filter').locator('input').fill('self');
  for (const box of ['toggle-operations', 'toggle-fold']) await tab.getByTestId(box).click();
  await tab.locator('[data-testid="tensor"][data-tensor="parameter in_proj_weight"]').click();
  await tab.getByTestId('tensor-of-gradient').click();
  await tab.locator('[data-testid="tensor"][data-tensor="out out"]').click();
  await tab.getByTestId('slider-batch').fill('1');
  const rows = () => tab.getByTestId('module-row').allInnerTexts();
  const before = await rows();
  await reload();
  expect(await tab.getByTestId('filter').locator('input').inputValue()).toBe('self');
  for (const box of ['toggle-operations', 'toggle-fold'])
    expect(await tab.getByTestId(box).getAttribute('aria-checked'), box).toBe('true');
  expect(await rows()).toEqual(before);
  expect(await pressed('tensors')).toContain('out');
  expect(await pressed('tensor-of')).toBe('Gradient');
  expect(await value('slider-batch')).toBe('1');
  // Another row and back, and what was chosen of the first is still there.
  await tab.locator('[data-testid="module-row"][data-key="decoder.layers.0.self_attn"]').click();
  expect(await value('slider-batch')).toBe('0');
  await tab.locator(`[data-testid="module-row"][data-key="${layer}"]`).click();
  expect(await value('slider-batch')).toBe('1');
});

test('the gradient that was looked at, and what the rows are, come back', async () => {
  await open('view=gradients&trace=rnn&layer=head', 1100, 780);
  await tab.locator('[data-testid="gradient-of"][data-name="bias"]').click();
  await reload();
  expect(await tab.locator('[data-testid="gradient-of"][aria-pressed="true"]').getAttribute('data-name')).toBe('bias');
  await tab.getByTestId('gradient-rows-steps').click();
  await tab.getByTestId('gradient-row').nth(3).click();
  await reload();
  expect(await pressed('gradient-rows')).toBe('Steps');
  expect(await tab.locator('[data-testid="gradient-row"][aria-selected="true"]').innerText()).toContain('step 3');
});

test('the picture that was enlarged comes back, and Escape leads from it to all of them', async () => {
  await open('view=shapes&trace=cnn&layer=conv1', 571, 780);
  await tab.getByTestId('small-picture').nth(5).click();
  await tab.getByTestId('slice-map').waitFor();
  expect(await value('slider-channel')).toBe('5');
  await reload();
  expect(await pressed('pictures')).toBe('One');
  expect(await value('slider-channel')).toBe('5');
  await tab.keyboard.press('Escape');
  await tab.getByTestId('small-picture').first().waitFor();
  expect(await tab.getByTestId('detail').count()).toBe(1);
});

test('the heads are listed as they were sorted, the chosen one, its scale and its table come back', async () => {
  await open('view=attention', 900, 780);
  await tab.getByTestId('toggle-list').click();
  const cells = (column: number): Promise<string[]> =>
    tab.getByTestId('head-row').evaluateAll((all, at) => all.map((row) => row.children[at]?.textContent ?? ''), column);
  await tab.getByTestId('sort-entropy').click();
  await tab.waitForFunction(
    "[...document.querySelectorAll('[data-testid=head-row]')].every((row) => row.children[2].textContent !== '')",
  );
  await settled();
  const rising = (await cells(2)).map(Number);
  expect(rising.length).toBeGreaterThan(12);
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
  await tab.getByTestId('sort-entropy').click();
  await tab.getByTestId('head-row').nth(2).click();
  await tab.getByTestId('colour-scale').evaluate((own: HTMLInputElement) => {
    own.value = 'unit';
    own.dispatchEvent(new Event('change'));
  });
  await tab.getByTestId('toggle-table').click();
  const said = () => tab.locator('[data-testid="head-row"][aria-selected="true"]').innerText();
  const before = [await said(), await tab.getByTestId('head-index').innerText(), ...(await cells(2))];
  await reload();
  await tab.getByTestId('attention-table').waitFor();
  await settled();
  expect([await said(), await tab.getByTestId('head-index').innerText(), ...(await cells(2))]).toEqual(before);
  expect(await tab.locator('[aria-sort="descending"]').innerText()).toContain('Entropy');
  expect(await tab.getByTestId('colour-scale').evaluate((own: HTMLInputElement) => own.value)).toBe('unit');
  // The heads are one Tab stop, and so are the rows: arrows lead on inside.
  await tab.locator('[data-testid="head-row"][aria-selected="true"]').press('ArrowDown');
  expect(await tab.getByTestId('head-row').nth(3).getAttribute('aria-selected')).toBe('true');
  await tab.getByTestId('sort-entropy').press('ArrowLeft');
  expect(await tab.evaluate('document.activeElement.dataset.testid')).toBe('sort-layer');
});

/** Each with what it is drawn in, and what it says beside that. */
const pictures = [
  ['view=attention&layer=decoder.layers.1.self_attn', ['.overview canvas', '.map-frame canvas'], 'head-index'],
  ['view=gradients&layer=encoder.layers.0.linear1', [], 'gradient-row'],
  // Of a sheet of pictures the first is drawn.
  ['view=shapes&trace=cnn&layer=conv1', ['.small-picture canvas'], 'small-picture'],
] as const;

test.each(pictures)(
  'the last picture comes back before the editor says a word, is said to be of an earlier run, and stays until another: %s',
  async (query, canvases, beside) => {
    await open(query, 900, 780);
    const trace = new URL(tab.url()).searchParams.get('trace');
    const own = trace === null ? '' : `&trace=${trace}`;
    const seen = async () => {
      await tab.waitForFunction("document.querySelector('.empty-thumb, .histogram.placeholder') === null");
      return {
        pictures: await Promise.all(canvases.map(drawn)),
        says: await tab.getByTestId(beside).allInnerTexts(),
        bars: await tab.locator('.histogram .bars').evaluateAll((all) => all.map((path) => path.getAttribute('d'))),
      };
    };
    const before = await seen();
    expect(before.pictures.length + before.bars.length).toBeGreaterThan(0);
    await reopenInSilence(own);
    await tab.getByTestId(beside).first().waitFor();
    await settled();
    expect(await seen()).toEqual(before);
    const badge = () => tab.locator('[data-testid="provenance"]').getAttribute('data-provenance');
    expect(await badge()).toBe('earlier-run');
    // The engine is another one: what it has run of the present text is its shapes.
    await tab.evaluate('tensightHost.page.notify("file", { uri: tensightHost.update().uri, locked: false })');
    await tab.evaluate('tensightHost.page.notify("update", { ...tensightHost.update(), run: undefined })');
    await settled();
    expect(await seen()).toEqual(before);
    expect(await badge()).toBe('earlier-run');
    expect(await tab.locator('.error-text, [data-testid="gone"]').count()).toBe(0);
    await tab.evaluate(
      'tensightHost.page.notify("update", { ...tensightHost.update(), run: { ...tensightHost.update().run, run: 77 } })',
    );
    await tab.locator('[data-testid="provenance"][data-provenance="executed"]').waitFor();
  },
);

test('a picture that was never on the screen is said to be gone with its engine', async () => {
  await open('view=attention&layer=decoder.layers.1.self_attn', 900, 780);
  await reopenInSilence();
  await tab.getByTestId('map-of-scores').click();
  await tab.locator('.map-frame canvas').waitFor();
  await tab.evaluate('tensightHost.page.notify("file", { uri: tensightHost.update().uri, locked: false })');
  await tab.evaluate('tensightHost.page.notify("update", { ...tensightHost.update(), run: undefined })');
  await tab.getByTestId('map-of-gradient').click();
  await tab.getByTestId('gone').waitFor();
  await tab.getByTestId('map-of-weights').click();
  await tab.locator('.map-frame canvas').waitFor();
  expect(await tab.getByTestId('gone').count()).toBe(0);
});

test('a training is there again with its losses, and says that its parameters are lost', async () => {
  await open('view=training&training=done', 900, 780);
  const pace = () => tab.getByTestId('training-pace').innerText();
  const before = await pace();
  await reopenInSilence();
  await tab.getByTestId('training').waitFor();
  expect(await pace()).toBe(before);
  expect(await tab.getByTestId('training-remark').innerText()).toContain(
    'The window was opened again, so the trained parameters were lost.',
  );
  expect(await tab.getByTestId('parameters').count()).toBe(0);
});
