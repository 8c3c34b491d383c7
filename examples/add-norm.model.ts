// Add & norm: LayerNorm(x + f(x)). The sum is a road on which the gradient comes back whole, so that a layer only has to learn the
// difference; the norm keeps mean and variance over the features in order. Twelve layers with it and twelve without, on one task.
// Gradients: without, the norm falls from layer to layer until nothing reaches the first. Shapes: mean and σ before and after `norm`.
import { cos, defineModel, type ModelDefinition, nn, optim, rand, sin, stack, type Tensor, tensor } from 'tensight';

const depth = 12;
const width = 16;

class AddNorm extends nn.Module {
  inner = new nn.Linear(width, width);
  norm = new nn.LayerNorm(width);
  forward(x: Tensor): Tensor {
    const difference = this.inner.forward(x).sigmoid();
    return this.norm.forward(x.add(difference));
  }
}

class Plain extends nn.Module {
  inner = new nn.Linear(width, width);
  forward(x: Tensor): Tensor {
    return this.inner.forward(x).sigmoid();
  }
}

class Deep extends nn.Module {
  first = new nn.Linear(2, width);
  layers: nn.ModuleList<AddNorm | Plain>;
  last = new nn.Linear(width, 1);

  constructor(layer: () => AddNorm | Plain) {
    super();
    this.layers = new nn.ModuleList(Array.from({ length: depth }, layer));
  }

  forward(x: Tensor): Tensor {
    let h = this.first.forward(x);
    for (const layer of this.layers) h = layer.forward(h);
    return this.last.forward(h).squeeze(-1);
  }
}

/** Points on two rings; to tell is which ring. */
function rings(count: number): { x: Tensor; outer: Tensor } {
  const angle = rand([count]).mul(2 * Math.PI);
  const outer = rand([count]).gt(0.5).to('f32');
  const radius = outer
    .mul(0.7)
    .add(rand([count]).mul(0.3))
    .add(0.3);
  return { x: stack([cos(angle), sin(angle)], 1).mul(radius.unsqueeze(1)), outer };
}

function twelve(name: string, layer: () => AddNorm | Plain): ModelDefinition<Deep, { x: Tensor }, { outer: Tensor }> {
  return {
    name,
    model: () => new Deep(layer),
    inputs: {
      x: tensor(
        [
          [0.4, 0],
          [0, 1.2],
          [-1.1, 0.3],
          [0.2, -0.3],
        ],
        { axes: ['batch', 'coordinate'] },
      ),
    },
    targets: { outer: tensor([0, 1, 1, 0], { dtype: 'f32' }) },
    loss: ({ output, targets }) => nn.functional.binaryCrossEntropyWithLogits(output, targets.outer),
    train: {
      steps: 150,
      batch: () => {
        const { x, outer } = rings(64);
        return { inputs: { x }, targets: { outer } };
      },
      optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.005 }),
      result: ({ model }) => {
        const { x, outer } = rings(500);
        const answer = model.forward(x);
        nn.functional.binaryCrossEntropyWithLogits(answer, outer).backward();
        const size = (layer: nn.Linear) => layer.weight.grad!.square().sum().sqrt().item();
        const ratio = size(model.first) / size(model.last);
        return { accuracy: answer.gt(0).to('f32').eq(outer).to('f32').mean().item(), 'gradient first/last': ratio };
      },
    },
  };
}

export const addNorm = defineModel(twelve('With add & norm', () => new AddNorm()));
export const plain = defineModel(twelve('Without', () => new Plain()));
