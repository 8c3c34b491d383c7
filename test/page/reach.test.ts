/** What is within reach: of a finger, of the keyboard, of eyes that need 11 pixels; and where Escape leads. */
import { expect, test } from 'vitest';
import { open as show, tab } from './tab.ts';

const open = (query: string): Promise<void> => show(query, 571, 780);

const states = [
  'view=shapes&layer=encoder.layers.1.self_attn',
  'view=attention&layer=decoder.layers.1.self_attn',
  'view=gradients&trace=sick&layer=encoder.layers.0.linear1',
  'view=training&training=done',
];

test.each(states)(
  'every target is caught 12 pixels around its middle, and no text is below 11 pixels: %s',
  async (query) => {
    await open(query);
    const missed = await tab.evaluate(() => {
      const found: string[] = [];
      const targets =
        'button, vscode-button, vscode-checkbox, vscode-dropdown, vscode-text-field, vscode-panel-tab, .twisty .codicon';
      for (const target of document.querySelectorAll<HTMLElement>(targets)) {
        const { left, top, width, height } = target.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const at = (dx: number, dy: number) => document.elementFromPoint(x + dx, y + dy);
        const own = (hit: Element | null) => {
          const owner = target.closest<HTMLElement>('.twisty') ?? target;
          return hit !== null && owner.contains(hit);
        };
        // Out of sight: below an edge, or under what is in front of it.
        if (width === 0 || !own(at(0, 0))) continue;
        const around = [
          [-11, 0],
          [11, 0],
          [0, -11],
          [0, 11],
        ] as const;
        const hidden = getComputedStyle(target).opacity === '0';
        if (!hidden && !around.every(([dx, dy]) => own(at(dx, dy)) || y + dy > innerHeight))
          found.push(`${target.outerHTML.slice(0, 120)} ${Math.round(width)} × ${Math.round(height)}`);
      }
      return found;
    });
    expect(missed).toEqual([]);
    const small = await tab.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      while (walker.nextNode()) {
        const { parentElement: parent, textContent: text } = walker.currentNode;
        if (parent === null || text?.trim() === '' || /SCRIPT|STYLE/.test(parent.tagName)) continue;
        const size = Number.parseFloat(getComputedStyle(parent).fontSize);
        if (size < 11) found.push(`${size} px: ${text}`);
      }
      return found;
    });
    expect(small).toEqual([]);
  },
);

test('a list is one Tab stop, with arrows inside', async () => {
  await open('view=gradients&trace=sick&layer=encoder.layers.0.linear1');
  const stops = () =>
    tab.evaluate(() =>
      ['.gradient-list .rows', '.tensors'].map(
        (list) =>
          [...document.querySelectorAll<HTMLElement>(`${list} :is(button, [tabindex])`)].filter(
            (each) => each.tabIndex >= 0,
          ).length,
      ),
    );
  expect(await stops()).toEqual([1, 1]);
  await tab.locator('.tensors button[tabindex="0"]').focus();
  await tab.keyboard.press('ArrowDown');
  expect(await tab.evaluate('document.activeElement.dataset.name')).toBe('weight');
  expect(await stops()).toEqual([1, 1]);
  const row = () => tab.locator('[data-testid="gradient-row"][aria-selected="true"]').getAttribute('data-layer');
  await tab.locator('[data-testid="gradient-row"][tabindex="0"]').focus();
  const before = await row();
  await tab.keyboard.press('ArrowDown');
  expect(await row()).not.toBe(before);
});

test('Escape clears the filter, then closes the detail, then returns to the code', async () => {
  await open('view=shapes&layer=encoder.layers.1.self_attn');
  await tab.evaluate('tensightHost.page.on("leave", () => tensightHost.log.push("left"))');
  const left = () => tab.evaluate('tensightHost.log.filter((each) => each === "left").length');
  const field = tab.getByTestId('filter').locator('input');
  await field.fill('self');
  await tab.keyboard.press('Escape');
  expect(await field.inputValue()).toBe('');
  expect(await tab.getByTestId('detail').count()).toBe(1);
  await tab.keyboard.press('Escape');
  expect(await tab.getByTestId('detail').count()).toBe(0);
  expect(await left()).toBe(0);
  await tab.keyboard.press('Escape');
  await tab.waitForFunction('tensightHost.log.includes("left")');
});

test('a click looks at a row and leaves the code where it is; Enter, a double click and the icon go there', async () => {
  await open('view=shapes&state=run');
  const places = async () => (await tab.evaluate('tensightHost.log')) as { readonly preview: boolean }[];
  const row = tab.getByTestId('module-row').nth(3);
  await row.click();
  expect((await places()).map(({ preview }) => preview)).toEqual([true]);
  await row.press('Enter');
  await row.getByTestId('row-link').click();
  expect((await places()).map(({ preview }) => preview)).toEqual([true, false, false]);
  await row.dblclick();
  expect((await places()).at(-1)?.preview).toBe(false);
});

test('a row tells the context menu its path, its places and what it says', async () => {
  await open('view=gradients');
  const context = await tab.getByTestId('gradient-row').nth(1).getAttribute('data-vscode-context');
  const row = JSON.parse(context ?? '{}');
  expect(row).toMatchObject({ webviewSection: 'row', tensightSite: true, model: 'default' });
  expect(row.values).toContain(`layer\t${row.path}\n`);
  expect(row.values).toMatch(/‖∂L\/∂out‖\t[\d.e-]+/);
});

test('while a run goes on, the way to another says that it ends that one', async () => {
  await open('view=shapes&state=progress');
  expect(await tab.getByTestId('run-backward').innerText()).toContain('Stop');
  expect(await tab.getByTestId('run-forward').getAttribute('title')).toMatch(
    /Ends the backward run that is under way$/,
  );
});

test('where a view waits for the run that goes on, it says so and stops it', async () => {
  await open('view=attention&state=progress');
  expect(await tab.getByTestId('attention-empty').innerText()).toContain('when the backward run ends');
  await tab.getByTestId('empty-forward').click();
  await tab.getByTestId('attention-empty').getByText('Run the model to fill').waitFor();
});

test('a "?" in each view says what its marks mean, and Escape closes it', async () => {
  for (const query of states) {
    await open(query);
    await tab.locator('[data-testid="help"]').click();
    expect((await tab.getByTestId('help-note').innerText()).length).toBeGreaterThan(200);
    await tab.keyboard.press('Escape');
    expect(await tab.getByTestId('help-note').count()).toBe(0);
  }
});
