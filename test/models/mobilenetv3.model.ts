// MobileNetV3-small (torchvision): squeeze-excitation with hard sigmoid, hard swish.
import { defineModel, nn, randn, type Tensor } from 'tensight';

const makeDivisible = (v: number, d = 8) => {
  const n = Math.max(d, Math.floor((v + d / 2) / d) * d);
  return n < 0.9 * v ? n + d : n;
};
type Act = 'RE' | 'HS' | null;
class ConvNormAct extends nn.Sequential {
  constructor(i: number, o: number, k: number, { stride = 1, groups = 1, act = null as Act } = {}) {
    super(
      new nn.Conv2d(i, o, k, { stride, padding: (k - 1) / 2, groups, bias: false }),
      new nn.BatchNorm2d(o, { eps: 0.001, momentum: 0.01 }),
      ...(act === 'RE' ? [new nn.ReLU()] : act === 'HS' ? [new nn.Hardswish()] : []),
    );
  }
}
class SqueezeExcitation extends nn.Module {
  avgpool = new nn.AdaptiveAvgPool2d(1);
  fc1: nn.Conv2d;
  fc2: nn.Conv2d;
  activation = new nn.ReLU();
  scaleActivation = new nn.Hardsigmoid();
  protected static override readonly stateNames = { scaleActivation: 'scale_activation' };
  constructor(channels: number, squeeze: number) {
    super();
    this.fc1 = new nn.Conv2d(channels, squeeze, 1);
    this.fc2 = new nn.Conv2d(squeeze, channels, 1);
  }
  forward(x: Tensor): Tensor {
    const scale = this.activation.forward(this.fc1.forward(this.avgpool.forward(x)));
    return x.mul(this.scaleActivation.forward(this.fc2.forward(scale)));
  }
}
class InvertedResidual extends nn.Module {
  block: nn.Sequential;
  readonly useRes: boolean;
  constructor(i: number, k: number, e: number, o: number, se: boolean, act: Act, stride: number) {
    super();
    this.useRes = stride === 1 && i === o;
    const layers: nn.TensorLayer[] = [];
    if (e !== i) layers.push(new ConvNormAct(i, e, 1, { act }));
    layers.push(new ConvNormAct(e, e, k, { stride, groups: e, act }));
    if (se) layers.push(new SqueezeExcitation(e, makeDivisible(Math.floor(e / 4))));
    layers.push(new ConvNormAct(e, o, 1));
    this.block = new nn.Sequential(...layers);
  }
  forward(x: Tensor): Tensor {
    const result = this.block.forward(x);
    return this.useRes ? result.add(x) : result;
  }
}
/** Input channels, kernel, expanded channels, output channels, squeeze-excitation, activation, stride. */
type Row = ConstructorParameters<typeof InvertedResidual>;
const standard: readonly Row[] = [
  [16, 3, 16, 16, true, 'RE', 2],
  [16, 3, 72, 24, false, 'RE', 2],
  [24, 3, 88, 24, false, 'RE', 1],
  [24, 5, 96, 40, true, 'HS', 2],
  [40, 5, 240, 40, true, 'HS', 1],
  [40, 5, 240, 40, true, 'HS', 1],
  [40, 5, 120, 48, true, 'HS', 1],
  [48, 5, 144, 48, true, 'HS', 1],
  [48, 5, 288, 96, true, 'HS', 2],
  [96, 5, 576, 96, true, 'HS', 1],
  [96, 5, 576, 96, true, 'HS', 1],
];
class MobileNetV3Small extends nn.Module {
  features: nn.Sequential;
  avgpool = new nn.AdaptiveAvgPool2d(1);
  classifier: nn.Sequential;
  constructor(rows = standard, hidden = 1024, classes = 1000) {
    super();
    const first = rows[0]![0];
    const last = rows.at(-1)![3];
    this.features = new nn.Sequential(
      new ConvNormAct(3, first, 3, { stride: 2, act: 'HS' }),
      ...rows.map((row) => new InvertedResidual(...row)),
      new ConvNormAct(last, 6 * last, 1, { act: 'HS' }),
    );
    this.classifier = new nn.Sequential(
      new nn.Linear(6 * last, hidden),
      new nn.Hardswish(),
      new nn.Dropout(0.2),
      new nn.Linear(hidden, classes),
    );
  }
  forward(x: Tensor): Tensor {
    x = this.avgpool.forward(this.features.forward(x)).flatten(1);
    return this.classifier.forward(x);
  }
}
export default defineModel({
  model: () => new MobileNetV3Small(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () =>
    new MobileNetV3Small(
      [
        [8, 3, 8, 8, true, 'RE', 2],
        [8, 3, 24, 8, false, 'RE', 1],
        [8, 5, 32, 16, true, 'HS', 2],
        [16, 5, 40, 16, true, 'HS', 1],
      ],
      24,
      10,
    ),
  inputs: { x: randn([2, 3, 64, 64], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
