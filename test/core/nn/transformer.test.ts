import { describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import {
  arange,
  manualSeed,
  nn,
  noGrad,
  optim,
  randn,
  type Tensor,
  tokens,
  Vocabulary,
  zeros,
} from '../../../core/index.ts';

const english = [
  ['the', 'cat', 'drinks', 'milk'],
  ['a', 'dog', 'sleeps'],
];
const german = [
  ['<start>', 'die', 'Katze', 'trinkt', 'Milch', '<end>'],
  ['<start>', 'ein', 'Hund', 'schläft', '<end>'],
];

/** Both halves, words in, scores of words out. */
class Translator extends nn.Module {
  readonly source = Vocabulary.from(english, { specials: ['<pad>'] });
  readonly target = Vocabulary.from(german, { specials: ['<pad>'] });
  sourceEmbedding = new nn.Embedding(this.source.size, 16);
  targetEmbedding = new nn.Embedding(this.target.size, 16);
  position = new nn.PositionalEncoding(16, { maxLength: 8, dropout: 0, batchFirst: true });
  transformer = new nn.Transformer({
    dModel: 16,
    nhead: 2,
    numEncoderLayers: 1,
    numDecoderLayers: 1,
    dimFeedforward: 32,
    dropout: 0,
    batchFirst: true,
  });
  head = new nn.Linear(16, this.target.size);

  forward(src: Tensor, tgt: Tensor): Tensor {
    const padding = src.eq(this.source.indexOf('<pad>'));
    const decoded = this.transformer.forward(
      this.position.forward(this.sourceEmbedding.forward(src)),
      this.position.forward(this.targetEmbedding.forward(tgt)),
      { tgtIsCausal: true, srcKeyPaddingMask: padding, memoryKeyPaddingMask: padding },
    );
    return this.head.forward(decoded);
  }
}

describe('a tiny Transformer', () => {
  test('learns two sentences by heart, and writes them one word after the other', () => {
    manualSeed(0);
    const model = new Translator();
    const src = tokens(english, model.source);
    const tgt = tokens(german, model.target);
    const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
    let loss = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 60; step++) {
      optimizer.zeroGrad();
      const logits = model.forward(src, tgt.narrow(1, 0, 5));
      const wrong = nn.functional.crossEntropy(logits.flatten(0, 1), tgt.narrow(1, 1, 5).flatten(), { ignoreIndex: 0 });
      wrong.backward();
      optimizer.step();
      loss = wrong.item();
    }
    expect(loss).toBeLessThan(0.05);

    noGrad(() => {
      model.eval();
      const written = ['<start>'];
      while (written.at(-1) !== '<end>' && written.length < 8) {
        const logits = model.forward(tokens([english[0]!], model.source), tokens([written], model.target));
        written.push(model.target.wordAt(logits.select(0, 0).select(0, -1).argmax(-1).item()));
      }
      expect(written).toEqual(german[0]);
    });
  });
});

describe('nn.Transformer', () => {
  test('takes its sizes in front of the options or among them', () => {
    const options = { numEncoderLayers: 1, numDecoderLayers: 2, dimFeedforward: 12 };
    const front = new nn.Transformer(8, 2, options).stateDict();
    const among = new nn.Transformer({ dModel: 8, nhead: 2, ...options }).stateDict();
    expect(Object.entries(front).map(([name, { shape }]) => [name, shape])).toEqual(
      Object.entries(among).map(([name, { shape }]) => [name, shape]),
    );
  });

  test('makes the mask of the future as PyTorch does', () => {
    const mask = nn.Transformer.generateSquareSubsequentMask(3).toArray();
    const hidden = Number.NEGATIVE_INFINITY;
    expect(mask).toEqual([
      [0, hidden, hidden],
      [0, 0, hidden],
      [0, 0, 0],
    ]);
  });

  test('gives the same by tgtIsCausal and by the mask', () => {
    manualSeed(1);
    const model = new nn.Transformer(8, 2, { numEncoderLayers: 1, numDecoderLayers: 1, dropout: 0 });
    const [src, tgt] = [randn([3, 1, 8]), randn([4, 1, 8])];
    const flagged = model.forward(src, tgt, { tgtIsCausal: true });
    const masked = model.forward(src, tgt, { tgtMask: nn.Transformer.generateSquareSubsequentMask(4) });
    for (const [i, value] of flagged.toTypedArray().entries()) expect(value).toBeCloseTo(masked.toTypedArray()[i]!, 6);
  });

  test('says that batches differ, and which axis the batch is', () => {
    const model = new nn.Transformer(8, 2, { numEncoderLayers: 1, numDecoderLayers: 1 });
    expect(() => model.forward(zeros([3, 2, 8]), zeros([3, 4, 8]))).toThrow(/batches of 2 and 4/);
  });
});

class Block extends nn.Module {
  ln1: nn.LayerNorm;
  attn: nn.MultiheadAttention;
  ln2: nn.LayerNorm;
  mlp: nn.Sequential;

  constructor(width: number, heads: number) {
    super();
    this.ln1 = new nn.LayerNorm(width);
    this.attn = new nn.MultiheadAttention(width, heads, { batchFirst: true });
    this.ln2 = new nn.LayerNorm(width);
    this.mlp = new nn.Sequential(new nn.Linear(width, 4 * width), new nn.GELU(), new nn.Linear(4 * width, width));
  }

  forward(x: Tensor): Tensor {
    const h = this.ln1.forward(x);
    const [a] = this.attn.forward(h, h, h, { isCausal: true });
    const y = x.add(a);
    return y.add(this.mlp.forward(this.ln2.forward(y)));
  }
}

describe('GPT-3', () => {
  const [layers, width, heads, length, words] = [96, 12288, 96, 2048, 50257];

  test('has its 175 billion parameters and its shapes in a shape run, and no data', () => {
    context.mode = 'shape';
    try {
      const bytes = process.memoryUsage().arrayBuffers;
      const embedding = new nn.Embedding(words, width);
      const positions = new nn.Embedding(length, width);
      const blocks = new nn.ModuleList(Array.from({ length: layers }, () => new Block(width, heads)));
      let x = embedding.forward(zeros([1, length], { dtype: 'i32' })).add(positions.forward(arange(length)));
      for (const block of blocks) x = block.forward(x);
      const logits = nn.functional.linear(x, embedding.weight);
      logits.sum().backward();
      expect(logits.shape).toEqual([1, length, words]);
      expect(logits.isMeta).toBe(true);
      expect(embedding.weight.grad?.shape).toEqual([words, width]);
      const parameters = [embedding, positions, blocks].flatMap((module) => module.parameters());
      expect(parameters.reduce((sum, { numel }) => sum + numel, 0)).toBe(174_604_234_752);
      expect(process.memoryUsage().arrayBuffers - bytes).toBeLessThan(1e6);
    } finally {
      context.mode = 'value';
    }
  });
});
