/** Who is asked about a case: the plain backend, ours of all kinds, in a trace and outside it, and PyTorch. */
import type { Backend } from '../../core/backends/backend.ts';
import { referenceBackend } from '../../core/backends/reference/index.ts';
import { availableBackends } from '../../core/backends/wasm/index.ts';
import { helperThreads } from '../../extension/host/helpers.ts';
import { wide } from '../harness/wideTiles.ts';
import type { Case } from './case.ts';
import { type Difference, differences, type Tolerance } from './compare.ts';
import { type Answer, evaluate, type How } from './evaluate.ts';
import type { Torch } from './pytorch.ts';

export interface Disagreement extends Difference {
  /** Who does not agree with whom. */
  readonly oracle: string;
  /** PyTorch's floats do not agree with what PyTorch gives in double precision, and ours do. */
  readonly roundedThere?: true;
}

/** Kernels sum in another order than the plain loops do. */
const ofBackends: Tolerance = { relative: 3e-5, ofLargest: 3e-5 };
const ofPyTorch: Tolerance = { relative: 2e-4, ofLargest: 1e-4 };
/** What cancels in the middle of a graph leaves its error at the end. */
const ofGraphs: Tolerance = { relative: 1e-3, ofLargest: 5e-4 };
/** A layer of layers divides by small deviations several times. */
const ofLayers: Tolerance = { relative: 2e-4, ofLargest: 1e-4 };

function tolerance({ family }: Case, usual: Tolerance): Tolerance {
  if (family === 'graph') return ofGraphs;
  return family === 'layer' ? ofLayers : usual;
}

interface Asked extends How {
  readonly name: string;
}

/** One helper: a second one only waits on a small machine. */
const helpers = helperThreads(1);
const backends: readonly { readonly name: string; readonly backend: Backend }[] = [
  ...availableBackends({ wide, helpers }).map((backend) => ({ name: backend.name, backend })),
  ...availableBackends({ wide, eager: true, helpers })
    .filter((backend) => backend !== referenceBackend)
    .map((backend) => ({ name: `${backend.name}, every size`, backend })),
];

/** The reference backend in the given layout stands among them: its views are judged, too. */
const asked: readonly Asked[] = [
  ...backends,
  { name: 'reference, watched', backend: referenceBackend, watched: true },
  ...backends
    .filter(({ backend }) => backend !== referenceBackend)
    .slice(0, 1)
    .map(({ name, backend }) => ({ name: `${name}, watched`, backend, watched: true })),
];

export const oracleNames: readonly string[] = asked.map(({ name }) => name);

/** The measure: the plain backend, each input row by row, unwatched. */
export const plainAnswer = (given: Case): Answer => evaluate(given, { backend: referenceBackend, rowByRow: true });

/** Every disagreement of ours with the plain answer. */
export function* amongOurs(given: Case, plain: Answer): Generator<Disagreement, void> {
  if (plain.rough) yield { oracle: 'refusals', what: `is refused in no words of ours: ${plain.refused}` };
  else
    for (const { name, ...how } of asked)
      for (const found of differences(evaluate(given, how), plain, tolerance(given, ofBackends)))
        yield { oracle: name, ...found };
}

/** Every disagreement of the plain answer with PyTorch's; undefined where PyTorch gave none. */
export async function withPyTorch(
  given: Case,
  plain: Answer,
  torch: Torch,
): Promise<readonly Disagreement[] | undefined> {
  const theirs = await torch.answer(given);
  if (theirs === undefined) return undefined;
  const apart = [...differences(plain, theirs, tolerance(given, ofPyTorch))];
  if (!apart.some(isOfNumbers)) return apart.map((found) => ({ oracle: 'PyTorch', ...found }));
  // Where floats differ PyTorch's own may have rounded more than ours.
  const precise = await torch.answer(given, { double: true });
  const stillApart = new Set(
    precise && [...differences(plain, precise, tolerance(given, ofPyTorch))].map(({ at }) => at && placeOf(at)),
  );
  return apart.map((found) => ({
    oracle: 'PyTorch',
    ...found,
    ...(precise !== undefined &&
      precise.refused === undefined &&
      isOfNumbers(found) &&
      !stillApart.has(placeOf(found.at!)) && { roundedThere: true }),
  }));
}

const placeOf = ({ of, name, element }: NonNullable<Difference['at']>) => `${of} ${name} ${element}`;

/** Whether two numbers differ, neither of them NaN or infinite. */
const isOfNumbers = ({ at }: Difference) => at !== undefined && Number.isFinite(at.got) && Number.isFinite(at.want);
