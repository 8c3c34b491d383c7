import { TensightError } from '../errors.ts';
import type { Asker } from './languageModel.ts';
import { logProbabilities } from './sampling.ts';

export interface BeamOptions {
  readonly maxNewTokens: number;
  /** Hypotheses followed side by side. */
  readonly beams: number;
  readonly eos?: number | undefined;
  /** A hypothesis counts by its log-probability divided by (new tokens)^lengthPenalty. 1 by default. */
  readonly lengthPenalty?: number | undefined;
}

/** A finished text and what it counts. */
export interface Hypothesis {
  /** Prompt and all. */
  readonly ids: readonly number[];
  /** Log-probability of the new tokens, divided by (their number)^lengthPenalty. */
  readonly score: number;
}

interface Beam {
  readonly ids: readonly number[];
  readonly logProbability: number;
}

/**
 * Follows the `beams` likeliest beginnings at every step, and gives up to as many whole texts, best first. A text is whole when it
 * ends with `eos`, or with `maxNewTokens`. Graves 2012; the length's weight as in Wu et al. 2016, in its plain form.
 */
export function beamSearch(
  asker: Asker,
  prompt: readonly number[],
  { maxNewTokens, beams, eos, lengthPenalty = 1 }: BeamOptions,
): Hypothesis[] {
  if (!(Number.isInteger(beams) && beams >= 1))
    throw new TensightError(`generate: expected a whole number of 1 or more for beams, got ${beams}`);
  const done: Hypothesis[] = [];
  const finish = ({ ids, logProbability }: Beam) =>
    done.push({ ids, score: logProbability / (ids.length - prompt.length) ** lengthPenalty });
  let alive: Beam[] = [{ ids: prompt, logProbability: 0 }];
  for (let step = 0; step < maxNewTokens; step++) {
    const rows = asker.ask(alive.map(({ ids }) => ids));
    const next = rows.flatMap((logits, row) => {
      const logs = logProbabilities(logits);
      // One that ends and as many that go on: no beam can give more.
      return Array.from(logs, (_, token) => token)
        .sort((a, b) => logs[b]! - logs[a]! || a - b)
        .slice(0, beams + 1)
        .map((token) => ({ row, token, logProbability: alive[row]!.logProbability + logs[token]! }));
    });
    next.sort((a, b) => b.logProbability - a.logProbability || a.row - b.row || a.token - b.token);
    const kept: (Beam & { row: number })[] = [];
    for (const { row, token, logProbability } of next) {
      if (kept.length === beams || logProbability === Number.NEGATIVE_INFINITY) break;
      const beam = { ids: [...alive[row]!.ids, token], logProbability, row };
      if (token === eos) finish(beam);
      else kept.push(beam);
    }
    alive = kept;
    if (alive.length === 0 || done.length >= beams) break;
    asker.follow(kept.map(({ row }) => row));
  }
  if (done.length < beams) alive.filter(({ ids }) => ids.length > prompt.length).forEach(finish);
  return done.sort((a, b) => b.score - a.score).slice(0, beams);
}
