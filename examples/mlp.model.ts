// Forward and back propagation: input → hidden → output, then the error goes the same way back.
import { defineModel, nn, optim, type Tensor, tensor } from 'tensight';

class Mlp extends nn.Module {
  hidden = new nn.Linear(2, 8);
  output = new nn.Linear(8, 1);

  forward(x: Tensor): Tensor {
    const h = this.hidden.forward(x).tanh();
    return this.output.forward(h).sigmoid();
  }
}

// XOR: true where exactly one of the two is.
const bits = [0, 0, 0, 1, 1, 0, 1, 1];
const x = tensor(bits, { shape: [4, 2], axes: ['batch', 'bit'] });
const y = tensor([[0], [1], [1], [0]]);

// Gradients: the error at `output`, and how much of it reaches `hidden`.
export default defineModel({
  name: 'Multi-layer perceptron',
  model: () => new Mlp(),
  inputs: { x },
  targets: { y },
  loss: ({ output, targets }) => output.sub(targets.y).square().mean(),
  train: {
    steps: 300,
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.05 }),
    result: ({ model }) => {
      const answers = model.forward(x).flatten().toArray() as number[];
      return { '0 0': answers[0]!, '0 1': answers[1]!, '1 0': answers[2]!, '1 1': answers[3]! };
    },
  },
});
