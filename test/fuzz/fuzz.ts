/** The fuzzer: draws cases by a seed, asks every oracle, and shrinks what they do not agree on. */
import fc from 'fast-check';
import type { Case } from './case.ts';
import type { Answer } from './evaluate.ts';
import { type Source, sources } from './families.ts';
import { explained } from './known.ts';
import { amongOurs, type Disagreement, plainAnswer, withPyTorch } from './oracles.ts';
import type { Torch } from './pytorch.ts';

export interface Fault {
  readonly number: number;
  readonly given: Case;
  readonly found: Disagreement;
}

export interface Options {
  readonly seed: number;
  /** Stops at this many cases, or when `until` says so. */
  readonly cases?: number | undefined;
  readonly until?: () => boolean;
  readonly torch?: Torch | undefined;
  /** Only names that begin so. */
  readonly only?: string | undefined;
  readonly onFault?: (fault: Fault) => void;
}

export interface Tally {
  cases: number;
  /** Cases a family: how many of each PyTorch judged, how many it gave no answer to, and how many our plain backend refused. */
  readonly families: Map<string, { cases: number; judged: number; unjudged: number; refused: number }>;
  /** Explained disagreements, by reason. */
  readonly explained: Map<string, number>;
  readonly faults: Fault[];
}

/** The seed of case `number`: numbers that lie side by side draw nothing alike. */
const seedOf = (seed: number, number: number) =>
  (Math.imul(seed * 2654435761 + number, 0x9e3779b1) ^ (number << 7)) | 0;

/** The case that this seed draws. */
function drawn({ cases }: Source, seed: number): Case {
  return fc.sample(cases, { seed, numRuns: 1 })[0]!;
}

/** A case that PyTorch has been asked about, and what it will say. */
interface Asked {
  readonly given: Case;
  readonly plain: Answer;
  /** Undefined where PyTorch has nothing like it; undefined later on where its process ended over it. */
  readonly byPyTorch: Promise<readonly Disagreement[] | undefined> | undefined;
}

function asked(given: Case, torch: Torch | undefined): Asked {
  const plain = plainAnswer(given);
  const byPyTorch = torch && given.theirs !== undefined ? withPyTorch(given, plain, torch) : undefined;
  return { given, plain, byPyTorch };
}

interface Verdict {
  /** The first disagreement that nothing explains. */
  readonly fault: Disagreement | undefined;
  /** Why others are none of our faults. */
  readonly reasons: ReadonlySet<string>;
  readonly byPyTorch: 'judged' | 'unjudged' | 'not asked';
}

/** The first disagreement that nothing explains, and the reasons of those before it: one that is explained hides no other. */
export function unexplained(given: Case, all: Iterable<Disagreement>): Pick<Verdict, 'fault' | 'reasons'> {
  const reasons = new Set<string>();
  for (const found of all) {
    const reason = explained(given, found);
    if (reason === undefined) return { fault: found, reasons };
    reasons.add(reason);
  }
  return { fault: undefined, reasons };
}

async function judged({ given, plain, byPyTorch }: Asked): Promise<Verdict> {
  const here = unexplained(given, amongOurs(given, plain));
  const answer = await byPyTorch;
  const there = unexplained(given, answer ?? []);
  return {
    fault: here.fault ?? there.fault,
    reasons: new Set([...here.reasons, ...there.reasons]),
    byPyTorch: byPyTorch === undefined ? 'not asked' : answer === undefined ? 'unjudged' : 'judged',
  };
}

/** How many cases are on their way at a time. */
const together = 32;

/** How long shrinking may take. */
const patienceMs = 4_000;

/** The smallest case that the same oracle still disagrees on. */
async function shrunk(source: Source, seed: number, first: Fault, torch: Torch | undefined): Promise<Fault> {
  let smallest = first;
  const until = Date.now() + patienceMs;
  const property = fc.asyncProperty(source.cases, async (given) => {
    if (Date.now() > until) return true;
    const { fault } = await judged(asked(given, torch));
    if (fault === undefined || fault.oracle !== first.found.oracle) return true;
    smallest = { ...first, given, found: fault };
    return false;
  });
  await fc.check(property, { seed, numRuns: 1 });
  return smallest;
}

/** Runs until told to stop; every case is the seed's and its number's. */
export async function fuzz({ seed, cases, until, torch, only, onFault }: Options): Promise<Tally> {
  const chosen = only === undefined ? sources : sources.filter(({ name }) => name.startsWith(only));
  if (chosen.length === 0) throw new Error(`nothing is called ${only}`);
  const tally: Tally = { cases: 0, families: new Map(), explained: new Map(), faults: [] };
  const count = (source: Source, { plain }: Asked, { byPyTorch }: Verdict) => {
    const counts = tally.families.get(source.family) ?? { cases: 0, judged: 0, unjudged: 0, refused: 0 };
    tally.families.set(source.family, counts);
    tally.cases++;
    counts.cases++;
    if (byPyTorch !== 'not asked') counts[byPyTorch]++;
    if (plain.refused !== undefined) counts.refused++;
  };
  for (let first = 0; first < (cases ?? Infinity) && !until?.(); first += together) {
    const numbers = Array.from({ length: Math.min(together, (cases ?? Infinity) - first) }, (_, i) => first + i);
    // PyTorch is asked about all of them before ours go over them: both work at once.
    const batch = numbers.map((number) => {
      // A stride that shares no factor with the count visits all names before it comes to one again.
      const source = chosen[(number * 7 + seed) % chosen.length]!;
      return { number, source, case: asked(drawn(source, seedOf(seed, number)), torch) };
    });
    await new Promise(setImmediate);
    for (const { number, source, case: one } of batch) {
      const verdict = await judged(one);
      const { fault, reasons } = verdict;
      count(source, one, verdict);
      for (const reason of reasons) tally.explained.set(reason, (tally.explained.get(reason) ?? 0) + 1);
      if (fault === undefined) continue;
      const smallest = await shrunk(source, seedOf(seed, number), { number, given: one.given, found: fault }, torch);
      tally.faults.push(smallest);
      onFault?.(smallest);
    }
  }
  return tally;
}
