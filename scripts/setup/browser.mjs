// A Chromium for the tests and for `npm run screenshot`: one that is installed, or one that can be.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { run, SetupError, which } from '../lib/run.mjs';

const SHELL_PACKAGE = 'chromium-headless-shell';

/** The one without windows: a page in it takes a third of the work that it takes in a browser with them. */
const SHELLS = [SHELL_PACKAGE, 'chrome-headless-shell'];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const MACOS = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

const WINDOWS = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].flatMap(
  (path) =>
    [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].map((base) =>
      join(base ?? '', path),
    ),
);

/**
 * The path of a Chromium that starts. Looks in TENSIGHT_BROWSER and CHROME_PATH, for the shell or Debian's package of it, in the
 * usual places, then downloads Playwright's, then asks Debian for what it has by now. Throws one clear line where none can be had.
 */
export async function ensureBrowser() {
  const named = process.env.TENSIGHT_BROWSER ?? process.env.CHROME_PATH;
  if (named) {
    if (starts(named)) return named;
    throw new SetupError(`TENSIGHT_BROWSER or CHROME_PATH names "${named}", which does not start.`);
  }
  return (
    shell() ?? (await fromDebian()) ?? installed() ?? (await downloaded()) ?? (await fromDebian('update')) ?? fail()
  );
}

const shell = () => SHELLS.map(which).find((path) => path && starts(path));

function installed() {
  if (process.platform === 'darwin') return MACOS.find((path) => existsSync(path));
  if (process.platform === 'win32') return WINDOWS.find((path) => existsSync(path));
  return NAMES.map(which).find((path) => path && starts(path));
}

async function downloaded() {
  const { chromium } = await import('playwright-core');
  if (starts(chromium.executablePath())) return chromium.executablePath();
  console.log('No Chrome, Chromium or Edge found. Downloading Playwright’s Chromium …');
  // On its own connection limit: where there is no internet, the next way should come soon.
  const code = await run('playwright-core', ['install', '--no-shell', 'chromium'], {
    log: join(cache, 'logs', 'browser.log'),
    env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' },
  });
  return code === 0 && starts(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/** @param {'update'} [update] asks for the lists of packages first, which takes a while, and longer where there is no network */
async function fromDebian(update) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !which('apt-get')) return undefined;
  console.log(`Installing Debian’s ${SHELL_PACKAGE} (apt-get) …`);
  const options = { log: join(cache, 'logs', 'browser.log'), env: { DEBIAN_FRONTEND: 'noninteractive' } };
  if (update) await run('apt-get', ['update'], options);
  const code = await run('apt-get', ['install', '-y', '--no-install-recommends', SHELL_PACKAGE], options);
  return code === 0 ? shell() : undefined;
}

/** @param {string} path Whether it is there and, on Linux, finds its libraries. */
function starts(path) {
  if (!existsSync(path)) return false;
  return process.platform !== 'linux' || spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}

/** @returns {never} */
function fail() {
  throw new SetupError(
    'No browser: install Chrome, Chromium or Edge, or name one in TENSIGHT_BROWSER (log: .cache/logs/browser.log).',
  );
}
