/**
 * What an engine runs before the person's first click, so that JavaScript's engine has compiled the paths that a run takes, on both sides of
 * the channel: the first run answers as fast as the tenth, and its times are the model's, not the compiler's. Small models with the
 * layers that most models have, written as `extension/source` would leave them. Nothing of it is kept.
 */
import type { Site } from '../../core/trace/trace.ts';
import { probeNames } from '../compiler/marks.ts';
import type { CompiledModule, RunRequest } from '../protocol/engine.ts';

const file = 'tensight:rehearsal';
/** Attention more often than the rest: there is more of it. */
const order = ['words', 'image', 'words', 'sequence'] as const;

/** ⟦⟧ is a probe around an expression, ⟨⟩ around the reading of a value. */
const marked = `"use strict";var _tensight = require("tensight");require();
const { arange, defineModel, nn, randn, tokens, zeros, Vocabulary } = _tensight;
const width = 64;
const vocabulary = ⟨Vocabulary.from('the cat sat on a mat and the dog sat on the cat'.split(' '))⟩;
class Block extends nn.Module {
  norm1 = ⟨⟦new nn.LayerNorm(width)⟧⟩;
  attention = ⟨⟦new nn.MultiheadAttention(width, 4)⟧⟩;
  norm2 = ⟨⟦new nn.LayerNorm(width)⟧⟩;
  mlp = ⟨⟦new nn.Sequential(⟦new nn.Linear(width, 4 * width)⟧, ⟦new nn.GELU()⟧, ⟦new nn.Linear(4 * width, width)⟧)⟧⟩;
  forward(x) {⟨x⟩;
    const h = ⟨⟦⟨this.norm1⟩.forward(⟨x⟩)⟧⟩;
    const [a] = ⟦⟨this.attention⟩.forward(⟨h⟩, ⟨h⟩, ⟨h⟩, { isCausal: true })⟧;⟨a⟩;
    const y = ⟨⟦⟨x⟩.add(⟨a⟩)⟧⟩;
    return ⟨⟦⟨y⟩.add(⟦⟨this.mlp⟩.forward(⟦⟨this.norm2⟩.forward(⟨y⟩)⟧)⟧)⟧⟩;
  }
}
class Words extends nn.Module {
  tokens = ⟨⟦new nn.Embedding(vocabulary.size, width)⟧⟩;
  positions = ⟨⟦new nn.Embedding(16, width)⟧⟩;
  blocks = ⟨⟦new nn.ModuleList([⟦new Block()⟧])⟧⟩;
  encoder = ⟨⟦new nn.TransformerEncoderLayer(width, 4, { dimFeedforward: 128, dropout: 0.1 })⟧⟩;
  head = ⟨⟦new nn.Linear(width, vocabulary.size, { bias: false })⟧⟩;
  constructor() {
    super();
    nn.init.normal(this.tokens.weight, 0, 0.02);
    this.head.weight = this.tokens.weight;
  }
  forward(ids) {⟨ids⟩;
    let x = ⟨⟦⟦⟨this.tokens⟩.forward(⟨ids⟩)⟧.add(⟦⟨this.positions⟩.forward(⟦arange(⟦⟨ids⟩.size(-1)⟧)⟧)⟧)⟧⟩;
    for (const block of ⟨this.blocks⟩) {⟨block⟩; x = ⟨⟦⟨block⟩.forward(⟨x⟩)⟧⟩;}
    return ⟨⟦⟨this.head⟩.forward(⟦⟨this.encoder⟩.forward(⟦⟨x⟩.mul(0.5)⟧)⟧)⟧⟩;
  }
}
class Image extends nn.Module {
  conv = ⟨⟦new nn.Conv2d(1, 8, 3, { padding: 1 })⟧⟩;
  norm = ⟨⟦new nn.BatchNorm2d(8)⟧⟩;
  pool = ⟨⟦new nn.MaxPool2d(2)⟧⟩;
  drop = ⟨⟦new nn.Dropout(0.1)⟧⟩;
  head = ⟨⟦new nn.Linear(8 * 8 * 8, 10)⟧⟩;
  forward(x) {⟨x⟩;
    const h = ⟨⟦⟨this.pool⟩.forward(⟦⟦⟨this.norm⟩.forward(⟦⟨this.conv⟩.forward(⟨x⟩)⟧)⟧.relu()⟧)⟧⟩;
    return ⟨⟦⟨this.head⟩.forward(⟦⟨this.drop⟩.forward(⟦⟨h⟩.flatten(1)⟧)⟧)⟧⟩;
  }
}
class Sequence extends nn.Module {
  lstm = ⟨⟦new nn.LSTM(6, width, { batchFirst: true })⟧⟩;
  head = ⟨⟦new nn.Linear(width, 3)⟧⟩;
  forward(x) {⟨x⟩;
    const [out] = ⟦⟨this.lstm⟩.forward(⟨x⟩)⟧;⟨out⟩;
    return ⟨⟦⟦⟨this.head⟩.forward(⟦⟨out⟩.select(1, -1)⟧)⟧.tanh()⟧⟩;
  }
}
const { crossEntropy, mseLoss } = nn.functional;
exports.words = ⟦defineModel({ model: () => ⟦new Words()⟧, inputs: { ids: ⟦tokens('the cat sat on the mat and the dog sat on a cat'.split(' '), ⟨vocabulary⟩)⟧ }, loss: ({ output, inputs }) => ⟦crossEntropy(⟨output⟩, ⟦⟨inputs⟩.ids.shift()⟧)⟧ })⟧;
exports.image = ⟦defineModel({ model: () => ⟦new Image()⟧, inputs: { x: ⟦randn([2, 1, 16, 16])⟧ }, loss: ({ output }) => ⟦crossEntropy(⟨output⟩, ⟦arange(2)⟧)⟧ })⟧;
exports.sequence = ⟦defineModel({ model: () => ⟦new Sequence()⟧, inputs: { x: ⟦randn([2, 4, 6])⟧ }, loss: ({ output }) => ⟦mseLoss(⟨output⟩, ⟦zeros([2, 3])⟧)⟧ })⟧;
`;

const { code, sites } = withProbes(marked);

const module: CompiledModule = {
  file,
  code,
  siteBase: 0,
  imports: {},
  exports: { own: { words: 'var', image: 'var', sequence: 'var' }, indirect: {}, stars: [], types: [] },
};

/** What the `round`-th time of a rehearsal runs, from 0 on. */
export function rehearsal(round: number): Omit<RunRequest, 'cancel' | 'memoryLimit'> {
  const model = order[round % order.length]!;
  return { run: 0, entry: file, modules: [module], sites, mode: 'backward', model, fallback: true };
}

function withProbes(text: string): { readonly code: string; readonly sites: readonly Site[] } {
  const { enter, leave, see } = probeNames;
  const place = { line: 0, character: 0 };
  const sites: Site[] = [];
  const code = text.replace(/[⟦⟧⟨⟩]/g, (mark) => {
    if (mark === '⟧' || mark === '⟩') return ')';
    const site = sites.push({ file, range: { start: place, end: place }, text: '', kind: 'expression' }) - 1;
    return mark === '⟦' ? `${leave}(${enter}(${site}), ` : `${see}(${site}, `;
  });
  return { code, sites };
}
