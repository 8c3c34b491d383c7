// The most that a shape run of GPT-3 takes, from a fresh process on: the process as the system sees it, before the run and at its peak.

import { gpt3 } from '../models/gpt3.mjs';
import { megabytes, tell, verdict } from './report.mjs';

const mostMegabytes = 200;
/** @type {typeof import('../entry.ts')} */
const t = await import(process.env.TENSIGHT_BUNDLE ?? '');
const definition = gpt3(t);
globalThis.gc?.();
const before = process.memoryUsage.rss();
const start = performance.now();
const { trace } = t.runFile({
  file: 'gpt3.model.ts',
  run: 1,
  mode: 'shape',
  fallback: false,
  memoryLimit: 2 ** 31,
  sites: [],
  load: () => ({ default: definition }),
  now: () => performance.now(),
});
const ms = performance.now() - start;
const peak = process.resourceUsage().maxRSS * 1024 - before;
globalThis.gc?.();
const { totals, complete } = trace.models[0] ?? {};
tell({
  at: 1,
  rss: megabytes(before),
  peak: megabytes(peak),
  live: megabytes(process.memoryUsage().heapUsed),
  ms: Math.round(ms),
});
verdict(
  complete === true && peak <= mostMegabytes * 1e6,
  `shapes, FLOPs and bytes of ${((totals?.parameters ?? 0) / 1e9).toFixed(1)} billion parameters took ${megabytes(peak)} MB more than the process had (${mostMegabytes} MB at most)`,
);
