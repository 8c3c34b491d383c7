/** A training made up on the spot: losses that fall and jitter, at any moment of its way. */
import type { Training } from '../../extension/protocol/training.ts';
import { normal, random } from './traces/random.ts';

const most = 400;

/** `steps` of `of` made. */
export function training(
  uri: string,
  model: string,
  steps: number,
  of: number,
  more: Partial<Training> = {},
): Training {
  const next = random(7);
  const width = Math.max(1, Math.ceil(steps / most));
  const points = Math.ceil(steps / width);
  const spread = width === 1 ? 0 : 0.3;
  const mean = Array.from(
    { length: points },
    (_, i) => (0.02 + 2.6 * Math.exp((-9 * i * width) / of)) * Math.exp(0.12 * normal(next)),
  );
  const last = mean.at(-1);
  return {
    uri,
    model,
    name: model,
    state: steps < of ? 'running' : 'done',
    step: steps,
    steps: of,
    ...(last === undefined ? {} : { firstLoss: mean[0]!, loss: last }),
    ms: steps * 4.2,
    curve: { width, mean, min: mean.map((loss) => loss * (1 - spread)), max: mean.map((loss) => loss * (1 + spread)) },
    result: steps < of ? {} : { accuracy: 0.984, translated: 'this is a small house by the lake', perplexity: 1.0213 },
    outOfDate: false,
    parameters: steps < of ? 'none' : 'trained',
    ...more,
  };
}
