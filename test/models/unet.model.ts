// U-Net with skip connections and transposed convolutions.
import { cat, defineModel, nn, randn, type Tensor } from 'tensight';

class DoubleConv extends nn.Module {
  double_conv: nn.Sequential;
  constructor(i: number, o: number) {
    super();
    this.double_conv = new nn.Sequential(
      new nn.Conv2d(i, o, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(o),
      new nn.ReLU(),
      new nn.Conv2d(o, o, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(o),
      new nn.ReLU(),
    );
  }
  forward(x: Tensor): Tensor {
    return this.double_conv.forward(x);
  }
}
class Down extends nn.Module {
  maxpool_conv: nn.Sequential;
  constructor(i: number, o: number) {
    super();
    this.maxpool_conv = new nn.Sequential(new nn.MaxPool2d(2), new DoubleConv(i, o));
  }
  forward(x: Tensor): Tensor {
    return this.maxpool_conv.forward(x);
  }
}
class Up extends nn.Module {
  up: nn.ConvTranspose2d;
  conv: DoubleConv;
  constructor(i: number, o: number) {
    super();
    this.up = new nn.ConvTranspose2d(i, i / 2, 2, { stride: 2 });
    this.conv = new DoubleConv(i, o);
  }
  forward(x1: Tensor, x2: Tensor): Tensor {
    x1 = this.up.forward(x1);
    const dy = x2.size(2) - x1.size(2);
    const dx = x2.size(3) - x1.size(3);
    x1 = nn.functional.pad(x1, [
      Math.floor(dx / 2),
      dx - Math.floor(dx / 2),
      Math.floor(dy / 2),
      dy - Math.floor(dy / 2),
    ]);
    return this.conv.forward(cat([x2, x1], 1));
  }
}
class UNet extends nn.Module {
  inc: DoubleConv;
  downs = new nn.ModuleList<Down>();
  ups = new nn.ModuleList<Up>();
  outc: nn.Conv2d;
  constructor(channels: number, classes: number, w = 64) {
    super();
    this.inc = new DoubleConv(channels, w);
    for (let i = 0; i < 4; i++) this.downs.append(new Down(w * 2 ** i, w * 2 ** (i + 1)));
    for (let i = 4; i > 0; i--) this.ups.append(new Up(w * 2 ** i, w * 2 ** (i - 1)));
    this.outc = new nn.Conv2d(w, classes, 1);
  }
  forward(x: Tensor): Tensor {
    const skips = [this.inc.forward(x)];
    for (const down of this.downs) skips.push(down.forward(skips.at(-1)!));
    let y = skips.pop()!;
    for (const up of this.ups) y = up.forward(y, skips.pop()!);
    return this.outc.forward(y);
  }
}
const axes = ['batch', 'channel', 'height', 'width'] as const;
export default defineModel({ model: () => new UNet(3, 2), inputs: { x: randn([1, 3, 96, 128], { axes: [...axes] }) } });
export const small = defineModel({
  model: () => new UNet(3, 2, 8),
  inputs: { x: randn([2, 3, 36, 44], { axes: [...axes] }) },
});
