// The decoder: masked attention (place i sees only ≤ i), attention whose keys and values are the encoder's output C and whose queries
// are its own, feed-forward; each with add & norm. Here C is a row of words with their places, and the decoder reads it aloud.
// Attention: the triangle of the mask in `selfAttention`, then the cross-attention map, target × source.
import { cat, defineModel, full, generate, nn, optim, randint, type Tensor, tokens, Vocabulary } from 'tensight';

const vocab = Vocabulary.from('one two three four five six seven eight', { specials: ['<start>'] });
const length = 6;
const width = 32;

class DecoderLayer extends nn.Module {
  selfAttention = new nn.MultiheadAttention(width, 4, { batchFirst: true });
  norm1 = new nn.LayerNorm(width);
  crossAttention = new nn.MultiheadAttention(width, 4, { batchFirst: true });
  norm2 = new nn.LayerNorm(width);
  feedForward = new nn.Sequential(new nn.Linear(width, 2 * width), new nn.ReLU(), new nn.Linear(2 * width, width));
  norm3 = new nn.LayerNorm(width);

  forward(x: Tensor, memory: Tensor): Tensor {
    const [own] = this.selfAttention.forward(x, x, x, { isCausal: true });
    const y = this.norm1.forward(x.add(own));
    const [read] = this.crossAttention.forward(y, memory, memory);
    const z = this.norm2.forward(y.add(read));
    return this.norm3.forward(z.add(this.feedForward.forward(z)));
  }
}

class Reader extends nn.Module {
  embed = new nn.Embedding(vocab.size, width);
  position = new nn.PositionalEncoding(width, { maxLength: length + 1, dropout: 0, batchFirst: true });
  layer = new DecoderLayer();
  head = new nn.Linear(width, vocab.size);

  forward(source: Tensor, target: Tensor): Tensor {
    const memory = this.position.forward(this.embed.forward(source));
    const x = this.position.forward(this.embed.forward(target));
    return this.head.forward(this.layer.forward(x, memory));
  }
}

function rows(batch: number): { source: Tensor; target: Tensor } {
  const source = randint(1, vocab.size, [batch, length]);
  return { source, target: cat([full([batch, 1], 0, { dtype: 'i32' }), source], 1) };
}

export default defineModel({
  name: 'Decoder',
  model: () => new Reader(),
  inputs: {
    source: tokens(['two one eight three three seven'.split(' ')], vocab),
    target: tokens(['<start> two one eight three three seven'.split(' ')], vocab),
  },
  loss: ({ output, inputs }) => nn.functional.crossEntropy(output.flatten(0, 1), inputs.target.shift().flatten()),
  train: {
    steps: 250,
    batch: () => ({ inputs: rows(32) }),
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.005 }),
    result: ({ model }) => {
      const source = tokens(['four four one six two five'.split(' ')], vocab);
      const read = generate((target) => model.forward(source, target), [0], { maxNewTokens: length });
      return { read: vocab.decode(read.slice(1)).join(' '), 'leak from the future': leak(model) };
    },
  },
});

/** How much another last word changes what was said before it: nothing, because of the mask. */
function leak(model: Reader): number {
  const { source, target } = rows(8);
  const other = cat([target.narrow(1, 0, length), full([8, 1], 1, { dtype: 'i32' })], 1);
  const said = (ids: Tensor) => model.forward(source, ids).narrow(1, 0, length);
  return said(target).sub(said(other)).abs().amax().item();
}
