import { defineConfig } from 'vitest/config';
import { kernelsInTests } from './scripts/build/kernels.mjs';

const shared = {
  plugins: [kernelsInTests()],
  resolve: { alias: { tensight: new URL('core/index.ts', import.meta.url).pathname } },
  oxc: { jsx: { runtime: 'automatic' as const, importSource: 'preact' } },
};

/** A worker loads the engine once, not once a file: half of the time went into that. */
const sharing = { isolate: false, setupFiles: ['test/harness/fresh.ts'] };

/**
 * Files that start engines, command lines, threads or builds, and mostly wait for them; each counts its own, so they share no worker. Nor do those
 * that are refused memory: each time V8 first collects all the garbage of everything that ran before.
 */
const processes = [
  'test/extension/{cli,engine,texts}/**/*.test.ts',
  'test/extension/server/{kill,stop}.test.ts',
  'test/extension/says/idioms.test.ts',
  'test/extension/compiler/deep.test.ts',
  'test/scripts/notices.test.ts',
  'test/core/trace/memoryOfRuns.test.ts',
  'test/core/memory.test.ts',
  'test/fuzz/pytorch.test.ts',
];

/** The examples trained to what they state, and whole published networks: most of what computes, and little to whoever changes one file. */
const lessons = ['test/core/examples/**/*.test.ts', 'test/models/networks.test.ts'];

export default defineConfig({
  test: {
    // What files are made into is kept by what is in them, from one run to the next.
    experimental: { fsModuleCache: true, fsModuleCachePath: '.cache/vitest' },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          ...sharing,
          // Catches what never ends, not what a busy machine makes late.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: [
            'test/{core,webview}/**/*.test.{ts,tsx}',
            'test/extension/**/*.test.ts',
            'test/fuzz/**/*.test.ts',
            'test/scripts/**/*.test.ts',
          ],
          exclude: [...processes, ...lessons],
        },
      },
      {
        ...shared,
        test: { name: 'lessons', ...sharing, testTimeout: 60_000, hookTimeout: 60_000, include: lessons },
      },
      {
        ...shared,
        test: {
          name: 'processes',
          globalSetup: 'test/harness/sharedEngine.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: processes,
        },
      },
      {
        ...shared,
        test: {
          name: 'golden',
          ...sharing,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['test/golden/**/*.test.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'models',
          include: ['test/models/full.test.ts'],
          // One network after the other: the largest takes gigabytes.
          fileParallelism: false,
          disableConsoleIntercept: true,
        },
      },
      {
        ...shared,
        test: { name: 'page', testTimeout: 600_000, hookTimeout: 60_000, include: ['test/page/**/*.test.ts'] },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          // Each file has a VS Code and a browser of its own; two at a time would only wait for each other.
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
