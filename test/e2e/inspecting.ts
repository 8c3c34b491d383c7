/** The main job, as a person does it: open a model, read it, run a layer, look, break it, mend it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { VSCode } from '../harness/vscode.ts';
import { code, pictures, root } from './window.ts';

const file = 'gpt.model.ts';

/** What the command line says of the same file: the same engine by another way. */
interface Inspected {
  readonly models: readonly {
    readonly loss: { readonly value: number };
    readonly gradients: readonly { readonly path: string; readonly output?: { readonly norm: number } }[];
  }[];
}

function inspected(): Inspected {
  const args = [join(root, 'dist/cli.mjs'), 'inspect', join(root, 'examples', file), '--backward', '--json'];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })) as Inspected;
}

const panel = (): Promise<Frame> => code.webview('[data-testid="panel"]');

/** A hover's text, once it says what is looked for: VS Code shows what each provider says as it comes. */
async function hovered(line: number, column: number, part: RegExp): Promise<string> {
  let text = '';
  await code.until(async () => {
    text = await code.hoverAt(line, column);
    await code.page.keyboard.press('Escape');
    return part.test(text);
  }, `${part} in the hover at ${line}:${column}`);
  return text;
}

async function show(tab: 'shapes' | 'attention' | 'gradients'): Promise<Frame> {
  const frame = await panel();
  await frame.getByTestId(`tab-${tab}`).click();
  await frame.getByTestId(`view-${tab}`).waitFor();
  return frame;
}

