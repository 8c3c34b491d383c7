// A small GPT: every position sees only what came before it, and guesses the next word.
import { arange, defineModel, generate, nn, optim, type Tensor, tokens, Vocabulary } from 'tensight';

const text = 'the cat sat on the mat and the dog sat on the cat'.split(' ');
const vocab = Vocabulary.from(text);
const width = 64;

class Block extends nn.Module {
  ln1 = new nn.LayerNorm(width);
  attn = new nn.MultiheadAttention(width, 4);
  ln2 = new nn.LayerNorm(width);
  mlp = new nn.Sequential(new nn.Linear(width, 4 * width), new nn.GELU(), new nn.Linear(4 * width, width));

  forward(x: Tensor): Tensor {
    const h = this.ln1.forward(x);
    const [a] = this.attn.forward(h, h, h, { isCausal: true });
    const y = x.add(a);
    return y.add(this.mlp.forward(this.ln2.forward(y)));
  }
}

class TinyGPT extends nn.Module {
  tokenEmbedding = new nn.Embedding(vocab.size, width);
  positionEmbedding = new nn.Embedding(32, width);
  blocks: nn.ModuleList<Block>;
  norm = new nn.LayerNorm(width);
  head = new nn.Linear(width, vocab.size, { bias: false });

  constructor(layers: number) {
    super();
    this.blocks = new nn.ModuleList(Array.from({ length: layers }, () => new Block()));
    nn.init.normal(this.tokenEmbedding.weight, 0, 0.02);
    this.head.weight = this.tokenEmbedding.weight;
  }

  forward(ids: Tensor): Tensor {
    const positions = arange(ids.size(-1));
    let x = this.tokenEmbedding.forward(ids).add(this.positionEmbedding.forward(positions));
    for (const block of this.blocks) x = block.forward(x);
    const logits = this.head.forward(this.norm.forward(x));
    return logits;
  }
}

export default defineModel({
  name: 'TinyGPT',
  model: () => new TinyGPT(2),
  inputs: { ids: tokens(text, vocab) },
  loss: ({ output, inputs }) => nn.functional.crossEntropy(output, inputs.ids.shift()),
  train: {
    steps: 60,
    optimizer: (parameters) => new optim.AdamW(parameters, { lr: 0.003 }),
    clipGradNorm: 1,
    // Then it writes on from two words, greedily.
    result: ({ model }) => ({
      written: vocab.decode(generate(model, vocab.encode('the cat'), { maxNewTokens: text.length - 2 })).join(' '),
    }),
  },
});
