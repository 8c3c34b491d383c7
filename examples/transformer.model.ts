// The whole Transformer: an encoder reads a sentence, a decoder writes its translation one word after the other.
import { defineModel, nn, type Tensor, tokens, Vocabulary } from 'tensight';

const english = [
  ['the', 'cat', 'drinks', 'milk'],
  ['a', 'dog', 'sleeps'],
];
const german = [
  ['<start>', 'die', 'Katze', 'trinkt', 'Milch', '<end>'],
  ['<start>', 'ein', 'Hund', 'schläft', '<end>'],
];
const source = Vocabulary.from(english, { specials: ['<pad>'] });
const target = Vocabulary.from(german, { specials: ['<pad>'] });
const width = 64;

class Translator extends nn.Module {
  sourceEmbedding = new nn.Embedding(source.size, width);
  targetEmbedding = new nn.Embedding(target.size, width);
  position = new nn.PositionalEncoding(width, { maxLength: 32, dropout: 0, batchFirst: true });
  transformer = new nn.Transformer({
    dModel: width,
    nhead: 4,
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
});
