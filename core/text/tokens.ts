import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { axis } from '../tensor/axes.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { Vocabulary } from './vocabulary.ts';

/** How sentences of different length become one tensor. */
export interface TokensOptions {
  /** Fills up sentences shorter than the longest; `<pad>` by default. */
  pad?: string;
}

/**
 * Words as indices, i32: one sentence → [seq], several → [batch, seq]. The `seq` axis carries the words, so that every
 * picture of what is computed from them can write them on its sides. Throws TensightError for a word the vocabulary doesn't
 * know (unless it has an unknown word), and where sentences differ in length and there is no padding word.
 */
export function tokens(
  words: readonly string[] | readonly (readonly string[])[],
  vocabulary: Vocabulary,
  { pad = '<pad>' }: TokensOptions = {},
): Tensor {
  checkArguments('tokens', arguments);
  if (!((vocabulary as unknown) instanceof Vocabulary))
    throw new TensightError(
      `tokens: expected a vocabulary, got ${inWords(vocabulary)}`,
      'Write tokens(words, Vocabulary.from(texts)).',
    );
  if (words.length === 0) throw new TensightError('tokens: there are no words', "tokens(['the', 'cat'], vocab)");
  const batched = Array.isArray(words[0]);
  const sentences = (batched ? words : [words]) as readonly (readonly string[])[];
  const length = Math.max(...sentences.map((sentence) => sentence.length));
  const padded = sentences.map((sentence) => {
    if (sentence.length === length) return sentence;
    if (!vocabulary.has(pad))
      throw new TensightError(
        `tokens: sentences are ${sentence.length} to ${length} words long, and "${pad}" to fill up the short ones is not in the vocabulary`,
        `Make the vocabulary with { specials: ['${pad}'] }, or choose another word to pad with: tokens(…, vocab, { pad: '…' }).`,
      );
    return [...sentence, ...new Array<string>(length - sentence.length).fill(pad)];
  });
  const seq = axis('seq', batched ? padded : padded[0]!);
  const spec = batched
    ? { shape: [padded.length, length], dtype: 'i32' as const, axes: [axis('batch'), seq] }
    : { shape: [length], dtype: 'i32' as const, axes: [seq] };
  const indices = padded.flatMap((sentence) => vocabulary.encode(sentence));
  context.observer?.allocate(spec, 'tokens');
  const result = new Tensor(spec, context.backend.allocate('i32', indices.length));
  result.storage.data.set(indices);
  return result;
}
