// The feed-forward network of a Transformer layer: max(0, x·W1 + b1)·W2 + b2, the same for every position, shaped as what came in.
// Here it learns to square each number, which no straight line can. Shapes: `hidden` after ReLU: how many of its numbers are 0?
// A unit that is 0 for every input is dead: its gradient is 0 too, so it stays so.
import { defineModel, nn, optim, rand, type Tensor, tensor } from 'tensight';

const width = 4;

class FeedForward extends nn.Module {
  inner = new nn.Linear(width, 64);
  outer = new nn.Linear(64, width);

  hidden(x: Tensor): Tensor {
    return this.inner.forward(x).relu();
  }

  forward(x: Tensor): Tensor {
    const hidden = this.hidden(x);
    return this.outer.forward(hidden);
  }
}

const numbers = (count: number) => rand([count, width]).mul(2).sub(1);

export default defineModel({
  name: 'Feed-forward',
  model: () => new FeedForward(),
  inputs: {
    x: tensor(
      [
        [0.5, -0.5, 1, 0],
        [-1, 0.2, 0.8, -0.3],
      ],
      { axes: ['position', 'feature'] },
    ),
  },
  loss: ({ output, inputs }) => nn.functional.mseLoss(output, inputs.x.square()),
  train: {
    steps: 500,
    batch: () => ({ inputs: { x: numbers(64) } }),
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
    result: ({ model }) => {
      const x = numbers(500);
      const error = model.forward(x).sub(x.square()).abs().mean().item();
      const hidden = model.hidden(x);
      const zeros = hidden.eq(0).to('f32').mean().item();
      const dead = hidden.amax(0).eq(0).to('f32').mean().item();
      return { 'mean error': error, 'share of zeros': zeros, 'dead units': dead };
    },
  },
});
