// Back-propagation with two parameters: f(x) = a·x1 + b·x2 gives y where z was wanted; the error goes back and corrects a and b.
// Backward shows it: ∂L/∂y = y − z at the loss, then ∂L/∂a = (y − z)·x1 and ∂L/∂b = (y − z)·x2 at the line that used them.
import { defineModel, nn, optim, type Tensor, tensor } from 'tensight';

class TwoParameters extends nn.Module {
  a = new nn.Parameter(tensor(1));
  b = new nn.Parameter(tensor(1));

  forward(x1: Tensor, x2: Tensor): Tensor {
    const left = this.a.mul(x1);
    const right = this.b.mul(x2);
    return left.add(right);
  }
}

const rate = 0.1;
// Half of the squared error: its gradient is the error itself.
const loss = (y: Tensor, z: Tensor) => y.sub(z).square().mul(0.5).mean();

export default defineModel({
  name: 'Two parameters',
  model: () => new TwoParameters(),
  // Made with a = 3 and b = −2.
  inputs: { x1: tensor([1, 2, 1]), x2: tensor([2, 1, -1]) },
  targets: { z: tensor([-1, 4, 5]) },
  loss: ({ output, targets }) => loss(output, targets.z),
  train: {
    steps: 100,
    optimizer: (parameters) => new optim.SGD(parameters, { lr: rate }),
    result: ({ model }) => ({ a: model.a.item(), b: model.b.item(), 'one step': oneStep() }),
  },
});

/** What one correction does, by hand: from x = (1, 2), where 8 is wanted. */
function oneStep(): string {
  const model = new TwoParameters();
  const { a, b } = model;
  const y = model.forward(tensor(1), tensor(2));
  loss(y, tensor(8)).backward();
  const corrected = [a, b].map((p) => p.item() - rate * p.grad!.item());
  const after = corrected[0]! + corrected[1]! * 2;
  return `y is ${y.item()}, wanted 8: a 1 → ${corrected[0]!.toFixed(1)}, b 1 → ${corrected[1]!.toFixed(1)}, y → ${after.toFixed(1)}`;
}
