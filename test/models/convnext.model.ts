// ConvNeXt-tiny (torchvision): depthwise 7×7, channels-last LayerNorm, layer scale.
import { defineModel, full, nn, randn, type Tensor } from 'tensight';

class LayerNorm2d extends nn.LayerNorm {
  override forward(x: Tensor): Tensor {
    x = x.permute(0, 2, 3, 1);
    x = nn.functional.layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps);
    return x.permute(0, 3, 1, 2);
  }
}
class Permute extends nn.Module {
  constructor(readonly dims: number[]) {
    super();
  }
  forward(x: Tensor): Tensor {
    return x.permute(this.dims);
  }
}
class CNBlock extends nn.Module {
  block: nn.Sequential;
  layer_scale: nn.Parameter;
  constructor(dim: number, layerScale = 1e-6) {
    super();
    this.block = new nn.Sequential(
      new nn.Conv2d(dim, dim, 7, { padding: 3, groups: dim }),
      new Permute([0, 2, 3, 1]),
      new nn.LayerNorm(dim, { eps: 1e-6 }),
      new nn.Linear(dim, 4 * dim),
      new nn.GELU(),
      new nn.Linear(4 * dim, dim),
      new Permute([0, 3, 1, 2]),
    );
    this.layer_scale = new nn.Parameter(full([dim, 1, 1], layerScale));
  }
  forward(x: Tensor): Tensor {
    return this.layer_scale.mul(this.block.forward(x)).add(x);
  }
}
class ConvNeXt extends nn.Module {
  features: nn.Sequential;
  avgpool = new nn.AdaptiveAvgPool2d(1);
  classifier: nn.Sequential;
  constructor(dims = [96, 192, 384, 768], depths = [3, 3, 9, 3], classes = 1000) {
    super();
    const layers: nn.TensorLayer[] = [
      new nn.Sequential(new nn.Conv2d(3, dims[0]!, 4, { stride: 4 }), new LayerNorm2d(dims[0]!, { eps: 1e-6 })),
    ];
    depths.forEach((n, i) => {
      const d = dims[i]!;
      layers.push(new nn.Sequential(...Array.from({ length: n }, () => new CNBlock(d))));
      const next = dims[i + 1];
      if (next)
        layers.push(new nn.Sequential(new LayerNorm2d(d, { eps: 1e-6 }), new nn.Conv2d(d, next, 2, { stride: 2 })));
    });
    this.features = new nn.Sequential(...layers);
    this.classifier = new nn.Sequential(
      new LayerNorm2d(dims[3]!, { eps: 1e-6 }),
      new nn.Flatten(1),
      new nn.Linear(dims[3]!, classes),
    );
  }
  forward(x: Tensor): Tensor {
    return this.classifier.forward(this.avgpool.forward(this.features.forward(x)));
  }
}
export default defineModel({
  model: () => new ConvNeXt(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () => new ConvNeXt([6, 8, 12, 16], [1, 1, 2, 1], 10),
  inputs: { x: randn([2, 3, 64, 64], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
