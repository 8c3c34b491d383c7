// What is measured. Engines find their own way to do each kind; what they give is compared before anything is timed.

/**
 * @typedef {{ kind: 'gemm', size: number }
 *   | { kind: 'adds', count: number, elements: number, backward: boolean }
 *   | { kind: 'transformer', d: number, heads: number, ffn: number, layers: number, batch: number, length: number, vocabulary: number, backward: boolean }
 *   | { kind: 'gpt', d: number, heads: number, layers: number, batch: number, length: number }
 *   | { kind: 'lenet', batch: number }
 *   | { kind: 'lstm', input: number, hidden: number, length: number, batch: number }
 *   | { kind: 'randn', count: number }
 *   | { kind: 'peak', turns: number }
 *   | { kind: 'trace', of: object }
 *   | { kind: 'shapes' }} Work
 */
/** @typedef {{ work: Work, unit: 'GFLOP/s' | 'ms' | 'ratio', floatOperations?: number }} Bench */

/** The paper's model, small: what people inspect most. */
export const tiny = {
  kind: 'transformer',
  d: 64,
  heads: 4,
  ffn: 256,
  layers: 2,
  batch: 2,
  length: 16,
  vocabulary: 100,
};
const base = { kind: 'transformer', d: 512, heads: 8, ffn: 2048, layers: 1, batch: 4, length: 64, vocabulary: 0 };
const adds = { kind: 'adds', count: 1000, elements: 16 };

/** @param {object} work @returns {Bench} */
const inMs = (work) => ({ work: /** @type {Work} */ (work), unit: 'ms' });

/** @type {Readonly<Record<string, Bench>>} */
export const benches = {
  ...Object.fromEntries(
    [64, 128, 256, 512, 1024].map((size) => [
      `gemm-${size}`,
      { work: { kind: 'gemm', size }, unit: 'GFLOP/s', floatOperations: 2 * size ** 3 },
    ]),
  ),
  // What a thread could do at most: a loop of multiply-adds in registers.
  'gemm-peak': { work: { kind: 'peak', turns: 10_000 }, unit: 'GFLOP/s', floatOperations: 10_000 * 24 * 4 * 2 },
  'tiny-fwd': inMs({ ...tiny, backward: false }),
  'tiny-fwdbwd': inMs({ ...tiny, backward: true }),
  'base-fwd': inMs({ ...base, backward: false }),
  'base-fwdbwd': inMs({ ...base, backward: true }),
  'gpt2-fwd': inMs({ kind: 'gpt', d: 768, heads: 12, layers: 12, batch: 1, length: 128 }),
  'lenet-fwdbwd': inMs({ kind: 'lenet', batch: 32 }),
  'lstm-fwdbwd': inMs({ kind: 'lstm', input: 64, hidden: 128, length: 50, batch: 16 }),
  'adds-fwd': inMs({ ...adds, backward: false }),
  'adds-fwdbwd': inMs({ ...adds, backward: true }),
  // GPT-2's table of words, as its constructor draws it.
  randn: inMs({ kind: 'randn', count: 50257 * 768 }),
  'trace-overhead': { work: { kind: 'trace', of: { ...tiny, backward: true } }, unit: 'ratio' },
  'trace-overhead-base': { work: { kind: 'trace', of: { ...base, backward: true } }, unit: 'ratio' },
  'shape-gpt3': inMs({ kind: 'shapes' }),
};
