/** The panel's page in a browser, for the tests of a file: one browser a file, one tab a test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { ensureBrowser } from '../../scripts/setup/browser.mjs';
import { servePage } from '../../webview/dev/page.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tensight-page-'));
let browser: Browser;
let served: Awaited<ReturnType<typeof servePage>>;

/** The tab of the test that runs. */
export let tab: Page;

beforeAll(async () => {
  served = await servePage({ folder, once: true });
  browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox', '--disable-gpu'] });
});
afterAll(async () => {
  await browser?.close();
  await served?.end();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  tab = await browser.newPage();
  tab.setDefaultTimeout(120_000);
});
afterEach(() => tab.close());

/** Where the page has a state that webview/dev/host.ts knows. */
export const address = (query: string): string => `${served.address}?${query}`;

/** Shows a state of the page. */
export async function open(query: string, width: number, height: number): Promise<void> {
  await tab.setViewportSize({ width, height });
  await tab.goto(address(query));
  await tab.waitForSelector('[data-testid="header"], [data-testid="no-model"], [data-testid="untrusted"]');
  await settled();
}

/** Fonts are there, and what was asked for is drawn. */
export const settled = (): Promise<void> =>
  tab.evaluate('document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 200)))');

/** The page as in a window that is opened again, with an editor that says nothing yet: what it shows is what it kept. */
export async function reopenInSilence(query = ''): Promise<void> {
  const marked = (name: string) => tab.waitForFunction(`performance.getEntriesByName('tensight.${name}').length > 0`);
  await marked('kept');
  await tab.goto(address(`silent=yes${query}`));
  await marked('listening');
}
