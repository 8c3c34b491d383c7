import { context, noGrad } from '../context.ts';
import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { Module } from '../nn/module.ts';
import { Generator } from '../tensor/random.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { beamSearch } from './beamSearch.ts';
import { Asker, type AskOptions, type LanguageModel } from './languageModel.ts';
import { checkSampling, greedy, type SamplingOptions, sample } from './sampling.ts';

/**
 * Without `temperature`, `topK`, `topP` and `beams` the likeliest token is taken each time. With one of the first three it is
 * drawn; with `beams` the likeliest text of so many that are followed side by side is.
 */
export interface GenerateOptions extends SamplingOptions, AskOptions {
  /** How many tokens are written at most. */
  readonly maxNewTokens: number;
  /** Writing ends with this token. */
  readonly eos?: number | undefined;
  /** Seeds the draws; the run's seed by default. */
  readonly seed?: number | undefined;
  /** Hypotheses of a beam search; 1 by default: none. */
  readonly beams?: number | undefined;
  /** Of a beam search: a text counts by its log-probability divided by (new tokens)^lengthPenalty. 1 by default. */
  readonly lengthPenalty?: number | undefined;
}

/**
 * Writes on from a prompt, one token at a time: prompt [seq] of ids → prompt and new ids. Modules run in evaluation mode and are
 * left in the mode they were in; no gradients are recorded. With the same seed it writes the same.
 *
 * `generate(model, vocabulary.encode('once upon'), { maxNewTokens: 20, temperature: 0.8, topK: 40 })`
 *
 * Throws TensightError for an empty prompt and for options that exclude each other.
 */
export function generate(model: LanguageModel, prompt: readonly number[] | Tensor, options: GenerateOptions): number[] {
  checkArguments('generate', arguments);
  if (!(prompt instanceof Tensor || Array.isArray(prompt) || ArrayBuffer.isView(prompt)))
    throw new TensightError(
      `generate: expected a prompt, a tensor or a list of ids, got ${inWords(prompt)}`,
      'Write generate(model, [1, 2, 3], { maxNewTokens: 10 }).',
    );
  const ids = prompt instanceof Tensor ? idsOf(prompt) : [...prompt];
  if (!Number.isInteger(options?.maxNewTokens) || options.maxNewTokens < 0)
    throw new TensightError(
      `generate: expected maxNewTokens, a whole number of 0 or more, got ${inWords(options?.maxNewTokens)}`,
      'Write generate(model, prompt, { maxNewTokens: 10 }).',
    );
  const { maxNewTokens, eos, beams = 1, lengthPenalty, seed } = options;
  const { temperature, topK, topP } = options;
  const drawn = temperature !== undefined || topK !== undefined || topP !== undefined;

  if (ids.length === 0) throw new TensightError('generate: the prompt is empty', 'Begin with a start token.');
  if (drawn && beams !== 1)
    throw new TensightError(
      "generate: beams can't be combined with temperature, topK or topP",
      'A beam search does not sample: give one or the other.',
    );
  if (drawn) checkSampling({ temperature, topK, topP });
  return noGrad(() =>
    inEvaluation(model, () => {
      const asker = new Asker(model, options);
      if (beams !== 1) {
        const [best] = beamSearch(asker, ids, { maxNewTokens, beams, eos, lengthPenalty });
        return best === undefined ? ids : [...best.ids];
      }
      const generator = seed === undefined ? context.generator : new Generator(seed);
      for (let i = 0; i < maxNewTokens; i++) {
        const [logits] = asker.ask([ids]);
        const token = drawn ? sample(logits!, { temperature, topK, topP }, generator) : greedy(logits!);
        ids.push(token);
        if (token === eos) break;
      }
      return ids;
    }),
  );
}

function idsOf(prompt: Tensor): number[] {
  if (prompt.ndim !== 1 || prompt.dtype !== 'i32')
    throw new TensightError(
      `generate: expected a prompt [seq] of i32, got ${prompt.dtype} of ${prompt.ndim} dimensions`,
      'Take one sequence of a batch with .select(0, i).',
    );
  return [...elementsOf(prompt)];
}

/** Runs `body` with the model and all below it in evaluation mode. */
function inEvaluation<T>(model: LanguageModel, body: () => T): T {
  const training = model instanceof Module ? model.modules().filter((module) => module.training) : [];
  for (const module of training) module.training = false;
  try {
    return body();
  } finally {
    for (const module of training) module.training = true;
  }
}
