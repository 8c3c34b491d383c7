// What `npm test` runs, in order.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { tsc } from '../lib/tsc.mjs';
import { ensureBrowser } from '../setup/browser.mjs';
import { ensureVSCodeServer } from '../setup/vscode-server.mjs';
import { oneCheck } from './counts.mjs';
import { runEditorSuite } from './editor.mjs';
import { runVitest } from './vitest.mjs';

const PROJECTS = ['core', 'extension', 'webview', 'test', 'scripts', 'bench'];

/** @type {Record<string, import('./run.mjs').Stage>} */
export const stages = {
  types: { title: 'Types', run: checkTypes },
  editor: {
    title: 'A VS Code and a browser for the tests in the editor',
    aside: true,
    run: () => prepareEditor().then(() => oneCheck(true)),
  },
  build: { title: 'Build, and that its declarations are whole', run: buildAll },
  lint: { title: 'Lint, format, directions of imports, nothing unused', run: lint },
  docs: {
    title: 'API reference, with a word on every export',
    run: ({ log }) => run('typedoc', [], { log }).then((code) => oneCheck(code === 0)),
  },
  page: {
    title: 'The panel’s page, by axe-core',
    // Needs nothing that is built, and waits as much as it computes.
    run: async (options) => {
      await prepareBrowser();
      return runVitest('page', { ...options, workers: 2 });
    },
  },
  unit: { title: 'Unit tests', needs: ['build'], run: (options) => runVitest('unit', options) },
  lessons: {
    title: 'What the examples train to, and published networks',
    run: (options) => runVitest('lessons', options),
  },
  processes: {
    title: 'Tests of engines and command lines, in processes of their own',
    needs: ['build'],
    // They wait more than they compute.
    run: (options) => runVitest('processes', { ...options, workers: 2 }),
  },
  golden: {
    title: 'Golden cases',
    run: (options) => runVitest('golden', { ...options, reporters: ['./test/golden/reporter.ts'] }),
  },
  vscode: {
    title: 'Inside the editor',
    needs: ['build'],
    run: async (options) => {
      await prepareEditor();
      return runEditorSuite(options);
    },
  },
  e2e: {
    title: 'In front of the editor',
    needs: ['build'],
    run: async (options) => {
      await prepareEditor();
      return runVitest('e2e', options);
    },
  },
};

// Here rather than in the middle of a test, whose time limit it would break; and once, whoever asks first.
const prepareBrowser = () => {
  browser ??= ensureBrowser();
  return browser;
};
const prepareEditor = () => {
  editor ??= prepareBrowser().then(ensureVSCodeServer);
  return editor;
};

/** @type {Promise<unknown> | undefined} */
let browser;
/** @type {Promise<unknown> | undefined} */
let editor;

/**
 * All that is published; then the examples against its declarations, which are read as strictly as they are.
 * @param {import('./run.mjs').StageOptions} options
 */
async function buildAll({ log }) {
  if ((await run('node', [fromRoot('scripts', 'build.mjs')], { log })) !== 0) return oneCheck(false);
  const config = fromRoot('.cache', 'tsc', 'examples.json');
  const compilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: false, target: 'esnext', types: [] },
    ...{ module: 'esnext', moduleResolution: 'bundler' },
    paths: { tensight: [fromRoot('dist', 'tensight', 'index.d.ts')] },
  };
  mkdirSync(dirname(config), { recursive: true });
  writeFileSync(config, JSON.stringify({ compilerOptions, include: [fromRoot('examples')] }));
  return oneCheck((await run(...tsc(['-p', config]), { log })) === 0);
}

/**
 * Two compilers at a time, which is what two cores bear; each remembers what it has seen.
 * @param {import('./run.mjs').StageOptions} options
 */
async function checkTypes({ log }) {
  const waiting = [...PROJECTS];
  let holds = true;
  const worker = async () => {
    for (let project = waiting.shift(); project; project = waiting.shift()) {
      const memory = fromRoot('.cache', 'tsc', `${project}.tsbuildinfo`);
      const args = ['-p', project, '--incremental', '--tsBuildInfoFile', memory, '--pretty', 'false'];
      // core is published as declarations, and some types can be checked but not declared.
      if (project === 'core') args.push('--declaration');
      const code = await run(...tsc(args), { log });
      if (code === 0) continue;
      console.error(`types: ${project} has errors`);
      holds = false;
    }
  };
  await Promise.all([worker(), worker()]);
  return oneCheck(holds);
}

/** @param {import('./run.mjs').StageOptions} options */
async function lint({ log }) {
  const biome = await run('biome', ['ci', `--colors=${process.stdout.isTTY ? 'force' : 'off'}`, '.'], { log });
  const imports = await run('depcruise', ['core', 'extension', 'webview', 'test'], { log });
  const unused = await run('knip', [], { log });
  return oneCheck(biome === 0 && imports === 0 && unused === 0);
}
