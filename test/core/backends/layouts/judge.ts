/** Holds kernels of every backend to the plain ones, on views in every layout, with thresholds high and low, and notes the ways that they take. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Backend, Strided } from '../../../../core/backends/backend.ts';
import { referenceBackend } from '../../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../../core/backends/wasm/index.ts';
import { eager, type Limits, measured } from '../../../../core/backends/wasm/limits.ts';
import { paths, watchPaths } from '../../../../core/backends/wasm/paths.ts';
import { helperThreads } from '../../../../extension/host/helpers.ts';
import { wide } from '../../../harness/wideTiles.ts';
import { type Family, families } from './families.ts';

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
    draws: fc.constantFrom(1, measured.draws, 40),
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
const backends = availableBackends({ wide, limits, helpers }).filter((backend) => backend !== referenceBackend);

/** Holds kernels' results to the plain ones': `outputs` makes what `run` writes, the same each time. */
type Agree = <T>(
  kernels: readonly (keyof Backend)[],
  inputs: fc.Arbitrary<T>,
  outputs: (input: T) => readonly Strided[],
  run: (on: Backend, input: T, out: readonly Strided[]) => void,
  how?: { readonly runs?: number; readonly tolerance?: number },
) => void;

/** The tests of a family's kernels; that all of them were held to the plain ones and took every way that is the family's comes last. */
export function family(name: keyof typeof families, tests: (agree: Agree) => void): void {
  const { kernels, ways }: Family = families[name];
  const tested = new Set<string>();
  const taken = new Map(backends.map((backend) => [backend.name, new Set<string>()]));

  tests((of, inputs, outputs, run, { runs = 150, tolerance = 1e-5 } = {}) => {
    for (const kernel of of) tested.add(kernel);
    test(`${of.join(', ')}: views in any layout give what the plain backend gives`, () => {
      const property = fc.property(anyLimits, inputs, (drawn, input) => {
        Object.assign(limits, drawn);
        const plain = outputs(input);
        run(referenceBackend, input, plain);
        for (const backend of backends) {
          const own = outputs(input);
          const seen = taken.get(backend.name)!;
          watchPaths((kernel, way) => seen.add(`${kernel}: ${way}`));
          try {
            run(backend, input, own);
          } finally {
            watchPaths(undefined);
          }
          own.forEach((out, i) => {
            close(backend.name, out, plain[i]!, tolerance);
          });
        }
      });
      fc.assert(property, { numRuns: runs, seed });
    });
  });

  test('these are all kernels of the family', () => {
    expect([...tested].sort()).toEqual([...kernels].sort());
  });

  test.each([...taken])('every way of a kernel was taken on %s', (backend, seen) => {
    const own = ways.filter((way) => backend.includes('threads') || !way.startsWith('shared '));
    const all = own.flatMap((kernel) => paths[kernel].map((way) => `${kernel}: ${way}`));
    expect(all.filter((way) => !seen.has(way))).toEqual([]);
  });
}

/** Compares all that an output's storage holds, also beside the view; to the largest number in it. */
function close(backend: string, actual: Strided, expected: Strided, tolerance: number): void {
  const [a, e] = [actual.storage.data, expected.storage.data];
  let most: number | undefined;
  for (let i = 0; i < e.length; i++) {
    const [x, y] = [a[i]!, e[i]!];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    most ??= largest(e);
    if (Math.abs(x - y) > tolerance * most || !Number.isFinite(x - y))
      expect.fail(`on ${backend} element ${i} is ${x}, the plain backend has ${y}`);
  }
}

/** At least 1. */
function largest(data: Strided['storage']['data']): number {
  let most = 1;
  for (let i = 0; i < data.length; i++) if (Number.isFinite(data[i])) most = Math.max(most, Math.abs(data[i]!));
  return most;
}
