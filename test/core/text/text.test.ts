import { describe, expect, test } from 'vitest';
import { TensightError, tokens, Vocabulary } from '../../../core/index.ts';

function hintOf(body: () => unknown): string | undefined {
  try {
    body();
  } catch (error) {
    if (error instanceof TensightError) return error.hint;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('Vocabulary', () => {
  test('numbers words by first appearance, behind the specials', () => {
    const vocabulary = Vocabulary.from(['the cat sat', 'the dog'], { specials: ['<pad>'] });
    expect([...vocabulary]).toEqual(['<pad>', 'the', 'cat', 'sat', 'dog']);
    expect(vocabulary.size).toBe(5);
    expect(vocabulary.decode(vocabulary.encode('the dog sat'))).toEqual(['the', 'dog', 'sat']);
  });

  test('takes one text, texts, words, and lists of words', () => {
    const words = ['a', 'b', 'c'];
    for (const texts of ['a b c', ['a b', 'b c'], ['a', 'b', 'c'], [['a', 'b'], ['c']]])
      expect(Vocabulary.from(texts).words).toEqual(words);
  });

  test('names the nearest words where one is unknown', () => {
    const vocabulary = Vocabulary.from('cat sat mat dog');
    expect(() => vocabulary.indexOf('cats')).toThrow('"cats" is not in the vocabulary of 4 words');
    expect(hintOf(() => vocabulary.indexOf('cats'))).toMatch(/^Did you mean "cat"/);
    expect(hintOf(() => vocabulary.indexOf('xylophone'))).toMatch(/<unk>/);
  });

  test('has a word for unknown ones where it was given one', () => {
    const vocabulary = Vocabulary.from('cat', { specials: ['<unk>'] });
    expect(vocabulary.encode('cat bird')).toEqual([1, 0]);
    expect(Vocabulary.from('cat', { unknown: '?' }).encode('bird')).toEqual([0]);
  });

  test('knows words that are also names of objects', () => {
    expect(() => Vocabulary.from('cat').indexOf('constructor')).toThrow(/not in the vocabulary/);
  });

  test('refuses an index without a word, and a word given twice', () => {
    expect(() => Vocabulary.from('cat').wordAt(1)).toThrow(/0 … 0/);
    expect(() => new Vocabulary(['a', 'a'])).toThrow(/given twice/);
  });
});

describe('tokens', () => {
  const vocabulary = Vocabulary.from('the cat sat', { specials: ['<pad>'] });

  test('are indices whose axis carries the words', () => {
    const ids = tokens(['the', 'cat'], vocabulary);
    expect(ids.dtype).toBe('i32');
    expect(ids.toArray()).toEqual([1, 2]);
    expect(ids.axes).toEqual([{ name: 'seq', labels: ['the', 'cat'] }]);
  });

  test('fill up short sentences, each with words of its own', () => {
    const ids = tokens([['the', 'cat', 'sat'], ['cat']], vocabulary);
    expect(ids.toArray()).toEqual([
      [1, 2, 3],
      [2, 0, 0],
    ]);
    expect(ids.axes[0]?.name).toBe('batch');
    expect(ids.axes[1]?.labels).toEqual([
      ['the', 'cat', 'sat'],
      ['cat', '<pad>', '<pad>'],
    ]);
  });

  test('say how to fill up where there is no word for it', () => {
    const bare = Vocabulary.from('the cat');
    expect(() => tokens([['the', 'cat'], ['the']], bare)).toThrow(/1 to 2 words long/);
    expect(tokens([['the', 'cat'], ['the']], bare, { pad: 'cat' }).toArray()).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test('know their numbers in a shape run', async () => {
    const { context } = await import('../../../core/context.ts');
    context.mode = 'shape';
    try {
      expect(tokens(['sat'], vocabulary).toArray()).toEqual([3]);
    } finally {
      context.mode = 'value';
    }
  });
});
