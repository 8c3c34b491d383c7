// SqueezeNet 1.1 (torchvision): max pooling with ceil mode.
import { cat, defineModel, nn, randn, type Tensor } from 'tensight';

class Fire extends nn.Module {
  squeeze: nn.Conv2d;
  squeeze_activation = new nn.ReLU();
  expand1x1: nn.Conv2d;
  expand1x1_activation = new nn.ReLU();
  expand3x3: nn.Conv2d;
  expand3x3_activation = new nn.ReLU();
  constructor(i: number, s: number, e1: number, e3: number) {
    super();
    this.squeeze = new nn.Conv2d(i, s, 1);
    this.expand1x1 = new nn.Conv2d(s, e1, 1);
    this.expand3x3 = new nn.Conv2d(s, e3, 3, { padding: 1 });
  }
  forward(x: Tensor): Tensor {
    x = this.squeeze_activation.forward(this.squeeze.forward(x));
    return cat(
      [
        this.expand1x1_activation.forward(this.expand1x1.forward(x)),
        this.expand3x3_activation.forward(this.expand3x3.forward(x)),
      ],
      1,
    );
  }
}
const pool = () => new nn.MaxPool2d(3, { stride: 2, ceilMode: true });
class SqueezeNet extends nn.Module {
  features: nn.Sequential;
  classifier: nn.Sequential;
  /** `w` is the squeezed width of the first blocks; all others are multiples of it. */
  constructor(w = 16, classes = 1000) {
    super();
    this.features = new nn.Sequential(
      new nn.Conv2d(3, 4 * w, 3, { stride: 2 }),
      new nn.ReLU(),
      pool(),
      new Fire(4 * w, w, 4 * w, 4 * w),
      new Fire(8 * w, w, 4 * w, 4 * w),
      pool(),
      new Fire(8 * w, 2 * w, 8 * w, 8 * w),
      new Fire(16 * w, 2 * w, 8 * w, 8 * w),
      pool(),
      new Fire(16 * w, 3 * w, 12 * w, 12 * w),
      new Fire(24 * w, 3 * w, 12 * w, 12 * w),
      new Fire(24 * w, 4 * w, 16 * w, 16 * w),
      new Fire(32 * w, 4 * w, 16 * w, 16 * w),
    );
    this.classifier = new nn.Sequential(
      new nn.Dropout(0.5),
      new nn.Conv2d(32 * w, classes, 1),
      new nn.ReLU(),
      new nn.AdaptiveAvgPool2d([1, 1]),
    );
  }
  forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x)).flatten(1);
  }
}
export default defineModel({
  model: () => new SqueezeNet(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () => new SqueezeNet(2, 10),
  inputs: { x: randn([2, 3, 48, 52], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
