// Positional encoding. Attention alone does not know what comes before what; the task is to name the word before each word, so it
// has to. PE[pos, 2i] = sin(pos / 10000^(2i/d)), PE[pos, 2i+1] = cos of the same: slow and fast clocks side by side, and by the pair
// of sine and cosine a step ahead is the same rotation everywhere. Would random numbers do? They tell places apart, so it learns; but
// neighbours are no more alike than strangers. Shapes: open `table` in each of the four as a heat map.
import { defineModel, type ModelDefinition, nn, optim, randint, randn, type Tensor, zeros } from 'tensight';

const words = 12;
const length = 16;
const width = 32;

class Before extends nn.Module {
  embed = new nn.Embedding(words, width);
  /** [position, embed] */
  table: nn.Parameter | nn.Buffer;
  attention = new nn.MultiheadAttention(width, 2, { batchFirst: true });
  head = new nn.Linear(width, words);

  constructor(table: nn.Parameter | nn.Buffer) {
    super();
    this.table = table;
  }

  forward(ids: Tensor): Tensor {
    const x = this.embed.forward(ids).add(this.table);
    const [mixed] = this.attention.forward(x, x, x);
    return this.head.forward(mixed);
  }
}

/** What is to be said at each position: the word before it, and the last one at the first. */
const before = (ids: Tensor) => ids.roll(1, 1);

function withTable(name: string, table: () => nn.Parameter | nn.Buffer): ModelDefinition<Before, { ids: Tensor }> {
  return {
    name,
    model: () => new Before(table()),
    inputs: () => ({ ids: randint(0, words, [1, length], { axes: ['batch', 'seq'] }) }),
    loss: ({ output, inputs }) => nn.functional.crossEntropy(output.flatten(0, 1), before(inputs.ids).flatten()),
    train: {
      steps: 200,
      batch: () => ({ inputs: { ids: randint(0, words, [16, length]) } }),
      optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
      result: ({ model }) => {
        const ids = randint(0, words, [50, length]);
        const accuracy = model.forward(ids).argmax(-1).eq(before(ids)).to('f32').mean().item();
        return { accuracy, 'neighbours alike': alike(model.table, 1), 'eight apart': alike(model.table, 8) };
      },
    },
  };
}

/** Mean cosine of the angle between positions so far apart: 1 is the same direction, 0 nothing in common. */
function alike(table: Tensor, apart: number): number {
  const near = table.narrow(0, 0, length - apart);
  const far = table.narrow(0, apart, length - apart);
  return nn.functional.cosineSimilarity(near, far).mean().item();
}

export const sinusoidal = defineModel(withTable('Sinusoidal', () => new nn.Buffer(nn.sinusoidalTable(length, width))));
export const learned = defineModel(withTable('Learned', () => new nn.Parameter(randn([length, width]).mul(0.1))));
export const random = defineModel(withTable('Random', () => new nn.Buffer(randn([length, width]))));
export const none = defineModel(withTable('None', () => new nn.Buffer(zeros([length, width]))));
