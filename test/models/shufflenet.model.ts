// ShuffleNetV2 x1.0 (torchvision).
import { cat, defineModel, nn, randn, type Tensor } from 'tensight';

function channelShuffle(x: Tensor, groups: number): Tensor {
  const [b, c, h, w] = x.shape as [number, number, number, number];
  x = x.view(b, groups, c / groups, h, w);
  x = x.transpose(1, 2).contiguous();
  return x.view(b, c, h, w);
}
const depthwise = (c: number, stride: number) => new nn.Conv2d(c, c, 3, { stride, padding: 1, groups: c, bias: false });
class InvertedResidual extends nn.Module {
  branch1: nn.Sequential;
  branch2: nn.Sequential;
  constructor(
    inp: number,
    oup: number,
    readonly stride: number,
  ) {
    super();
    const f = oup / 2;
    this.branch1 =
      stride > 1
        ? new nn.Sequential(
            depthwise(inp, stride),
            new nn.BatchNorm2d(inp),
            new nn.Conv2d(inp, f, 1, { bias: false }),
            new nn.BatchNorm2d(f),
            new nn.ReLU(),
          )
        : new nn.Sequential();
    this.branch2 = new nn.Sequential(
      new nn.Conv2d(stride > 1 ? inp : f, f, 1, { bias: false }),
      new nn.BatchNorm2d(f),
      new nn.ReLU(),
      depthwise(f, stride),
      new nn.BatchNorm2d(f),
      new nn.Conv2d(f, f, 1, { bias: false }),
      new nn.BatchNorm2d(f),
      new nn.ReLU(),
    );
  }
  forward(x: Tensor): Tensor {
    let out: Tensor;
    if (this.stride === 1) {
      const [x1, x2] = x.chunk(2, 1) as [Tensor, Tensor];
      out = cat([x1, this.branch2.forward(x2)], 1);
    } else out = cat([this.branch1.forward(x), this.branch2.forward(x)], 1);
    return channelShuffle(out, 2);
  }
}
const stage = (i: number, o: number, n: number) =>
  new nn.Sequential(
    new InvertedResidual(i, o, 2),
    ...Array.from({ length: n - 1 }, () => new InvertedResidual(o, o, 1)),
  );
type Repeats = readonly [number, number, number];
type Channels = readonly [number, number, number, number, number];
class ShuffleNetV2 extends nn.Module {
  conv1: nn.Sequential;
  maxpool = new nn.MaxPool2d(3, { stride: 2, padding: 1 });
  stage2: nn.Sequential;
  stage3: nn.Sequential;
  stage4: nn.Sequential;
  conv5: nn.Sequential;
  fc: nn.Linear;
  constructor(repeats: Repeats = [4, 8, 4], channels: Channels = [24, 116, 232, 464, 1024], classes = 1000) {
    super();
    const [c1, c2, c3, c4, c5] = channels;
    const first = new nn.Conv2d(3, c1, 3, { stride: 2, padding: 1, bias: false });
    this.conv1 = new nn.Sequential(first, new nn.BatchNorm2d(c1), new nn.ReLU());
    this.stage2 = stage(c1, c2, repeats[0]);
    this.stage3 = stage(c2, c3, repeats[1]);
    this.stage4 = stage(c3, c4, repeats[2]);
    const last = new nn.Conv2d(c4, c5, 1, { bias: false });
    this.conv5 = new nn.Sequential(last, new nn.BatchNorm2d(c5), new nn.ReLU());
    this.fc = new nn.Linear(c5, classes);
  }
  forward(x: Tensor): Tensor {
    x = this.maxpool.forward(this.conv1.forward(x));
    x = this.stage4.forward(this.stage3.forward(this.stage2.forward(x)));
    x = this.conv5.forward(x);
    x = x.mean([2, 3]);
    return this.fc.forward(x);
  }
}
export default defineModel({
  model: () => new ShuffleNetV2(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () => new ShuffleNetV2([1, 2, 1], [6, 8, 12, 16, 20], 10),
  inputs: { x: randn([2, 3, 64, 64], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
