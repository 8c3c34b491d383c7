// ResNet-18 and ResNet-50 as torchvision writes them.
import { defineModel, nn, randn, type Tensor } from 'tensight';

const conv3x3 = (i: number, o: number, stride = 1) => new nn.Conv2d(i, o, 3, { stride, padding: 1, bias: false });
const conv1x1 = (i: number, o: number, stride = 1) => new nn.Conv2d(i, o, 1, { stride, bias: false });

abstract class Block extends nn.Module {
  abstract override forward(x: Tensor): Tensor;
}
interface BlockClass {
  readonly expansion: number;
  new (inplanes: number, planes: number, stride: number, downsample?: nn.Sequential): Block;
}

class BasicBlock extends Block {
  static readonly expansion = 1;
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  relu = new nn.ReLU();
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  downsample: nn.Sequential | undefined;
  constructor(inplanes: number, planes: number, stride = 1, downsample?: nn.Sequential) {
    super();
    this.conv1 = conv3x3(inplanes, planes, stride);
    this.bn1 = new nn.BatchNorm2d(planes);
    this.conv2 = conv3x3(planes, planes);
    this.bn2 = new nn.BatchNorm2d(planes);
    this.downsample = downsample;
  }
  forward(x: Tensor): Tensor {
    let identity = x;
    let out = this.relu.forward(this.bn1.forward(this.conv1.forward(x)));
    out = this.bn2.forward(this.conv2.forward(out));
    if (this.downsample) identity = this.downsample.forward(x);
    out = out.add(identity);
    return this.relu.forward(out);
  }
}

class Bottleneck extends Block {
  static readonly expansion = 4;
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  conv3: nn.Conv2d;
  bn3: nn.BatchNorm2d;
  relu = new nn.ReLU();
  downsample: nn.Sequential | undefined;
  constructor(inplanes: number, planes: number, stride = 1, downsample?: nn.Sequential) {
    super();
    this.conv1 = conv1x1(inplanes, planes);
    this.bn1 = new nn.BatchNorm2d(planes);
    this.conv2 = conv3x3(planes, planes, stride);
    this.bn2 = new nn.BatchNorm2d(planes);
    this.conv3 = conv1x1(planes, planes * 4);
    this.bn3 = new nn.BatchNorm2d(planes * 4);
    this.downsample = downsample;
  }
  forward(x: Tensor): Tensor {
    let identity = x;
    let out = this.relu.forward(this.bn1.forward(this.conv1.forward(x)));
    out = this.relu.forward(this.bn2.forward(this.conv2.forward(out)));
    out = this.bn3.forward(this.conv3.forward(out));
    if (this.downsample) identity = this.downsample.forward(x);
    out = out.add(identity);
    return this.relu.forward(out);
  }
}

class ResNet extends nn.Module {
  private inplanes: number;
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  relu = new nn.ReLU();
  maxpool = new nn.MaxPool2d(3, { stride: 2, padding: 1 });
  layer1: nn.Sequential;
  layer2: nn.Sequential;
  layer3: nn.Sequential;
  layer4: nn.Sequential;
  avgpool = new nn.AdaptiveAvgPool2d([1, 1]);
  fc: nn.Linear;
  constructor(block: BlockClass, layers: number[], numClasses = 1000, width = 64) {
    super();
    this.inplanes = width;
    this.conv1 = new nn.Conv2d(3, width, 7, { stride: 2, padding: 3, bias: false });
    this.bn1 = new nn.BatchNorm2d(width);
    this.layer1 = this.makeLayer(block, width, layers[0]!);
    this.layer2 = this.makeLayer(block, width * 2, layers[1]!, 2);
    this.layer3 = this.makeLayer(block, width * 4, layers[2]!, 2);
    this.layer4 = this.makeLayer(block, width * 8, layers[3]!, 2);
    this.fc = new nn.Linear(width * 8 * block.expansion, numClasses);
    for (const m of this.modules())
      if (m instanceof nn.Conv2d) nn.init.kaimingNormal(m.weight, { mode: 'fanOut', nonlinearity: 'relu' });
  }
  private makeLayer(block: BlockClass, planes: number, blocks: number, stride = 1): nn.Sequential {
    let downsample: nn.Sequential | undefined;
    if (stride !== 1 || this.inplanes !== planes * block.expansion)
      downsample = new nn.Sequential(
        conv1x1(this.inplanes, planes * block.expansion, stride),
        new nn.BatchNorm2d(planes * block.expansion),
      );
    const layers: Block[] = [new block(this.inplanes, planes, stride, downsample)];
    this.inplanes = planes * block.expansion;
    for (let i = 1; i < blocks; i++) layers.push(new block(this.inplanes, planes, 1));
    return new nn.Sequential(...layers);
  }
  forward(x: Tensor): Tensor {
    x = this.maxpool.forward(this.relu.forward(this.bn1.forward(this.conv1.forward(x))));
    x = this.layer1.forward(x);
    x = this.layer2.forward(x);
    x = this.layer3.forward(x);
    x = this.layer4.forward(x);
    x = this.avgpool.forward(x);
    x = x.flatten(1);
    return this.fc.forward(x);
  }
}
const inputs = { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) };
export const resnet18 = defineModel({ model: () => new ResNet(BasicBlock, [2, 2, 2, 2]), inputs, training: false });
export const resnet50 = defineModel({ model: () => new ResNet(Bottleneck, [3, 4, 6, 3]), inputs, training: false });

const few = { x: randn([2, 3, 64, 64], { axes: ['batch', 'channel', 'height', 'width'] }) };
export const small = defineModel({
  model: () => new ResNet(BasicBlock, [1, 2, 1, 1], 10, 4),
  inputs: few,
  training: false,
});
export const smallBottleneck = defineModel({
  model: () => new ResNet(Bottleneck, [1, 2, 1, 1], 10, 4),
  inputs: few,
  training: false,
});
