// Multi-head attention, written out: scaled dot-product attention done H times side by side, the outputs put together, times W^O.
// The task asks two things at once of every place: which word comes before, and which comes after. One map can't look both ways
// sharply; several heads can share the work. Attention: a map for each head.
import { defineModel, type ModelDefinition, nn, optim, randint, type Tensor } from 'tensight';

const words = 10;
const length = 10;
const width = 32;

class MultiHeadAttention extends nn.Module {
  query = new nn.Linear(width, width);
  key = new nn.Linear(width, width);
  value = new nn.Linear(width, width);
  output = new nn.Linear(width, width);

  constructor(readonly heads: number) {
    super();
  }

  /** [batch, seq, embed] → [batch, head, seq, feature] */
  split(x: Tensor): Tensor {
    const [batch, seq] = x.shape as [number, number];
    return x
      .reshape(batch, seq, this.heads, width / this.heads)
      .transpose(1, 2)
      .named('batch', 'head', 'seq', 'feature');
  }

  forward(x: Tensor): Tensor {
    const q = this.split(this.query.forward(x));
    const k = this.split(this.key.forward(x));
    const v = this.split(this.value.forward(x));
    const scores = q.matmul(k.transpose(-2, -1)).div(Math.sqrt(width / this.heads));
    const weights = scores.softmax(-1);
    const together = weights.matmul(v).transpose(1, 2).flatten(2);
    return this.output.forward(together);
  }
}

class BothSides extends nn.Module {
  embed = new nn.Embedding(words, width);
  position = new nn.PositionalEncoding(width, { maxLength: length, dropout: 0, batchFirst: true });
  attention: MultiHeadAttention;
  before = new nn.Linear(width, words);
  after = new nn.Linear(width, words);

  constructor(heads: number) {
    super();
    this.attention = new MultiHeadAttention(heads);
  }

  forward(ids: Tensor): { before: Tensor; after: Tensor } {
    const mixed = this.attention.forward(this.position.forward(this.embed.forward(ids)));
    return { before: this.before.forward(mixed), after: this.after.forward(mixed) };
  }
}

const ask = (logits: Tensor, ids: Tensor, by: number) =>
  nn.functional.crossEntropy(logits.flatten(0, 1), ids.roll(by, 1).flatten());

function withHeads(name: string, heads: number): ModelDefinition<BothSides, { ids: Tensor }> {
  return {
    name,
    model: () => new BothSides(heads),
    inputs: () => ({ ids: randint(0, words, [1, length], { axes: ['batch', 'seq'] }) }),
    loss: ({ output, inputs }) => ask(output.before, inputs.ids, 1).add(ask(output.after, inputs.ids, -1)),
    train: {
      steps: 350,
      batch: () => ({ inputs: { ids: randint(0, words, [16, length]) } }),
      optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.005 }),
      result: ({ model }) => {
        const ids = randint(0, words, [50, length]);
        const { before, after } = model.forward(ids);
        const right = (logits: Tensor, by: number) => logits.argmax(-1).eq(ids.roll(by, 1)).to('f32').mean().item();
        return { 'before right': right(before, 1), 'after right': right(after, -1) };
      },
    },
  };
}

export const eight = defineModel(withHeads('Eight heads', 8));
export const one = defineModel(withHeads('One head', 1));
