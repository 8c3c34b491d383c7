// VGG-11 with batch norm (torchvision vgg11_bn).
import { defineModel, nn, randn, type Tensor } from 'tensight';

/** Channels of each convolution; `M` is a pooling. */
type Layout = readonly (number | 'M')[];
const vgg11: Layout = [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'];

function makeLayers(cfg: Layout) {
  const layers = [];
  let inChannels = 3;
  for (const v of cfg) {
    if (v === 'M') layers.push(new nn.MaxPool2d(2, { stride: 2 }));
    else {
      layers.push(new nn.Conv2d(inChannels, v, 3, { padding: 1 }), new nn.BatchNorm2d(v), new nn.ReLU());
      inChannels = v;
    }
  }
  return new nn.Sequential(...layers);
}

class VGG extends nn.Module {
  features: nn.Sequential;
  avgpool = new nn.AdaptiveAvgPool2d([7, 7]);
  classifier: nn.Sequential;
  constructor(cfg = vgg11, hidden = 4096, classes = 1000) {
    super();
    this.features = makeLayers(cfg);
    const channels = cfg.findLast((v) => v !== 'M') as number;
    this.classifier = new nn.Sequential(
      new nn.Linear(channels * 7 * 7, hidden),
      new nn.ReLU(),
      new nn.Dropout(0.5),
      new nn.Linear(hidden, hidden),
      new nn.ReLU(),
      new nn.Dropout(0.5),
      new nn.Linear(hidden, classes),
    );
  }
  forward(x: Tensor): Tensor {
    x = this.features.forward(x);
    x = this.avgpool.forward(x);
    x = x.flatten(1);
    return this.classifier.forward(x);
  }
}
export default defineModel({
  model: () => new VGG(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () => new VGG([4, 'M', 6, 'M', 8, 8, 'M'], 12, 10),
  inputs: { x: randn([2, 3, 40, 40], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
