// A long memory: the first symbol of a sequence is to be named at its end, after many that mean nothing. One task, four models.
// Gradients → Steps of each recurrence: what arrives at the early steps. In the plain RNN it vanishes, so it can't learn; the gates
// of LSTM and GRU keep it alive; in the Transformer it is one step from the last place to the first, so it arrives whole.
import { cat, defineModel, type ModelDefinition, nn, noGrad, optim, randint, type Tensor, tensor } from 'tensight';

const symbols = 4;
const length = 24;
const width = 24;

/** Sequences of ids [batch, seq]: a symbol 0 … 3, then noise 4 … 7. */
function sequences(batch: number): { ids: Tensor; first: Tensor } {
  const first = randint(0, symbols, [batch]);
  const noise = randint(symbols, 2 * symbols, [batch, length - 1]);
  return { ids: cat([first.unsqueeze(1), noise], 1).named('batch', 'seq'), first };
}

class Recurrent extends nn.Module {
  embed = new nn.Embedding(2 * symbols, width);
  cell: nn.RNN | nn.LSTM | nn.GRU;
  head = new nn.Linear(width, symbols);

  constructor(kind: 'rnn' | 'lstm' | 'gru') {
    super();
    const options = { batchFirst: true };
    if (kind === 'rnn') this.cell = new nn.RNN(width, width, options);
    else if (kind === 'gru') this.cell = new nn.GRU(width, width, options);
    else {
      this.cell = new nn.LSTM(width, width, options);
      // Its forget gate begins open: what is in the cell stays there until training says otherwise (Jozefowicz et al. 2015).
      nn.init.constant(this.cell.stateDict().bias_ih_l0!.narrow(0, width, width), 3);
    }
  }

  forward(ids: Tensor): Tensor {
    const [states] = this.cell.forward(this.embed.forward(ids));
    return this.head.forward(states.select(1, -1));
  }
}

class Attentive extends nn.Module {
  embed = new nn.Embedding(2 * symbols, width);
  position = new nn.PositionalEncoding(width, { maxLength: length, dropout: 0, batchFirst: true });
  layer = new nn.TransformerEncoderLayer(width, 2, { dimFeedforward: 2 * width, dropout: 0, batchFirst: true });
  head = new nn.Linear(width, symbols);

  forward(ids: Tensor): Tensor {
    const x = this.position.forward(this.embed.forward(ids));
    return this.head.forward(this.layer.forward(x).select(1, -1));
  }
}

/** The same data, loss and training for all four. */
function onTheTask<M extends Recurrent | Attentive>(
  name: string,
  model: () => M,
): ModelDefinition<M, { ids: Tensor }, { first: Tensor }> {
  return {
    name,
    model,
    inputs: () => ({ ids: sequences(2).ids }),
    targets: () => ({ first: tensor(new Int32Array(2)) }),
    loss: ({ output, targets }) => nn.functional.crossEntropy(output as Tensor, targets.first),
    train: {
      steps: 250,
      batch: () => {
        const { ids, first } = sequences(24);
        return { inputs: { ids }, targets: { first } };
      },
      optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
      clipGradNorm: 1,
      result: ({ model }) => {
        const { ids, first } = sequences(200);
        const answers = noGrad(() => model.forward(ids).argmax(-1));
        return { accuracy: answers.eq(first).to('f32').mean().item(), 'gradient first/last': reach(model) };
      },
    },
  };
}

/** How long the gradient at the first symbol is, beside the one at the last. */
function reach(model: Recurrent | Attentive): number {
  let norms: number[] = [];
  const watch = model.embed.registerForwardHook((_module, _args, output) => {
    (output as Tensor).registerHook((gradient) => {
      norms = gradient.square().sum([0, 2]).sqrt().toArray() as number[];
    });
  });
  const { ids, first } = sequences(32);
  nn.functional.crossEntropy(model.forward(ids), first).backward();
  watch.remove();
  model.zeroGrad();
  return norms[0]! / norms.at(-1)!;
}

export const rnn = defineModel(onTheTask('RNN', () => new Recurrent('rnn')));
export const lstm = defineModel(onTheTask('LSTM', () => new Recurrent('lstm')));
export const gru = defineModel(onTheTask('GRU', () => new Recurrent('gru')));
export const transformer = defineModel(onTheTask('Transformer', () => new Attentive()));
