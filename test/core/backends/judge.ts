/** Holds kernels of every backend to the plain ones, with thresholds high and low, and counts the ways that they take. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Backend, Strided } from '../../../core/backends/backend.ts';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { eager, type Limits, measured } from '../../../core/backends/wasm/limits.ts';
import { watchPaths } from '../../../core/backends/wasm/paths.ts';
import { helperThreads } from '../../../extension/host/helpers.ts';

/** The same numbers each time, so that a way is reached always or never; SEED=n draws others. */
const seed = Number(process.env.SEED ?? 1);

/** What all backends here read at each call. */
const limits = { ...eager } as { -readonly [K in keyof Limits]: Limits[K] };
const anyLimits: fc.Arbitrary<Limits> = fc.oneof(
  fc.constant({ ...measured, sharing: 1 }),
  fc.constant(eager),
  fc.record({
    product: fc.constantFrom(1, measured.product),
    productBlock: fc.constantFrom(50, 500, 5000, 20_000, measured.productBlock),
    fewRows: fc.constantFrom(0, 3, 8),
    packed: fc.constantFrom(0, 64, measured.packed),
    slice: fc.constantFrom(8, 64, 1000, measured.slice),
    gaps: fc.constantFrom(1, measured.gaps, 1000),
    sharing: fc.constant(1),
    copy: fc.constantFrom(1, measured.copy),
    copySpan: fc.constantFrom(64, measured.copySpan),
    arithmetic: fc.constantFrom(1, measured.arithmetic),
    pointwise: fc.constantFrom(1, measured.pointwise),
    reduction: fc.constantFrom(1, measured.reduction),
    rows: fc.constantFrom(1, measured.rows),
    statistics: fc.constantFrom(1, measured.statistics),
    scatterAdd: fc.constantFrom(1, measured.scatterAdd),
    piece: fc.constantFrom(8, 64, 300, measured.piece),
    rowPiece: fc.constantFrom(8, 64, measured.rowPiece),
    scatterBlock: fc.constantFrom(8, 64, measured.scatterBlock),
    planes: fc.constantFrom(8, 64, measured.planes),
    columns: fc.constantFrom(64, 1000, measured.columns),
    directWeights: fc.constantFrom(0, measured.directWeights),
    images: fc.constantFrom(1, 2000, measured.images),
    span: fc.constantFrom(64, 1000, measured.span),
  }),
);

const helpers = helperThreads(2);
export const backends = availableBackends({ limits, helpers }).filter((backend) => backend !== referenceBackend);
/** Which kernels have been held to the plain ones, and by backend which ways were taken. */
export const tested = new Set<string>();
export const taken = new Map<string, Map<string, number>>();

/** Holds a kernel's results to the plain one's: `outputs` makes what `run` writes, the same each time. */
export function agree<T>(
  kernels: readonly (keyof Backend)[],
  inputs: fc.Arbitrary<T>,
  outputs: (input: T) => readonly Strided[],
  run: (on: Backend, input: T, out: readonly Strided[]) => void,
  { runs = 150, tolerance = 1e-5 } = {},
): void {
  for (const kernel of kernels) tested.add(kernel);
  describe.each(backends.map((backend) => [backend.name, backend] as const))('%s', (name, backend) => {
    test(`${kernels.join(', ')}: views in any layout give what the plain backend gives`, () => {
      const ways = taken.get(name) ?? new Map<string, number>();
      taken.set(name, ways);
      const property = fc.property(anyLimits, inputs, (drawn, input) => {
        Object.assign(limits, drawn);
        const [ours, plain] = [outputs(input), outputs(input)];
        watchPaths((kernel, way) => ways.set(`${kernel}: ${way}`, (ways.get(`${kernel}: ${way}`) ?? 0) + 1));
        try {
          run(backend, input, ours);
        } finally {
          watchPaths(undefined);
        }
        run(referenceBackend, input, plain);
        ours.forEach((out, i) => {
          close(out, plain[i]!, tolerance);
        });
      });
      fc.assert(property, { numRuns: runs, seed });
    });
  });
}

/** Compares all that an output's storage holds, also beside the view; to the largest number in it. */
function close(actual: Strided, expected: Strided, tolerance: number): void {
  const [a, e] = [actual.storage.data, expected.storage.data];
  let most = 1;
  for (let i = 0; i < e.length; i++) if (Number.isFinite(e[i])) most = Math.max(most, Math.abs(e[i]!));
  for (let i = 0; i < e.length; i++) {
    const [x, y] = [a[i]!, e[i]!];
    if (Object.is(x, y) || x === y || Math.abs(x - y) <= tolerance * most) continue;
    expect.fail(`element ${i} is ${x}, the plain backend has ${y}`);
  }
}
