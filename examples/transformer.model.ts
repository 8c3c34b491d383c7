// The whole Transformer: an encoder reads a sentence, a decoder writes its translation one word after the other.
// Attention: every layer's maps with their words: the encoder's own, the decoder's masked ones, and how it looks at the source.
import { defineModel, generate, nn, optim, randint, type Tensor, tokens, Vocabulary } from 'tensight';

const english = [
  ['the', 'cat', 'drinks', 'milk'],
  ['a', 'dog', 'sleeps'],
];
const german = [
  ['<start>', 'die', 'Katze', 'trinkt', 'Milch', '<end>'],
  ['<start>', 'ein', 'Hund', 'schläft', '<end>'],
];
// The sentences of training: each who with each what, but for one pair, which it has to translate unseen.
const who = [
  ['the cat', 'die Katze'],
  ['the dog', 'der Hund'],
  ['a dog', 'ein Hund'],
  ['the bird', 'der Vogel'],
  ['a cat', 'eine Katze'],
] as const;
const what = [
  ['drinks milk', 'trinkt Milch'],
  ['sleeps', 'schläft'],
  ['drinks water', 'trinkt Wasser'],
  ['sees a bird', 'sieht einen Vogel'],
] as const;
const pairs = who.flatMap(([w, wer]) =>
  what.map(([d, tut]) => ({
    source: `${w} ${d}`.split(' '),
    target: `<start> ${wer} ${tut} <end>`.split(' '),
  })),
);
const unseen = 'the bird drinks milk';
const known = pairs.filter(({ source }) => source.join(' ') !== unseen);

const source = Vocabulary.from(
  pairs.map((pair) => pair.source),
  { specials: ['<pad>'] },
);
const target = Vocabulary.from(
  pairs.map((pair) => pair.target),
  { specials: ['<pad>'] },
);
const width = 64;

class Translator extends nn.Module {
  sourceEmbedding = new nn.Embedding(source.size, width);
  targetEmbedding = new nn.Embedding(target.size, width);
  position = new nn.PositionalEncoding(width, { maxLength: 32, dropout: 0, batchFirst: true });
  transformer = new nn.Transformer({
    dModel: width,
    nhead: 8,
    numEncoderLayers: 2,
    numDecoderLayers: 2,
    dimFeedforward: 128,
    dropout: 0,
    batchFirst: true,
  });
  head = new nn.Linear(width, target.size);

  forward(src: Tensor, tgt: Tensor): Tensor {
    const s = this.position.forward(this.sourceEmbedding.forward(src));
    const t = this.position.forward(this.targetEmbedding.forward(tgt));
    const decoded = this.transformer.forward(s, t, {
      tgtMask: nn.Transformer.generateSquareSubsequentMask(tgt.size(1)),
      srcKeyPaddingMask: src.eq(source.indexOf('<pad>')),
      memoryKeyPaddingMask: src.eq(source.indexOf('<pad>')),
    });
    return this.head.forward(decoded);
  }
}

export default defineModel({
  name: 'Translator',
  model: () => new Translator(),
  inputs: {
    src: tokens(english, source, { pad: '<pad>' }),
    tgt: tokens(german, target, { pad: '<pad>' }),
  },
  loss: ({ output, inputs }) =>
    nn.functional.crossEntropy(output.flatten(0, 1), inputs.tgt.shift().flatten(), { ignoreIndex: -100 }),
  train: {
    steps: 300,
    batch: () => {
      const chosen = (randint(0, known.length, [8]).toArray() as number[]).map((i) => known[i]!);
      return {
        inputs: {
          src: tokens(
            chosen.map((pair) => pair.source),
            source,
            { pad: '<pad>' },
          ),
          tgt: tokens(
            chosen.map((pair) => pair.target),
            target,
            { pad: '<pad>' },
          ),
        },
      };
    },
    // The paper's schedule: the rate rises, then falls with the square root of the step.
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 1, betas: [0.9, 0.98] }),
    schedule: (optimizer) => new optim.NoamLR(optimizer, { dModel: width, warmup: 200 }),
    result: ({ model }) => {
      const right = known.filter((pair) => translate(model, pair.source) === pair.target.slice(1, -1).join(' '));
      return { 'known right': right.length / known.length, [unseen]: translate(model, unseen.split(' ')) };
    },
  },
});

/** Greedily, one word at a time. */
function translate(model: Translator, sentence: readonly string[]): string {
  const src = tokens([sentence], source);
  const ids = generate((tgt) => model.forward(src, tgt), [target.indexOf('<start>')], {
    maxNewTokens: 8,
    eos: target.indexOf('<end>'),
  });
  return target
    .decode(ids.slice(1))
    .filter((word) => word !== '<end>')
    .join(' ');
}
