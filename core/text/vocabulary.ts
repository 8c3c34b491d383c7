import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';

/** Words that no text holds. */
export interface VocabularyOptions {
  /** Words of no text that come first, in this order: `['<pad>', '<bos>', '<eos>', '<unk>']`. */
  specials?: readonly string[];
  /** The word that stands for words not in the vocabulary; `<unk>` where it is one of the words. */
  unknown?: string;
}

/** The words a model knows, each with its index: 0 … size − 1. */
export class Vocabulary implements Iterable<string> {
  /** In order of index. */
  readonly words: readonly string[];
  /** What an unknown word becomes; undefined where an unknown word is an error. */
  readonly unknown: string | undefined;
  readonly #indices: ReadonlyMap<string, number>;

  /** Of these words, in this order. Throws TensightError where one is there twice. Usually `Vocabulary.from` is meant. */
  constructor(words: Iterable<string>, { unknown }: Pick<VocabularyOptions, 'unknown'> = {}) {
    checkArguments(new.target, arguments);
    this.words = [...words];
    const indices = new Map<string, number>();
    for (const [i, word] of this.words.entries()) {
      if (indices.has(word)) throw new TensightError(`Vocabulary: "${word}" is given twice`);
      indices.set(word, i);
    }
    this.#indices = indices;
    if (unknown !== undefined && !indices.has(unknown))
      throw new TensightError(`Vocabulary: the unknown word "${unknown}" is not one of its words`);
    this.unknown = unknown ?? (indices.has('<unk>') ? '<unk>' : undefined);
  }

  /**
   * Every different word of these texts, in order of first appearance, after `specials`. A text is split at white space;
   * lists of words are taken as they are: `Vocabulary.from('the cat sat')`, `Vocabulary.from(['the cat', 'a dog'])`,
   * `Vocabulary.from([['the', 'cat'], ['a', 'dog']])`.
   */
  static from(texts: string | Iterable<string | readonly string[]>, options: VocabularyOptions = {}): Vocabulary {
    checkArguments('Vocabulary.from', [texts, options]);
    const words = new Set<string>(options.specials);
    if (options.unknown !== undefined) words.add(options.unknown);
    for (const text of typeof texts === 'string' ? [texts] : texts)
      for (const word of typeof text === 'string' ? split(text) : text) words.add(word);
    const { unknown } = options;
    return new Vocabulary(words, unknown === undefined ? {} : { unknown });
  }

  /** Number of words. */
  get size(): number {
    return this.words.length;
  }

  /** Whether it is one of the words; an unknown word is not, even where `unknown` stands for it. */
  has(word: string): boolean {
    return this.#indices.has(word);
  }

  /** The word's index, or the unknown word's. Throws TensightError with the nearest words where there is neither. */
  indexOf(word: string): number {
    const index = this.#indices.get(word) ?? (this.unknown === undefined ? undefined : this.#indices.get(this.unknown));
    if (index === undefined) {
      const near = nearest(word, this.words);
      throw new TensightError(
        `"${word}" is not in the vocabulary of ${this.size} words`,
        near.length > 0
          ? `Did you mean ${near.map((other) => `"${other}"`).join(' or ')}? Or give the vocabulary an unknown word: { specials: ['<unk>'] }.`
          : "Add it, or give the vocabulary an unknown word: { specials: ['<unk>'] }.",
      );
    }
    return index;
  }

  /** Throws TensightError where no word has this index. */
  wordAt(index: number): string {
    const word = this.words[index];
    if (word === undefined)
      throw new TensightError(`no word has index ${index}: the vocabulary's indices are 0 … ${this.size - 1}`);
    return word;
  }

  /** Indices of a text's words (split at white space) or of a list of words. */
  encode(text: string | readonly string[]): number[] {
    return (typeof text === 'string' ? split(text) : text).map((word) => this.indexOf(word));
  }

  /** The words of these indices. */
  decode(indices: Iterable<number>): string[] {
    return Array.from(indices, (index) => this.wordAt(index));
  }

  /** The words in order of index. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.words[Symbol.iterator]();
  }
}

function split(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Up to three words that differ little from `word`. */
function nearest(word: string, words: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return words
    .map((other) => ({ other, distance: editDistance(word.toLowerCase(), other.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ other }) => other);
}

/** Insertions, deletions and replacements from `a` to `b`; anything above `limit` where it is more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
