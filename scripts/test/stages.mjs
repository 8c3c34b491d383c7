// What `npm test` runs, in order.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from '../build.mjs';
import { fromRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { ensureBrowser } from '../setup/browser.mjs';
import { ensureVSCodeServer } from '../setup/vscode-server.mjs';
import { oneCheck } from './counts.mjs';
import { runEditorSuite } from './editor.mjs';
import { runVitest } from './vitest.mjs';

const PROJECTS = ['core', 'extension', 'webview', 'test', 'scripts', 'bench'];

/** @type {Record<string, import('./run.mjs').Stage>} */
export const stages = {
  types: { title: 'Types', run: checkTypes },
  lint: { title: 'Lint, format, directions of imports, nothing unused', run: lint },
  docs: {
    title: 'API reference, with a word on every export',
    alongside: 'lint',
    run: ({ log }) => run('typedoc', [], { log }).then((code) => oneCheck(code === 0)),
  },
  build: { title: 'Build, and that its declarations are whole', run: () => build().then(checkDeclarations) },
  unit: { title: 'Unit tests', run: (options) => runVitest('unit', options) },
  processes: {
    title: 'Tests of engines and command lines, in processes of their own',
    needs: ['build'],
    alongside: 'unit',
    // They wait more than they compute.
    run: (options) => runVitest('processes', { ...options, workers: 2 }),
  },
  golden: {
    title: 'Golden cases',
    run: (options) => runVitest('golden', { ...options, reporters: ['./test/golden/reporter.ts'] }),
  },
  editor: {
    title: 'A VS Code and a browser for the tests in the editor',
    alongside: 'types',
    run: () => prepareEditor().then(() => oneCheck(true)),
  },
  vscode: {
    title: 'Inside the editor',
    needs: ['build'],
    run: async ({ filter }) => {
      await prepareEditor();
      return runEditorSuite(filter);
    },
  },
  page: {
    title: 'The panel’s page, by axe-core',
    alongside: 'vscode',
    run: async (options) => {
      await prepareEditor();
      return runVitest('page', options);
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

/** Here rather than in the middle of a test, whose time limit it would break. */
async function prepareEditor() {
  prepared ??= ensureBrowser().then(ensureVSCodeServer);
  await prepared;
}

/** @type {Promise<unknown> | undefined} */
let prepared;

/** The examples against the declarations that were built, which are read as strictly as they are. */
async function checkDeclarations() {
  const config = fromRoot('.cache', 'tsc', 'examples.json');
  const compilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: false, target: 'esnext', types: [] },
    ...{ module: 'esnext', moduleResolution: 'bundler' },
    paths: { tensight: [fromRoot('dist', 'tensight', 'index.d.ts')] },
  };
  mkdirSync(dirname(config), { recursive: true });
  writeFileSync(config, JSON.stringify({ compilerOptions, include: [fromRoot('examples')] }));
  return oneCheck((await run('tsc', ['-p', config])) === 0);
}

/** Two compilers at a time, which is what two cores bear; each remembers what it has seen. */
async function checkTypes() {
  const waiting = [...PROJECTS];
  let holds = true;
  const worker = async () => {
    for (let project = waiting.shift(); project; project = waiting.shift()) {
      const memory = fromRoot('.cache', 'tsc', `${project}.tsbuildinfo`);
      const args = ['-p', project, '--incremental', '--tsBuildInfoFile', memory, '--pretty', 'false'];
      // core is published as declarations, and some types can be checked but not declared.
      if (project === 'core') args.push('--declaration');
      const code = await run('tsc', args);
      if (code === 0) continue;
      console.error(`types: ${project} has errors`);
      holds = false;
    }
  };
  await Promise.all([worker(), worker()]);
  return oneCheck(holds);
}

async function lint() {
  const biome = await run('biome', ['ci', `--colors=${process.stdout.isTTY ? 'force' : 'off'}`, '.']);
  const imports = await run('depcruise', ['core', 'extension', 'webview', 'test']);
  const unused = await run('knip', []);
  return oneCheck(biome === 0 && imports === 0 && unused === 0);
}
