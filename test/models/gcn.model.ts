// Graph convolution (Kipf & Welling): normalised adjacency, two layers.
import { defineModel, eye, nn, randn, type Tensor, tensor, zeros } from 'tensight';

class GraphConvolution extends nn.Module {
  weight: nn.Parameter;
  bias: nn.Parameter;
  constructor(i: number, o: number) {
    super();
    this.weight = new nn.Parameter(randn([i, o]).mul(1 / Math.sqrt(o)));
    this.bias = new nn.Parameter(zeros([o]));
  }
  forward(x: Tensor, adj: Tensor): Tensor {
    const support = x.matmul(this.weight);
    return adj.matmul(support).add(this.bias);
  }
}
class GCN extends nn.Module {
  gc1 = new GraphConvolution(12, 16);
  gc2 = new GraphConvolution(16, 4);
  dropout = new nn.Dropout(0.5);
  forward(x: Tensor, edges: Tensor): Tensor {
    // edges [2, e] to a dense, symmetrically normalised adjacency with self loops
    const n = x.size(0);
    const [src, dst] = edges.unbind(0) as [Tensor, Tensor];
    const flat = src.mul(n).add(dst);
    let a = zeros([n * n])
      .indexAdd(0, flat, zeros([edges.size(1)]).add(1))
      .view(n, n);
    a = a.maximum(a.t()).add(eye(n));
    const d = a.sum(1).pow(-0.5);
    const adj = d.unsqueeze(1).mul(a).mul(d.unsqueeze(0));
    const h = this.dropout.forward(this.gc1.forward(x, adj).relu());
    return nn.functional.logSoftmax(this.gc2.forward(h, adj), 1);
  }
}
export default defineModel({
  model: () => new GCN(),
  inputs: {
    x: randn([6, 12], { axes: ['node', 'feature'] }),
    edges: tensor(
      [
        [0, 0, 1, 2, 3, 4],
        [1, 2, 3, 3, 4, 5],
      ],
      { dtype: 'i32' },
    ),
  },
  training: false,
});
