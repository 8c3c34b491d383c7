// EfficientNet-B0 (torchvision): mobile inverted bottlenecks with squeeze-excitation and SiLU; stochastic depth left out.
import { defineModel, nn, randn, type Tensor } from 'tensight';

class ConvNormAct extends nn.Sequential {
  constructor(i: number, o: number, kernel: number, { stride = 1, groups = 1, act = true } = {}) {
    super(
      new nn.Conv2d(i, o, kernel, { stride, padding: (kernel - 1) / 2, groups, bias: false }),
      new nn.BatchNorm2d(o),
      ...(act ? [new nn.SiLU()] : []),
    );
  }
}
class SqueezeExcitation extends nn.Module {
  avgpool = new nn.AdaptiveAvgPool2d(1);
  fc1: nn.Conv2d;
  fc2: nn.Conv2d;
  activation = new nn.SiLU();
  scaleActivation = new nn.Sigmoid();
  protected static override readonly stateNames = { scaleActivation: 'scale_activation' };
  constructor(channels: number, squeeze: number) {
    super();
    this.fc1 = new nn.Conv2d(channels, squeeze, 1);
    this.fc2 = new nn.Conv2d(squeeze, channels, 1);
  }
  forward(x: Tensor): Tensor {
    const scale = this.activation.forward(this.fc1.forward(this.avgpool.forward(x)));
    return this.scaleActivation.forward(this.fc2.forward(scale)).mul(x);
  }
}
class MBConv extends nn.Module {
  block: nn.Sequential;
  readonly useRes: boolean;
  constructor(i: number, o: number, expand: number, kernel: number, stride: number) {
    super();
    this.useRes = stride === 1 && i === o;
    const e = i * expand;
    this.block = new nn.Sequential(
      ...(expand === 1 ? [] : [new ConvNormAct(i, e, 1)]),
      new ConvNormAct(e, e, kernel, { stride, groups: e }),
      new SqueezeExcitation(e, Math.max(1, Math.floor(i / 4))),
      new ConvNormAct(e, o, 1, { act: false }),
    );
  }
  forward(x: Tensor): Tensor {
    const result = this.block.forward(x);
    return this.useRes ? result.add(x) : result;
  }
}
/** Expansion, kernel, stride, input channels, output channels, layers. */
type Row = readonly [number, number, number, number, number, number];
const standard: readonly Row[] = [
  [1, 3, 1, 32, 16, 1],
  [6, 3, 2, 16, 24, 2],
  [6, 5, 2, 24, 40, 2],
  [6, 3, 2, 40, 80, 3],
  [6, 5, 1, 80, 112, 3],
  [6, 5, 2, 112, 192, 4],
  [6, 3, 1, 192, 320, 1],
];
class EfficientNet extends nn.Module {
  features: nn.Sequential;
  avgpool = new nn.AdaptiveAvgPool2d(1);
  classifier: nn.Sequential;
  constructor(rows = standard, classes = 1000) {
    super();
    const last = rows.at(-1)![4];
    this.features = new nn.Sequential(
      new ConvNormAct(3, rows[0]![3], 3, { stride: 2 }),
      ...rows.map(
        ([expand, kernel, stride, i, o, layers]) =>
          new nn.Sequential(
            ...Array.from({ length: layers }, (_, n) => new MBConv(n ? o : i, o, expand, kernel, n ? 1 : stride)),
          ),
      ),
      new ConvNormAct(last, 4 * last, 1),
    );
    this.classifier = new nn.Sequential(new nn.Dropout(0.2), new nn.Linear(4 * last, classes));
  }
  forward(x: Tensor): Tensor {
    return this.classifier.forward(this.avgpool.forward(this.features.forward(x)).flatten(1));
  }
}
export default defineModel({
  model: () => new EfficientNet(),
  inputs: { x: randn([2, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
});

export const small = defineModel({
  model: () =>
    new EfficientNet(
      [
        [1, 3, 1, 8, 8, 1],
        [2, 5, 2, 8, 16, 2],
        [2, 3, 2, 16, 24, 1],
      ],
      10,
    ),
  inputs: { x: randn([2, 3, 64, 64], { axes: ['batch', 'channel', 'height', 'width'] }) },
});
