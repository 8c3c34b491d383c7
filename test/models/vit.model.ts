// ViT-B/16 (torchvision).
import { cat, defineModel, nn, randn, type Tensor, zeros } from 'tensight';

class MLPBlock extends nn.Sequential {
  constructor(i: number, h: number) {
    super(new nn.Linear(i, h), new nn.GELU(), new nn.Dropout(0), new nn.Linear(h, i), new nn.Dropout(0));
  }
}
class EncoderBlock extends nn.Module {
  ln_1: nn.LayerNorm;
  self_attention: nn.MultiheadAttention;
  dropout = new nn.Dropout(0);
  ln_2: nn.LayerNorm;
  mlp: MLPBlock;
  constructor(heads: number, dim: number, mlpDim: number) {
    super();
    this.ln_1 = new nn.LayerNorm(dim, { eps: 1e-6 });
    this.self_attention = new nn.MultiheadAttention(dim, heads, { dropout: 0, batchFirst: true });
    this.ln_2 = new nn.LayerNorm(dim, { eps: 1e-6 });
    this.mlp = new MLPBlock(dim, mlpDim);
  }
  forward(input: Tensor): Tensor {
    let x = this.ln_1.forward(input);
    [x] = this.self_attention.forward(x, x, x, { needWeights: false });
    x = this.dropout.forward(x).add(input);
    const y = this.mlp.forward(this.ln_2.forward(x));
    return x.add(y);
  }
}
class Encoder extends nn.Module {
  pos_embedding: nn.Parameter;
  dropout = new nn.Dropout(0);
  layers = new nn.ModuleDict<EncoderBlock>();
  ln: nn.LayerNorm;
  constructor(seq: number, layers: number, heads: number, dim: number, mlpDim: number) {
    super();
    this.pos_embedding = new nn.Parameter(randn([1, seq, dim]).mul(0.02));
    for (let i = 0; i < layers; i++) this.layers.set(`encoder_layer_${i}`, new EncoderBlock(heads, dim, mlpDim));
    this.ln = new nn.LayerNorm(dim, { eps: 1e-6 });
  }
  forward(x: Tensor): Tensor {
    x = this.dropout.forward(x.add(this.pos_embedding));
    for (const [, layer] of this.layers) x = layer.forward(x);
    return this.ln.forward(x);
  }
}
class VisionTransformer extends nn.Module {
  class_token: nn.Parameter;
  conv_proj: nn.Conv2d;
  encoder: Encoder;
  heads: nn.ModuleDict<nn.Linear>;
  constructor(
    readonly image = 224,
    readonly patch = 16,
    layers = 12,
    heads = 12,
    readonly dim = 768,
    mlpDim = 3072,
    classes = 1000,
  ) {
    super();
    this.conv_proj = new nn.Conv2d(3, dim, patch, { stride: patch });
    this.class_token = new nn.Parameter(zeros([1, 1, dim]));
    this.encoder = new Encoder((image / patch) ** 2 + 1, layers, heads, dim, mlpDim);
    this.heads = new nn.ModuleDict({ head: new nn.Linear(dim, classes) });
  }
  forward(x: Tensor): Tensor {
    const n = x.size(0);
    x = this.conv_proj.forward(x);
    x = x.reshape(n, this.dim, -1).permute(0, 2, 1);
    x = cat([this.class_token.expand(n, -1, -1), x], 1);
    x = this.encoder.forward(x);
    x = x.select(1, 0);
    return this.heads.get('head').forward(x);
  }
}
export default defineModel({
  model: () => new VisionTransformer(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () => new VisionTransformer(32, 8, 2, 4, 16, 24, 10),
  inputs: { x: randn([2, 3, 32, 32], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
