#!/usr/bin/env node
// Takes the arguments that `@vscode/test-electron` gives a VS Code executable, runs the npm-shipped VS Code in a headless
// browser instead, and exits with the suite's code. So one `runTests` call serves with the desktop VS Code and without.
//
// code-host.mjs --extensionDevelopmentPath=… --extensionTestsPath=… [FOLDER]

import { resolve } from 'node:path';
import { format } from 'node:util';
import { endWithParent, main, SetupError } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

/** No suite takes longer, on a busy machine neither; one that hangs must not hang the whole test run. */
const DEADLINE = Number(process.env.TENSIGHT_SUITE_TIMEOUT ?? 1_200_000);

await main(async () => {
  await ensureDependencies();
  endWithParent();
  const { startServer } = await import('./vscode/server.mjs');
  const { launchBrowser } = await import('./vscode/browser.mjs');
  const extension = option('extensionDevelopmentPath');
  const tests = option('extensionTestsPath');
  if (!extension || !tests)
    throw new SetupError('code-host needs --extensionDevelopmentPath=… and --extensionTestsPath=….');

  const server = await startServer();
  try {
    const browser = await launchBrowser();
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.once(signal, () => server.stop().finally(() => process.exit(1)));
    }
    try {
      const page = await browser.newPage();
      /** @type {Promise<number>} */
      const finished = new Promise((done) => page.exposeFunction('codeAutomationExit', done));
      await page.exposeFunction('codeAutomationLog', relay);
      const folder = process.argv.slice(2).findLast((argument) => !argument.startsWith('-'));
      await page.goto(
        server.url({ folder: resolve(folder ?? '.'), extension: resolve(extension), tests: resolve(tests) }),
        { timeout: DEADLINE },
      );
      return await Promise.race([finished, server.died, deadline(), crash(page)]);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
});

/** @param {string} name */
function option(name) {
  return process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

/** The extension host's console. @param {string} type @param {unknown[]} args */
async function relay(type, args) {
  const { isChatter } = await import('./vscode/chatter.mjs');
  const text = format(...args);
  if (!isChatter(text)) (type === 'error' || type === 'warn' ? console.error : console.log)(text);
}

/** @returns {Promise<never>} */
function deadline() {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new SetupError(`The suite did not end within ${DEADLINE / 1000} s.`)), DEADLINE).unref();
  });
}

/** @param {import('playwright-core').Page} page @returns {Promise<never>} */
function crash(page) {
  return new Promise((_, reject) => page.once('crash', () => reject(new SetupError('The browser’s page crashed.'))));
}
