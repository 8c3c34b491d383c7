/**
 * A real VS Code to drive as a person does: with the keyboard, the mouse and what is on the screen. Every reading method
 * waits for what it reads; positions count from 1, as VS Code's status bar does.
 */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { type OnLine, readInlayHints, readLenses } from './workbench.ts';

/** How long anything may take to appear: for what never comes, not for what a busy machine makes late. */
export const PATIENCE = 120_000;

/** How long one try may take, of what is tried again. */
const MOMENT = 5_000;

export class VSCode {
  /** The workbench's page, for everything this class has no method for. */
  readonly page: Page;
  /** The copy of the folder that is open. */
  readonly folder: string;
  /** Ends the browser and the server, and removes the copy. */
  readonly close: () => Promise<void>;

  constructor(page: Page, folder: string, close: () => Promise<void>) {
    this.page = page;
    this.folder = folder;
    this.close = close;
    page.setDefaultTimeout(PATIENCE);
  }

  /** The text editor that has the focus, or the first. */
  get editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor').first();
  }

  /** Opens a file of the folder, and waits until its text is on the screen. */
  async openFile(name: string): Promise<void> {
    const base = name.split('/').at(-1) ?? name;
    // By its row: the first one may still be of what was opened last.
    await this.quickInput('Control+P', join(this.folder, name), base);
    await this.page.locator(`.tab.active[data-resource-name="${base}"]`).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  async goTo(line: number, column = 1): Promise<void> {
    const place = this.page.locator('.statusbar-item', { hasText: new RegExp(`Ln ${line}, Col ${column}(?!\\d)`) });
    await this.until(async () => {
      await this.focusEditor();
      return (await this.tryQuickInput('Control+G', `:${line}:${column}`)) && appears(place);
    }, `the cursor at ${line}:${column}`);
  }

  /** The hover's text at a place of the active file; waits until it is complete, and leaves it open. */
  async hoverAt(line: number, column: number): Promise<string> {
    await this.goTo(line, column);
    // Not one of the window's own, over a button that the mouse happens to be at.
    const hover = this.page
      .locator('.monaco-hover:not(.hidden):not(.workbench-hover) .monaco-hover-content')
      .filter({ visible: true })
      .first();
    let text = '';
    // Asked again while nobody answers, or only that it is loading: a language server may be starting.
    await this.until(async () => {
      await this.focusEditor();
      await this.page.keyboard.press('Control+K');
      await this.page.keyboard.press('Control+I');
      text = await hover.innerText({ timeout: 1500 }).catch(() => '');
      return text !== '' && !/loading\.\.\./i.test(text);
    }, `a hover at ${line}:${column}`);
    return text.replaceAll('\u00a0', ' ').trim();
  }

  /** Titles of the lenses on the screen, clickable or not, top to bottom; waits until there is one and no more come. */
  async codeLenses(): Promise<string[]> {
    await this.lenses().first().waitFor();
    const all = this.editor.locator('.codelens-decoration > a, .codelens-decoration > span');
    return this.settled(() => all.evaluateAll(readLenses));
  }

  /** Clicks the `nth` (from 0, top to bottom) lens on the screen that contains `text`; where there is none yet, further down. */
  async clickLens(text: string, nth = 0): Promise<void> {
    const lens = this.lenses().filter({ hasText: text }).nth(nth);
    const inSight = () => this.editor.locator('.line-numbers').allInnerTexts();
    await this.until(async () => {
      if (await appears(lens)) return true;
      await this.focusEditor();
      const before = await inSight();
      await this.page.keyboard.press('Alt+PageDown');
      await this.page.waitForTimeout(300);
      // From the top again: lenses come once the server is there.
      if (String(await inSight()) === String(before)) await this.page.keyboard.press('Control+Home');
      return false;
    }, `the lens "${text}"`);
    await lens.click();
  }

  /** Clicks the `nth` lens that offers what can be done, and takes the action of that name. */
  async actByLens(action: string, nth = 0): Promise<void> {
    await this.clickLens('▷ Run', nth);
    const row = this.page.locator('.quick-input-widget .monaco-list-row', { hasText: action });
    await row.click();
  }

  /** Inlay hints on the screen, top to bottom, waits until there is one and no more come. */
  async inlayHints(): Promise<readonly OnLine[]> {
    await this.until(async () => (await this.page.evaluate(readInlayHints)).length > 0, 'inlay hints');
    return this.settled(() => this.page.evaluate(readInlayHints));
  }

  /** The Problems panel's rows for this folder, each `message source [Ln, Col]`. Waits for `count` rows if told how many. */
  async problems(count?: number): Promise<string[]> {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.page.keyboard.press('Control+Shift+M');
    await panel.waitFor();
    const rows = panel.locator('.monaco-list-row', { has: this.page.locator('.marker-icon') });
    if (count !== undefined) await this.until(async () => (await rows.count()) === count, `${count} problems`);
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Hides the Problems panel, where it is open: the rest of the window has its room. */
  async hideProblems(): Promise<void> {
    const close = this.page.locator('.part.panel').getByRole('button', { name: /^(Hide|Close) Panel/ });
    await this.until(async () => {
      if (!(await this.page.locator('.markers-panel').isVisible())) return true;
      await close.click({ timeout: MOMENT }).catch(() => {});
      return false;
    }, 'the Problems panel to be hidden');
  }

  /**
   * The document inside a webview, found by its tab's title or by a selector that only it has. A webview is two frames deep, and is
   * replaced when it reloads, so ask again rather than keep it.
   */
  async webview(titleOrSelector: string): Promise<Frame> {
    let found: Frame | undefined;
    await this.until(async () => {
      for (const frame of this.page.frames().filter((candidate) => candidate.parentFrame()?.parentFrame())) {
        // A frame may go away while it is asked.
        const title = await frame
          .frameElement()
          .then((element) => element.getAttribute('title'))
          .catch(() => null);
        const matches = await frame
          .locator(titleOrSelector)
          .count()
          .catch(() => 0);
        if (title === titleOrSelector || matches > 0) found = frame;
      }
      return found !== undefined;
    }, `the webview "${titleOrSelector}"`);
    return found as Frame;
  }

  /** Types into what has the focus, as one input; the editor neither closes brackets nor completes words. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  /** Replaces one line's text. */
  async replaceLine(line: number, text: string): Promise<void> {
    await this.goTo(line);
    await this.page.keyboard.press('End');
    await this.page.keyboard.press('Shift+Home');
    await this.page.keyboard.press('Shift+Home');
    await this.type(text);
  }

  /** Runs a command by its whole title, as in the Command Palette. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput('F1', `>${title}`, title);
  }

  /** Opens the window anew, as a restart does, and waits until it is another. */
  async reloadWindow(): Promise<void> {
    await this.page.evaluate("document.body.dataset.before = 'reload'");
    const anew = (): Promise<boolean> =>
      this.page
        .evaluate("document.readyState === 'complete' && document.body.dataset.before === undefined")
        .then(Boolean)
        // Asked while the window goes away, there is no answer.
        .catch(() => false);
    await this.until(async () => {
      if (await anew()) return true;
      // Again, where it was not taken.
      if (!(await this.tryQuickInput('F1', '>Developer: Reload Window', 'Developer: Reload Window'))) return anew();
      return this.until(anew, 'another window', 4 * MOMENT).then(
        () => true,
        () => false,
      );
    }, 'the window to be opened anew');
  }

  /** Takes a picture of the whole window, or of `part` of it. */
  async screenshot(path: string, part?: Locator): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await (part ?? this.page).screenshot({ path, animations: 'disabled', caret: 'initial' });
  }

  /** Waits for a condition that no locator can express. */
  async until(condition: () => Promise<boolean>, what: string, limit = PATIENCE): Promise<void> {
    const deadline = Date.now() + limit;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`Waited ${limit / 1000} s for ${what}.`);
      await this.page.waitForTimeout(50);
    }
  }

  /** Reads until two readings, a moment apart, are the same. */
  private async settled<T>(read: () => Promise<T>): Promise<T> {
    let last = await read();
    await this.until(async () => {
      await this.page.waitForTimeout(300);
      const now = await read();
      const same = JSON.stringify(now) === JSON.stringify(last);
      last = now;
      return same;
    }, 'the screen to settle');
    return last;
  }

  private lenses(): Locator {
    return this.editor.locator('.codelens-decoration a');
  }

  private async focusEditor(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Control+1');
    // It takes a moment to come out of a webview. Where no text is open, whoever wants some will say so.
    await appears(this.page.locator('.editor-instance .monaco-editor.focused'));
  }

  private async quickInput(key: string, text: string, row?: string): Promise<void> {
    await this.until(() => this.tryQuickInput(key, text, row), `"${text}" to be taken`);
  }

  /**
   * Opens a quick input, fills it in, and takes the row of that name, or else the first. False when that did not work, as while the
   * focus is on its way to somewhere else.
   */
  private async tryQuickInput(key: string, text: string, row?: string): Promise<boolean> {
    const widget = this.page.locator('.quick-input-widget').filter({ visible: true });
    const box = widget.locator('input[type="text"]').first();
    const rows = widget.locator('.monaco-list-row');
    const named = rows.filter({ has: this.page.locator('.label-name').getByText(row ?? '', { exact: true }) });
    await this.page.keyboard.press(key);
    try {
      // A key that went to what does not know it is pressed again soon.
      await box.waitFor({ timeout: MOMENT / 2 });
      await box.fill(text, { timeout: MOMENT });
      // Clicked: where the input has just gone away, Enter would go into the text.
      await (row === undefined ? rows : named).first().click({ timeout: MOMENT });
      // The command itself may open a quick input, so there is no waiting for this one to go away.
      if (row === undefined) await box.waitFor({ state: 'hidden', timeout: MOMENT });
      return true;
    } catch {
      // In the panel, Escape would lead to the code.
      if (await widget.first().isVisible()) await this.page.keyboard.press('Escape');
      return false;
    }
  }
}

/** Whether it comes in a moment. */
const appears = (locator: Locator): Promise<boolean> =>
  locator.waitFor({ timeout: MOMENT }).then(
    () => true,
    () => false,
  );
