/** How the next token is chosen from a model's logits for it. */
import { TensightError } from '../errors.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import type { Generator } from '../tensor/random.ts';

export interface SamplingOptions {
  /** Logits are divided by it: below 1 likely tokens become likelier, above 1 all become more alike. 1 by default. */
  readonly temperature?: number | undefined;
  /** Only the so many likeliest tokens. Fan et al. 2018. */
  readonly topK?: number | undefined;
  /** Only the likeliest tokens that together have this probability. Holtzman et al. 2020. */
  readonly topP?: number | undefined;
}

/** Token of the largest logit; of equal ones the first. Throws TensightError where one is NaN, which is larger than none. */
export function greedy(logits: TypedArray): number {
  let best = 0;
  for (let i = 0; i < logits.length; i++) {
    if (Number.isNaN(logits[i])) throw noProbability();
    if (logits[i]! > logits[best]!) best = i;
  }
  return best;
}

const noProbability = () =>
  new TensightError(
    'generate: no token can be chosen, because all logits are NaN or −∞',
    'Run the model to see where NaN begins.',
  );

/** log softmax, in double precision. */
export function logProbabilities(logits: TypedArray, temperature = 1): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (const x of logits) if (x > most) most = x;
  const scaled = Float64Array.from(logits, (x) => (x - most) / temperature);
  let total = 0;
  for (const x of scaled) total += Math.exp(x);
  const log = Math.log(total);
  return scaled.map((x) => x - log);
}

/**
 * A token drawn by its probability, among those that `topK` and `topP` leave. Throws TensightError for options without meaning,
 * and where no token has a probability (all logits −∞, or one NaN).
 */
export function sample(
  logits: TypedArray,
  { temperature = 1, topK, topP }: SamplingOptions,
  generator: Generator,
): number {
  checkSampling({ temperature, topK, topP });
  const logs = logProbabilities(logits, temperature);
  const likeliest = Array.from(logs, (_, i) => i).sort((a, b) => logs[b]! - logs[a]! || a - b);
  if (Number.isNaN(logs[likeliest[0] ?? 0] ?? Number.NaN)) throw noProbability();
  let kept = Math.min(topK ?? likeliest.length, likeliest.length);
  if (topP !== undefined) {
    const whole = likeliest.slice(0, kept).reduce((sum, i) => sum + Math.exp(logs[i]!), 0);
    let sofar = 0;
    let count = 0;
    // The token that passes the limit is still among them.
    while (count < kept && (count === 0 || sofar < topP * whole)) sofar += Math.exp(logs[likeliest[count++]!]!);
    kept = count;
  }
  const chosen = likeliest.slice(0, kept);
  const total = chosen.reduce((sum, i) => sum + Math.exp(logs[i]!), 0);
  let rest = generator.uniform64() * total;
  for (const i of chosen) {
    rest -= Math.exp(logs[i]!);
    if (rest < 0) return i;
  }
  return chosen.at(-1)!;
}

export function checkSampling({ temperature = 1, topK, topP }: SamplingOptions): void {
  if (!(temperature > 0))
    throw new TensightError(
      `generate: expected a temperature above 0, got ${temperature}`,
      'Leave it out for the likeliest token.',
    );
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1))
    throw new TensightError(`generate: expected a whole number of 1 or more for topK, got ${topK}`);
  if (topP !== undefined && !(topP > 0 && topP <= 1))
    throw new TensightError(`generate: expected a probability above 0 and up to 1 for topP, got ${topP}`);
}
