// Forward and back propagation: input → hidden → output, then the error goes the same way back.
import { defineModel, nn, type Tensor, tensor } from 'tensight';

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

export default defineModel({
  name: 'Multi-layer perceptron',
  model: () => new Mlp(),
  inputs: { x },
  targets: { y },
  loss: ({ output, targets }) => output.sub(targets.y).square().mean(),
});
