// AlexNet (torchvision): gradient through a 9216 × 4096 weight.
import { defineModel, nn, randn, type Tensor } from 'tensight';

type Channels = readonly [number, number, number, number, number];
class AlexNet extends nn.Module {
  features: nn.Sequential;
  avgpool = new nn.AdaptiveAvgPool2d([6, 6]);
  classifier: nn.Sequential;
  constructor(channels: Channels = [64, 192, 384, 256, 256], hidden = 4096, classes = 1000) {
    super();
    const [a, b, c, d, e] = channels;
    this.features = new nn.Sequential(
      new nn.Conv2d(3, a, 11, { stride: 4, padding: 2 }),
      new nn.ReLU(),
      new nn.MaxPool2d(3, { stride: 2 }),
      new nn.Conv2d(a, b, 5, { padding: 2 }),
      new nn.ReLU(),
      new nn.MaxPool2d(3, { stride: 2 }),
      new nn.Conv2d(b, c, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.Conv2d(c, d, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.Conv2d(d, e, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(3, { stride: 2 }),
    );
    this.classifier = new nn.Sequential(
      new nn.Dropout(0.5),
      new nn.Linear(e * 6 * 6, hidden),
      new nn.ReLU(),
      new nn.Dropout(0.5),
      new nn.Linear(hidden, hidden),
      new nn.ReLU(),
      new nn.Linear(hidden, classes),
    );
  }
  forward(x: Tensor): Tensor {
    return this.classifier.forward(this.avgpool.forward(this.features.forward(x)).flatten(1));
  }
}
export default defineModel({
  model: () => new AlexNet(),
  inputs: { x: randn([2, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
export const small = defineModel({
  model: () => new AlexNet([4, 6, 8, 6, 5], 12, 10),
  inputs: { x: randn([2, 3, 96, 80], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