export function inspecting(): void {
  beforeAll(() => {
    writeFileSync(
      join(code.folder, 'slow.model.ts'),
      `import { defineModel, nn, randn, type Tensor } from 'tensight';

class Slow extends nn.Module {
  fc = new nn.Linear(512, 512);

  forward(x: Tensor): Tensor {
    for (let i = 0; i < 2000; i++) x = this.fc.forward(x).tanh();
    return x;
  }
}

export default defineModel({ model: () => new Slow(), inputs: { x: randn([256, 512]) } });
`,
    );
  });

  test('opening a model shows the shape of every line that has one', async () => {
    await code.openFile(file);
    const hints = await code.inlayHints();
    expect(hints).toContainEqual({ line: 15, text: ': [seq 13, embed 64]' });
    expect(hints).toContainEqual({ line: 18, text: '→ [seq 13, embed 64]' });
    expect(await code.problems(0)).toEqual([]);
    await code.hideProblems();
  });

  test('a hover says what a tensor is, with its tokens', async () => {
    const hover = await hovered(15, 11, /f32 \[seq 13, embed 64\]/);
    expect(hover).toContain('3.25 KB');
    expect(hover).toContain('made by layerNorm at line 15');
    expect(hover).toContain('the cat sat on the mat');
  });

  test('a lens says first what goes in and comes out; "Run layer" runs it and opens the panel on it', async () => {
    const lenses = await code.codeLenses();
    expect(lenses.slice(0, 2)).toEqual(['[seq 13, embed 64] → [seq 13, embed 64] · 50 k parameters ×2', '▷ Run ▾']);
    await code.actByLens('Run layer');
    const frame = await panel();
    await frame.locator('[data-testid="panel"][data-mode="forward"]').waitFor();
    expect(await frame.getByTestId('model-name').innerText()).toBe('TinyGPT');
    const row = frame.locator('[data-testid="module-row"][aria-selected="true"]');
    await row.waitFor();
    expect(await row.getByTestId('shapes-cell').innerText()).toMatch(/→.*seq 13, embed 64/s);
    await hovered(15, 11, /μ .* σ .* \[.* … .*\]/);
    await code.screenshot(join(pictures, 'shapes.png'));
  });

  test('its attention is there cell by cell: what is masked is masked, and rows sum to one', async () => {
    const frame = await show('attention');
    await frame.getByTestId('attention-row').first().waitFor();
    expect(await frame.getByTestId('attention-row').count()).toBe(2);
    await code.screenshot(join(pictures, 'attention.png'));
    await frame.getByTestId('toggle-table').click();
    await frame.getByTestId('attention-cell').first().waitFor();
    const row = (index: number) =>
      frame
        .locator(`[data-testid="attention-cell"][data-row="${index}"]`)
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-value')));
    for (const index of [0, 3]) {
      const cells = await row(index);
      expect(cells.slice(index + 1).every((value) => value === 'masked')).toBe(true);
      const sum = cells.slice(0, index + 1).reduce((total, value) => total + Number(value), 0);
      expect(sum).toBeCloseTo(1, 4);
    }
    await frame.getByTestId('toggle-table').click();
  });

  test('"Backward" shows every gradient, the same that the command line computes', async () => {
    await code.actByLens('Backward');
    const frame = await panel();
    await frame.locator('[data-testid="panel"][data-mode="backward"]').waitFor();
    await show('gradients');
    await frame.getByTestId('gradient-row').first().waitFor();
    const shown = await frame.getByTestId('gradient-row').evaluateAll((rows) =>
      rows.map((row) => ({
        path: row.getAttribute('data-layer') ?? '',
        norm: Number(row.querySelector('[data-value]')?.getAttribute('data-value')),
      })),
    );
    const [model] = inspected().models;
    const norms = new Map(model?.gradients.map(({ path, output }) => [path, output?.norm]));
    expect(shown.length).toBeGreaterThan(4);
    for (const { path, norm } of shown) expect(norm, path).toBeCloseTo(norms.get(path) ?? Number.NaN, 6);
    await code.screenshot(join(pictures, 'gradients.png'));

    // In a hover as full as this one the actions are in sight, whatever stands below them.
    await code.until(async () => /Inspect/.test(await code.hoverAt(16, 23)), 'the actions in the hover');
    const hover = code.page
      .locator('.monaco-hover:not(.hidden):not(.workbench-hover)')
      .filter({ visible: true })
      .first();
    const [whole, action] = [await hover.boundingBox(), await hover.getByText('Inspect').boundingBox()];
    expect((action?.y ?? 0) + (action?.height ?? 0)).toBeLessThan((whole?.y ?? 0) + (whole?.height ?? 0));
    await code.screenshot(join(pictures, 'hover.png'));
    await code.page.keyboard.press('Escape');
  });

  test('a line in the panel leads to the source, and the caret in the source to the panel', async () => {
    const frame = await show('shapes');
    const row = frame.locator('[data-testid="module-row"]', { hasText: 'positionEmbedding' });
    await row.click();
    await frame.getByTestId('detail').getByTestId('go-to-line').first().click();
    await code.page.locator('.active-line-number', { hasText: /^(38|24)$/ }).waitFor();
    await code.goTo(26, 4);
    await frame.locator('[data-testid="module-row"][aria-selected="true"]', { hasText: 'norm' }).waitFor();
  });

  test('the menu of a row copies what it says, goes to its class, and runs the model up to it', async () => {
    const frame = await show('shapes');
    const row = frame.locator('[data-testid="module-row"][data-key="blocks.0"]');
    // A menu takes no click in its first moments, and may go away with it: chosen again, as a person would.
    const choose = (item: string, done: () => Promise<boolean>): Promise<void> =>
      code.until(async () => {
        await row.click({ button: 'right', timeout: 5000 }).catch(() => {});
        const entry = code.page.getByRole('menuitem', { name: item }).first();
        await entry.click({ timeout: 5000 }).catch(() => {});
        return code.until(done, item, 2500).then(
          () => true,
          () => false,
        );
      }, `"${item}" to be done`);
    const copied = () => code.page.evaluate(() => navigator.clipboard.readText());
    await choose('Copy Path', async () => (await copied()) === 'blocks.0');
    await choose('Copy Values', async () => /^layer\tblocks\.0\nclass\tBlock\nshapes\t.*seq 13/.test(await copied()));
    const line = readFileSync(join(root, 'examples', file), 'utf8')
      .split('\n')
      .findIndex((each) => /^class Block /.test(each));
    await choose('Go to Class', () =>
      code.page.locator('.statusbar-item', { hasText: `Ln ${line + 1}, Col 7` }).isVisible(),
    );
    await choose('Run up to Here', () => frame.getByText('to blocks.0').first().isVisible());
    await frame.locator('[data-testid="panel"][data-mode="forward"]').waitFor();
  });

  test('the panel follows the active model file, each as it was left, and no file opens on top of it', async () => {
    const frame = await show('attention');
    await frame.getByTestId('toggle-table').click();
    await frame.getByTestId('attention-table').waitFor();
    await show('shapes');
    const rows = () => frame.locator('[data-testid="module-row"]').allInnerTexts();
    const all = await rows();
    await frame.getByTestId('filter').locator('input').fill('norm');
    await code.until(async () => (await rows()).length < all.length, 'the filter');
    const filtered = await rows();
    const title = (text: string) => code.page.locator('.tab', { hasText: text }).waitFor();

    // Its group is locked: what is opened while it has the focus goes beside it.
    await code.page.keyboard.press('Control+2');
    await code.openFile('slow.model.ts');
    await title('Tensight: slow.model.ts');
    await frame.getByTestId('model-name').getByText('Slow').waitFor();
    expect(await frame.getByTestId('filter').locator('input').inputValue()).toBe('');
    await code.openFile(file);
    await title(`Tensight: ${file}`);
    await code.until(async () => String(await rows()) === String(filtered), 'the rows as they were filtered');
    expect(await frame.getByTestId('filter').locator('input').inputValue()).toBe('norm');
    await frame.getByTestId('filter').locator('input').fill('');
    await show('attention');
    await frame.getByTestId('attention-table').waitFor();
    await frame.getByTestId('toggle-table').click();

    await code.page.keyboard.press('Control+2');
    await code.runCommand('Tensight: Lock Panel to This File');
    await title(`[Tensight] ${file}`);
    await code.page.keyboard.press('Control+1');
    await code.openFile('slow.model.ts');
    await title(`[Tensight] ${file}`);
    await code.page.keyboard.press('Control+2');
    await code.runCommand('Tensight: Unlock Panel: Follow the Active Model File');
    await title(`Tensight: ${file}`);
    await code.page.keyboard.press('Control+1');
    await code.openFile(file);
  });

  test('what was chosen in each view is there again after the window was opened anew, and the panel at once', async () => {
    let frame = await show('attention');
    const text = () => frame.getByTestId('filter').locator('input');
    /** Clicked until it is so: a click may come while what it is meant for is drawn anew. */
    const press = async (testId: string, pressed: boolean): Promise<void> =>
      code.until(async () => {
        const now = await frame.getByTestId(testId).getAttribute('aria-pressed', { timeout: 5000 });
        if (now === String(pressed)) return true;
        // What is in its way while the room is shared out anew is gone the next time.
        await frame
          .getByTestId(testId)
          .click({ timeout: 5000 })
          .catch(() => {});
        return false;
      }, `${testId} to be ${pressed}`);
    await press('toggle-list', true);
    await frame.getByTestId('sort-entropy').click();
    await frame.locator('[data-testid="head-row"][data-layer="blocks.0.attn"]').last().click();
    await press('toggle-table', true);
    await show('gradients');
    await show('shapes');
    await text().fill('norm');
    const rows = () => frame.locator('[data-testid="module-row"]').allInnerTexts();
    await code.until(async () => (await rows()).every((row) => !row.includes('mlp')), 'the filter');
    const sash = frame.getByTestId('shapes-sash');
    const before = Number(await sash.getAttribute('aria-valuenow'));
    await sash.press('ArrowUp');
    const size = await sash.getAttribute('aria-valuenow');
    expect(Number(size)).toBeLessThan(before);
    const filtered = await frame.locator('[data-testid="module-row"] .label').allInnerTexts();
    await show('attention');
    const cells = () => frame.getByTestId('attention-cell').allInnerTexts();
    await frame.getByTestId('attention-cell').first().waitFor();
    const seen = await cells();
    await show('shapes');
    // Kept a moment after it was chosen.
    const kept = () => frame.evaluate(() => performance.getEntriesByName('tensight.kept').length > 0);
    await code.until(kept, 'the choices to be kept');

    await code.reloadWindow();
    frame = await panel();
    expect(await frame.locator('[data-testid="module-row"] .label').allInnerTexts()).toEqual(filtered);
    expect(await text().inputValue()).toBe('norm');
    expect(await frame.getByTestId('shapes-sash').getAttribute('aria-valuenow')).toBe(size);
    await code.page.locator('.tab', { hasText: `Tensight: ${file}` }).waitFor();
    // The engine is another, and the values that were on the screen are there, as an earlier run's.
    await frame.locator('[data-testid="provenance"][data-provenance="earlier-run"]').waitFor();
    await show('attention');
    await code.until(async () => String(await cells()) === String(seen), 'the weights that were on the screen');
    expect(await frame.locator('.error-text').count()).toBe(0);

    await frame.getByTestId('run-forward').click();
    frame = await code.webview('[data-testid="panel"][data-mode="forward"]');
    await show('attention');
    await frame.getByTestId('attention-table').waitFor();
    const head = frame.locator('[data-testid="head-row"][aria-selected="true"]');
    await head.waitFor();
    expect(await head.getAttribute('data-layer')).toBe('blocks.0.attn');
    expect(await frame.locator('[aria-sort="ascending"]').innerText()).toContain('Entropy');
    await press('toggle-table', false);
    await press('toggle-list', false);
    await show('shapes');
    await text().fill('');
  });

  test('the panel goes with its tab into another window and back, values, choices and all', async () => {
    await show('attention');
    // Of the layer the caret is in.
    await (await panel()).getByTestId('attention-row').first().getByTestId('attention-thumb').last().click();
    /** The chosen head and what its map says, and whose values they are. */
    const looks = async (window: VSCode): Promise<string> => {
      const frame = await window.webview('[data-testid="panel"][data-mode="forward"]');
      const head = frame.locator('[data-testid="attention-thumb"][aria-pressed="true"]');
      const origin = frame.locator('[data-testid="map-provenance"]');
      await frame.locator('.map-frame canvas').first().waitFor();
      return `${await frame.getByTestId('head-index').innerText()}: ${await head.getAttribute('title')}, ${await origin.innerText()}`;
    };
    let before = '';
    const whole = /^3: head 3, peak .*, entropy .*, executed$/;
    await code.until(async () => {
      before = await looks(code);
      return whole.test(before);
    }, 'the map');
    const opened = code.page.context().waitForEvent('page');
    await code.page.keyboard.press('Control+2');
    await code.runCommand('View: Move Editor into New Window');
    const other = new VSCode(await opened, code.folder, async () => {});
    await code.until(async () => (await looks(other)) === before, 'the same in the other window');
    expect(await code.page.locator('.tab', { hasText: `Tensight: ${file}` }).count()).toBe(0);
    await other.runCommand('View: Restore Editors into Main Window');
    await code.page.locator('.tab', { hasText: `Tensight: ${file}` }).waitFor();
    await code.runCommand('View: Move Editor into Right Group');
    await code.until(async () => (await looks(code)) === before, 'the same back again');
    await show('shapes');
  });

  test('a wrong width is underlined where it goes wrong, and gone when it is mended', async () => {
    const line =
      '  mlp = new nn.Sequential(new nn.Linear(width, 4 * width), new nn.GELU(), new nn.Linear(4 * width, width));';
    await code.replaceLine(12, line.replace('4 * width, width)', '4 * width, width + 1)'));
    const [problem] = await code.problems(1);
    expect(problem).toMatch(/\[seq 13, embed 64\].*\[seq 13, features 65\].*do not fit.*tensight.*\[Ln 18, Col 12\]/);
    await code.screenshot(join(pictures, 'broken.png'));
    const hints = await code.inlayHints();
    expect(hints).toContainEqual({ line: 17, text: ': [seq 13, embed 64]' });
    expect(hints).toContainEqual({ line: 18, text: '⋯ [seq 13, embed 64]' });
    await code.replaceLine(12, line);
    expect(await code.problems(0)).toEqual([]);
    // The run before the edit is of this very text again.
    await hovered(15, 11, /executed/);
  });

  test('a long run says how far it is, can be cancelled, and holds nothing up', async () => {
    await code.openFile('slow.model.ts');
    await code.actByLens('Run model');
    const running = code.page.locator('.statusbar-item', { hasText: 'forward · Slow' });
    await running.waitFor();
    await hovered(4, 4, /263 k parameters/);
    // The driven VS Code keeps its notifications in the centre.
    await code.page.locator('[id="status.notifications"] a').click();
    const notification = code.page.locator('.notifications-center', { hasText: 'Tensight: running forward' });
    await notification.getByText(/operations/).waitFor();
    await notification.getByText('Cancel').click();
    await running.waitFor({ state: 'hidden' });
    await code.page.keyboard.press('Escape');
    expect(await code.inlayHints()).toContainEqual({ line: 8, text: '→ [256, features 512]' });

    const slow = await code.webview('Tensight: slow.model.ts');
    await slow.getByTestId('outcome').getByText('forward cancelled').waitFor();
    await slow.getByTestId('run-forward').click();
    await running.waitFor();
    const stop = slow.getByTestId('run-forward').getByText('Stop');
    await stop.waitFor();
    await code.screenshot(join(pictures, 'running.png'));
    await slow.getByTestId('run-backward').click();
    await code.page.locator('.statusbar-item', { hasText: 'backward · Slow' }).waitFor();
    await slow.getByTestId('run-backward').getByText('Stop').click();
    await slow.getByTestId('outcome').getByText('backward cancelled').waitFor();
    await slow.getByTestId('run-backward').getByText('Backward').waitFor();
  });

  test('keys run and stop, lead to the views, and Escape leads from the panel back to the code', async () => {
    await code.openFile('slow.model.ts');
    const chord = async (key: string): Promise<void> => {
      await code.page.keyboard.press('Control+k');
      await code.page.keyboard.press(`Alt+${key}`);
    };
    await chord('r');
    await code.page.locator('.statusbar-item', { hasText: 'forward · Slow' }).waitFor();
    await chord('s');
    const frame = await panel();
    await frame.getByTestId('outcome').getByText('forward cancelled').waitFor();
    await chord('3');
    await frame.getByTestId('gradients-empty').waitFor();
    // With the focus in the panel, too.
    await frame.getByTestId('tab-shapes').click();
    await chord('2');
    await frame.getByTestId('attention-empty').waitFor();
    const inCode = code.page.locator('.editor-instance .monaco-editor.focused');
    expect(await inCode.count()).toBe(0);
    await code.page.keyboard.press('Escape');
    await inCode.waitFor();
  });
}
