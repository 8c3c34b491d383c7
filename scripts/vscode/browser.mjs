// The headless browser that shows the npm-shipped VS Code in tests and screenshots.

import { chromium } from 'playwright-core';
import { ensureBrowser } from '../setup/browser.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const QUIET = ['--disable-component-update', '--disable-sync'];

/** Playwright closes it when this process ends, killed or not: the browser listens on a pipe from here. */
export async function launchBrowser() {
  return chromium.launch({ executablePath: await ensureBrowser(), args: [...FLAGS, ...QUIET] });
}
