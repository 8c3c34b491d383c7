// A straight line: f(x) = x·W + b. Two inputs, one output, four examples to learn from.
import { defineModel, nn, type Tensor, tensor } from 'tensight';

class LinearModel extends nn.Module {
  line = new nn.Linear(2, 1);

  forward(x: Tensor): Tensor {
    return this.line.forward(x);
  }
}

// Four points (x1, x2), and y = 3·x1 − 2·x2 + 1 for each.
const points = [0, 0, 1, 0, 0, 1, 1, 1];
const x = tensor(points, { shape: [4, 2], axes: ['batch', 'feature'] });
const y = tensor([[1], [4], [-1], [2]], { axes: ['batch', 'target'] });

export default defineModel({
  name: 'Linear model',
  model: () => new LinearModel(),
  inputs: { x },
  targets: { y },
  loss: ({ output, targets }) => nn.functional.mseLoss(output, targets.y),
});
