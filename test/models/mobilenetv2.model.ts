// MobileNetV2 (torchvision).
import { defineModel, nn, randn, type Tensor } from 'tensight';

class ConvBNReLU extends nn.Sequential {
  constructor(i: number, o: number, k = 3, stride = 1, groups = 1) {
    super(
      new nn.Conv2d(i, o, k, { stride, padding: (k - 1) / 2, groups, bias: false }),
      new nn.BatchNorm2d(o),
      new nn.ReLU6(),
    );
  }
}
class InvertedResidual extends nn.Module {
  readonly useRes: boolean;
  conv: nn.Sequential;
  constructor(inp: number, oup: number, stride: number, expand: number) {
    super();
    const hidden = Math.round(inp * expand);
    this.useRes = stride === 1 && inp === oup;
    const layers = [];
    if (expand !== 1) layers.push(new ConvBNReLU(inp, hidden, 1));
    layers.push(
      new ConvBNReLU(hidden, hidden, 3, stride, hidden),
      new nn.Conv2d(hidden, oup, 1, { bias: false }),
      new nn.BatchNorm2d(oup),
    );
    this.conv = new nn.Sequential(...layers);
  }
  forward(x: Tensor): Tensor {
    return this.useRes ? x.add(this.conv.forward(x)) : this.conv.forward(x);
  }
}
/** Expansion, channels, blocks and the first block's stride of each stage. */
type Stage = readonly [expand: number, channels: number, blocks: number, stride: number];
const standard: readonly Stage[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];
class MobileNetV2 extends nn.Module {
  features: nn.Sequential;
  classifier: nn.Sequential;
  constructor(settings = standard, classes = 1000) {
    super();
    const features: nn.TensorLayer[] = [new ConvBNReLU(3, 32, 3, 2)];
    let inp = 32;
    for (const [t, c, n, s] of settings)
      for (let i = 0; i < n; i++) {
        features.push(new InvertedResidual(inp, c, i === 0 ? s : 1, t));
        inp = c;
      }
    features.push(new ConvBNReLU(inp, 1280, 1));
    this.features = new nn.Sequential(...features);
    this.classifier = new nn.Sequential(new nn.Dropout(0.2), new nn.Linear(1280, classes));
  }
  forward(x: Tensor): Tensor {
    x = this.features.forward(x);
    x = nn.functional.adaptiveAvgPool2d(x, [1, 1]).flatten(1);
    return this.classifier.forward(x);
  }
}
export default defineModel({
  model: () => new MobileNetV2(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () =>
    new MobileNetV2(
      [
        [1, 8, 1, 1],
        [3, 16, 2, 2],
        [2, 24, 1, 1],
      ],
      10,
    ),
  inputs: { x: randn([2, 3, 32, 32], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
