// Encoder–decoder with attention: a word is read letter by letter and written backwards. The decoder does not live on one fixed
// meaning: for each letter it looks at all states of the encoder and mixes a new context C_i of them.
// Attention: the alignment matrix, target × source: which letter was looked at for which. `looked at` says it of the trained model.
import {
  cat,
  defineModel,
  flip,
  full,
  generate,
  type ModelDefinition,
  nn,
  noGrad,
  optim,
  randint,
  type Tensor,
  tokens,
  Vocabulary,
} from 'tensight';

const letters = 'abcdefgh'.split('');
const vocab = Vocabulary.from([letters], { specials: ['<start>'] });
const length = 5;
const width = 32;

class Reverser extends nn.Module {
  embed = new nn.Embedding(vocab.size, width);
  encoder = new nn.GRU(width, width, { batchFirst: true });
  decoder = new nn.GRU(width, width, { batchFirst: true });
  attention: nn.BahdanauAttention | nn.LuongAttention;
  head = new nn.Linear(2 * width, vocab.size);

  constructor(score: 'additive' | 'dot') {
    super();
    // v·tanh(W·q + W·k) (Bahdanau), or q·k (Luong).
    this.attention =
      score === 'additive' ? new nn.BahdanauAttention(width, width, width) : new nn.LuongAttention(width);
  }

  forward(source: Tensor, target: Tensor): Tensor {
    const [meaning, last] = this.encoder.forward(this.embed.forward(source));
    const [states] = this.decoder.forward(this.embed.forward(target), last);
    const [contexts] = this.attention.forward(states, meaning);
    return this.head.forward(cat([states, contexts], -1));
  }
}

/** Words, and the same backwards after `<start>`. */
function words(batch: number): { source: Tensor; target: Tensor } {
  const source = randint(1, vocab.size, [batch, length], { axes: ['batch', 'seq'] });
  const start = full([batch, 1], vocab.indexOf('<start>'), { dtype: 'i32' });
  return { source, target: cat([start, flip(source, [1])], 1) };
}

function withScore(
  name: string,
  score: 'additive' | 'dot',
): ModelDefinition<Reverser, { source: Tensor; target: Tensor }> {
  return {
    name,
    model: () => new Reverser(score),
    inputs: {
      source: tokens([['b', 'e', 'a', 'c', 'h']], vocab),
      target: tokens([['<start>', 'h', 'c', 'a', 'e', 'b']], vocab),
    },
    // Each letter of the target is guessed from those before it.
    loss: ({ output, inputs }) => nn.functional.crossEntropy(output.flatten(0, 1), inputs.target.shift().flatten()),
    train: {
      steps: 450,
      batch: () => ({ inputs: words(32) }),
      optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
      // Large steps at first, small ones at the end.
      schedule: (optimizer) => new optim.CosineAnnealingLR(optimizer, { tMax: 450 }),
      clipGradNorm: 1,
      result: ({ model }) => {
        const { source } = words(30);
        const right = source.unbind(0).map((word) => {
          const backwards = (word.toArray() as number[]).reverse().join();
          return reversed(model, word) === backwards ? 1 : 0;
        });
        const faded = reversed(model, tokens(['f', 'a', 'd', 'e', 'd'], vocab));
        const written = vocab.decode(faded.split(',').map(Number)).join('');
        const looked = alignment(model);
        return {
          'words right': right.reduce((sum: number, one) => sum + one, 0) / right.length,
          faded: written,
          'looked at': looked,
        };
      },
    },
  };
}

/** What the model writes for a word, one letter at a time. */
function reversed(model: Reverser, word: Tensor): string {
  const source = word.unsqueeze(0);
  const start = [vocab.indexOf('<start>')];
  const ids = noGrad(() => generate((target) => model.forward(source, target), start, { maxNewTokens: length }));
  return ids.slice(1).join();
}

/** For each letter written of "faded", the number of the letter that was looked at most. */
function alignment(model: Reverser): string {
  let places: number[] = [];
  const watch = model.attention.registerForwardHook((_module, _args, output) => {
    const [, weights] = output as [Tensor, Tensor];
    places = weights.select(0, 0).argmax(-1).toArray() as number[];
  });
  model.forward(tokens(['faded'.split('')], vocab), tokens(['<start> d e d a'.split(' ')], vocab));
  watch.remove();
  return places.map((place) => place + 1).join(' ');
}

export const additive = defineModel(withScore('Additive attention', 'additive'));
export const dot = defineModel(withScore('Dot-product attention', 'dot'));
