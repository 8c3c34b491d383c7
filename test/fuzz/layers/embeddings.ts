/** Embeddings, of words and of positions. */
import fc from 'fast-check';
import { flag, indices, input, int, shape } from '../drawing.ts';
import { type Drawn, type Layers, optional } from './layer.ts';

const table = (bag: boolean): Drawn =>
  fc
    .record({
      rows: int(1, 5),
      width: int(1, 4),
      paddingIdx: optional(int(-5, 4)),
      mode: fc.constantFrom('sum', 'mean', 'max'),
      s: bag ? fc.tuple(int(1, 3), int(1, 3)) : shape(0, 2),
      odd: int(0, 20),
    })
    .chain(({ rows, width, paddingIdx, mode, s, odd }) =>
      indices(s, rows + (odd === 0 ? 1 : 0)).map((a) => ({
        args: [rows, width],
        options: { paddingIdx, ...(bag && { mode }) },
        inputs: [a],
      })),
    );

export const embeddings: Layers = {
  Embedding: table(false),
  EmbeddingBag: table(true),
  PositionalEncoding: fc
    .tuple(int(1, 2), int(1, 4), int(1, 3))
    .chain(([b, s, d]) =>
      input([b, s, 2 * d]).map((a) => ({ args: [2 * d], options: { dropout: 0 }, inputs: [a], theirs: null })),
    ),
  LearnedPositionalEmbedding: fc
    .tuple(int(1, 2), int(1, 4), int(1, 3))
    .chain(([b, s, d]) =>
      input([b, s, d]).map((a) => ({ args: [d], options: { maxLength: 6 }, inputs: [a], theirs: null })),
    ),
  RotaryEmbedding: fc
    .tuple(int(1, 2), int(1, 4), int(1, 3), optional(flag))
    .chain(([h, s, d, interleaved]) =>
      input([1, h, s, 2 * d]).map((a) => ({ args: [2 * d], options: { interleaved }, inputs: [a], theirs: null })),
    ),
};
