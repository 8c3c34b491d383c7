// The encoder: N times (multi-head attention, add & norm, feed-forward, add & norm). Every word ends as a vector that knows the whole
// sentence. The task needs all of it: each word is to say how often it is there. Attention: who looks at whom, in four heads of two layers.
// Gradients: both layers, both norms. Shapes: what goes in comes out in the same shape, so layers can be stacked.
import { defineModel, nn, optim, randint, type Tensor, tokens, Vocabulary } from 'tensight';

const vocab = Vocabulary.from('tic tac toe bim bam bum');
const length = 8;
const width = 32;

class EncoderLayer extends nn.Module {
  attention = new nn.MultiheadAttention(width, 4, { batchFirst: true });
  norm1 = new nn.LayerNorm(width);
  feedForward = new nn.Sequential(new nn.Linear(width, 2 * width), new nn.ReLU(), new nn.Linear(2 * width, width));
  norm2 = new nn.LayerNorm(width);

  forward(x: Tensor): Tensor {
    const [mixed] = this.attention.forward(x, x, x);
    const y = this.norm1.forward(x.add(mixed));
    return this.norm2.forward(y.add(this.feedForward.forward(y)));
  }
}

class Counter extends nn.Module {
  embed = new nn.Embedding(vocab.size, width);
  layers = new nn.ModuleList([new EncoderLayer(), new EncoderLayer()]);
  head = new nn.Linear(width, length + 1);

  forward(ids: Tensor): Tensor {
    let x = this.embed.forward(ids);
    for (const layer of this.layers) x = layer.forward(x);
    return this.head.forward(x);
  }
}

/** How often each word is there: compares every word with every other. */
const counts = (ids: Tensor) => ids.unsqueeze(2).eq(ids.unsqueeze(1)).to('i32').sum(-1);

export default defineModel({
  name: 'Encoder',
  model: () => new Counter(),
  inputs: { ids: tokens(['tic tac tic toe bam tic tac bum'.split(' ')], vocab) },
  loss: ({ output, inputs }) =>
    nn.functional.crossEntropy(output.flatten(0, 1), counts(inputs.ids).flatten().to('i32')),
  train: {
    steps: 250,
    batch: () => ({ inputs: { ids: randint(0, vocab.size, [32, length]) } }),
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.003 }),
    result: ({ model }) => {
      const ids = randint(0, vocab.size, [100, length]);
      return { accuracy: model.forward(ids).argmax(-1).eq(counts(ids)).to('f32').mean().item() };
    },
  },
});
