// MLP-Mixer: token mixing and channel mixing.
import { defineModel, nn, randn, type Tensor } from 'tensight';

class Mlp extends nn.Module {
  fc1: nn.Linear;
  act = new nn.GELU();
  fc2: nn.Linear;
  constructor(d: number, h: number) {
    super();
    this.fc1 = new nn.Linear(d, h);
    this.fc2 = new nn.Linear(h, d);
  }
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.act.forward(this.fc1.forward(x)));
  }
}
class MixerBlock extends nn.Module {
  norm1: nn.LayerNorm;
  mlp_tokens: Mlp;
  norm2: nn.LayerNorm;
  mlp_channels: Mlp;
  constructor(d: number, seq: number, t: number, c: number) {
    super();
    this.norm1 = new nn.LayerNorm(d, { eps: 1e-6 });
    this.mlp_tokens = new Mlp(seq, t);
    this.norm2 = new nn.LayerNorm(d, { eps: 1e-6 });
    this.mlp_channels = new Mlp(d, c);
  }
  forward(x: Tensor): Tensor {
    x = x.add(this.mlp_tokens.forward(this.norm1.forward(x).transpose(1, 2)).transpose(1, 2));
    return x.add(this.mlp_channels.forward(this.norm2.forward(x)));
  }
}
class Mixer extends nn.Module {
  stem: nn.Conv2d;
  blocks: nn.Sequential;
  norm: nn.LayerNorm;
  head: nn.Linear;
  constructor(image = 224, patch = 16, d = 768, n = 12, t = 384, c = 3072) {
    super();
    this.stem = new nn.Conv2d(3, d, patch, { stride: patch });
    this.blocks = new nn.Sequential(...Array.from({ length: n }, () => new MixerBlock(d, (image / patch) ** 2, t, c)));
    this.norm = new nn.LayerNorm(d, { eps: 1e-6 });
    this.head = new nn.Linear(d, 1000);
  }
  forward(x: Tensor): Tensor {
    x = this.stem.forward(x).flatten(2).transpose(1, 2);
    x = this.norm.forward(this.blocks.forward(x));
    return this.head.forward(x.mean(1));
  }
}
const axes = ['batch', 'channel', 'height', 'width'];
export default defineModel({ model: () => new Mixer(), inputs: { x: randn([1, 3, 224, 224], { axes }) } });
export const small = defineModel({
  model: () => new Mixer(32, 8, 24, 2, 12, 48),
  inputs: { x: randn([2, 3, 32, 32], { axes }) },
});
