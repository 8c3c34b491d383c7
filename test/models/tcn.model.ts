// Temporal convolutional network: causal dilated convolutions (weight norm is written by hand).
import { defineModel, nn, norm, randn, type Tensor } from 'tensight';

class WeightNormConv1d extends nn.Module {
  weight_g: nn.Parameter;
  weight_v: nn.Parameter;
  bias: nn.Parameter;
  constructor(
    i: number,
    o: number,
    k: number,
    readonly padding: number,
    readonly dilation: number,
  ) {
    super();
    const v = randn([o, i, k]).mul(0.01);
    this.bias = new nn.Parameter(randn([o]).mul(0.01));
    this.weight_g = new nn.Parameter(norm(v, 2, [1, 2], true));
    this.weight_v = new nn.Parameter(v);
  }
  forward(x: Tensor): Tensor {
    const w = this.weight_v.mul(this.weight_g.div(norm(this.weight_v, 2, [1, 2], true)));
    return nn.functional.conv1d(x, w, this.bias, { padding: this.padding, dilation: this.dilation });
  }
}
class Chomp1d extends nn.Module {
  constructor(readonly chomp: number) {
    super();
  }
  forward(x: Tensor): Tensor {
    return x.slice(2, 0, -this.chomp).contiguous();
  }
}
class TemporalBlock extends nn.Module {
  conv1: WeightNormConv1d;
  chomp1: Chomp1d;
  conv2: WeightNormConv1d;
  chomp2: Chomp1d;
  dropout = new nn.Dropout(0.2);
  downsample: nn.Conv1d | undefined;
  constructor(i: number, o: number, k: number, dilation: number) {
    super();
    const pad = (k - 1) * dilation;
    this.conv1 = new WeightNormConv1d(i, o, k, pad, dilation);
    this.chomp1 = new Chomp1d(pad);
    this.conv2 = new WeightNormConv1d(o, o, k, pad, dilation);
    this.chomp2 = new Chomp1d(pad);
    this.downsample = i !== o ? new nn.Conv1d(i, o, 1) : undefined;
  }
  forward(x: Tensor): Tensor {
    let out = this.dropout.forward(this.chomp1.forward(this.conv1.forward(x)).relu());
    out = this.dropout.forward(this.chomp2.forward(this.conv2.forward(out)).relu());
    const res = this.downsample === undefined ? x : this.downsample.forward(x);
    return out.add(res).relu();
  }
}
class TCN extends nn.Module {
  network: nn.Sequential;
  linear: nn.Linear;
  constructor(i: number, classes: number, channels: number[], k: number) {
    super();
    this.network = new nn.Sequential(
      ...channels.map((c, n) => new TemporalBlock(n === 0 ? i : channels[n - 1]!, c, k, 2 ** n)),
    );
    this.linear = new nn.Linear(channels.at(-1)!, classes);
  }
  forward(x: Tensor): Tensor {
    const y = this.network.forward(x);
    return this.linear.forward(y.select(2, -1));
  }
}
export default defineModel({
  model: () => new TCN(3, 10, [16, 16, 32, 32], 5),
  inputs: { x: randn([4, 3, 50], { axes: ['batch', 'channel', 'time'] }) },
  training: false,
});
