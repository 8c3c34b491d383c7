// A straight line: f(x) = x·W + b. Two inputs, one output, four examples to learn from.
// Shapes: what `line` holds: a weight for each input, and b. Gradients: which way, and how far, W and b are off.
import { defineModel, nn, optim, type Tensor, tensor } from 'tensight';

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
  train: {
    steps: 300,
    optimizer: (parameters) => new optim.SGD(parameters, { lr: 0.3 }),
    // Training finds the W and b that made the data, so it is right about a point it has never seen: 3·4 − 2·2 + 1 = 9.
    result: ({ model }) => {
      const [w1, w2] = model.line.weight.flatten().toArray() as number[];
      return { w1: w1!, w2: w2!, b: model.line.bias!.item(), 'f(4, 2)': model.forward(tensor([[4, 2]])).item() };
    },
  },
});
