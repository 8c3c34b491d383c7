// Compiles the WASM backend's kernels (core/backends/wasm/assembly) and puts their bytes where core looks for them: the
// module core/backends/wasm/embedded.ts, which is empty in the sources.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cache, fromRoot } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';

const sources = fromRoot('core', 'backends', 'wasm', 'assembly');
const embedded = /core[\\/]backends[\\/]wasm[\\/]embedded\.ts$/;

/** A host without an instruction refuses the whole module, so there is one for each set of them. */
const relaxed = ['--enable', 'simd', '--enable', 'relaxed-simd'];
const threads = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
const wide = ['--use', 'WIDE=1'];
const narrow = ['--use', 'WIDE=0'];
const variants = {
  simd: ['index.ts', '--enable', 'simd', ...narrow],
  relaxed: ['index.ts', ...relaxed, ...narrow],
  threads: ['index.ts', ...relaxed, ...threads, ...narrow],
  // The last two again, with another tile, and that one alone.
  wide: ['index.ts', ...relaxed, ...wide],
  wideThreads: ['index.ts', ...relaxed, ...threads, ...wide],
  tile: ['wideTile.ts', ...relaxed],
  tileThreads: ['wideTile.ts', ...relaxed, ...threads],
};
const names = Object.keys(variants);
const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--initialMemory', '1'];

/** @typedef {Record<keyof typeof variants, Uint8Array>} Kernels */
/** @type {Map<string, Promise<Kernels>>} what this process has compiled, by what it was compiled from */
const compiled = new Map();

/** The compiled modules, kept in .cache/ until a source, a flag or the compiler changes. @returns {Promise<Kernels>} */
function kernels() {
  const key = fingerprint();
  const known = compiled.get(key) ?? compile(join(cache, 'kernels', key));
  compiled.set(key, known);
  return known;
}

function fingerprint() {
  const hash = createHash('sha256').update(JSON.stringify([flags, variants]));
  hash.update(readFileSync(fromRoot('node_modules', 'assemblyscript', 'package.json')));
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} folder */
async function compile(folder) {
  mkdirSync(folder, { recursive: true });
  const modules = await Promise.all(
    Object.entries(variants).map(async ([name, [source, ...features]]) => {
      const file = join(folder, `${name}.wasm`);
      if (!existsSync(file)) {
        // Two builds at once each write a file of their own, and the last one stands.
        const own = `${file}.${process.pid}`;
        await mustRun('asc', [join(sources, source ?? ''), '-o', own, ...flags, ...features], {
          what: `kernels (${name})`,
        });
        renameSync(own, file);
      }
      return [name, new Uint8Array(readFileSync(file))];
    }),
  );
  return Object.fromEntries(modules);
}

/** For bundles: the bytes become part of them. @type {import('esbuild').Plugin} */
export const kernelsInBundle = {
  name: 'kernels',
  setup(build) {
    build.onLoad({ filter: embedded }, () => ({
      contents: `${names.map((name) => `import ${name} from 'kernels:${name}';`).join('')} export const embedded = { ${names} };`,
      watchFiles: readdirSync(sources).map((name) => join(sources, name)),
    }));
    build.onResolve({ filter: /^kernels:/ }, ({ path }) => ({
      path: path.slice('kernels:'.length),
      namespace: 'kernels',
    }));
    build.onLoad({ filter: /./, namespace: 'kernels' }, async ({ path }) => ({
      contents: (await kernels())[/** @type {keyof Kernels} */ (path)],
      loader: 'binary',
    }));
  },
};

/** For tests, which Vite loads, and which keep what they are made into from one run to the next. */
export function kernelsInTests() {
  return {
    name: 'kernels',
    configureVitest(/** @type {import('vitest/node').VitestPluginContext} */ { experimental_defineCacheKeyGenerator }) {
      experimental_defineCacheKeyGenerator(({ id }) => (embedded.test(id) ? fingerprint() : undefined));
    },
    async load(/** @type {string} */ id) {
      if (!embedded.test(id)) return;
      const modules = await kernels();
      const bytes = (/** @type {Uint8Array} */ data) =>
        `new Uint8Array(Buffer.from('${Buffer.from(data).toString('base64')}', 'base64'))`;
      return `export const embedded = { ${Object.entries(modules).map(([name, data]) => `${name}: ${bytes(data)}`)} };`;
    },
  };
}
