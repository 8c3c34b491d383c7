// DeepSets: a function of each element, summed over those that are there, then a function of the set.
import { defineModel, nn, randn, type Tensor, tensor } from 'tensight';

class DeepSets extends nn.Module {
  phi = new nn.Sequential(new nn.Linear(4, 32), new nn.ELU(), new nn.Linear(32, 32));
  rho = new nn.Sequential(new nn.Linear(32, 32), new nn.ELU(), new nn.Linear(32, 1));
  forward(x: Tensor, mask: Tensor): Tensor {
    const h = this.phi.forward(x).maskedFill(mask.logicalNot().unsqueeze(-1), 0);
    return this.rho.forward(h.sum(1)).squeeze(-1);
  }
}
export default defineModel({
  model: () => new DeepSets(),
  inputs: {
    x: randn([3, 6, 4], { axes: ['batch', 'element', 'feature'] }),
    mask: tensor(
      [
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
      ],
      { dtype: 'bool' },
    ),
  },
});
