// Swin-T (torchvision): attention in windows that are shifted by `roll`, a learnt bias by relative position; stochastic depth left out.
import { cat, defineModel, nn, randn, type Tensor, tensor, zeros } from 'tensight';

/** Of each pair of places in a window, the row of the table of biases. */
function relativePositions(window: number): number[] {
  const places = Array.from({ length: window * window }, (_, i) => [Math.floor(i / window), i % window] as const);
  return places.flatMap(([y, x]) =>
    places.map(([v, u]) => (y - v + window - 1) * (2 * window - 1) + (x - u + window - 1)),
  );
}
class ShiftedWindowAttention extends nn.Module {
  qkv: nn.Linear;
  proj: nn.Linear;
  relative_position_bias_table: nn.Parameter;
  relative_position_index: Tensor;
  constructor(
    dim: number,
    readonly window: number,
    readonly shift: number,
    readonly heads: number,
  ) {
    super();
    this.qkv = new nn.Linear(dim, 3 * dim);
    this.proj = new nn.Linear(dim, dim);
    this.relative_position_bias_table = new nn.Parameter(zeros([(2 * window - 1) ** 2, heads]));
    this.relative_position_index = new nn.Buffer(tensor(relativePositions(window), { dtype: 'i32' }));
  }
  forward(x: Tensor): Tensor {
    const [batch = 1, height = 1, width = 1, dim = 1] = x.shape;
    const { window, heads } = this;
    // A picture no larger than the window is not shifted.
    const shift = window >= height ? 0 : this.shift;
    const [rows, columns] = [height / window, width / window];
    const n = window * window;
    if (shift > 0) x = x.roll([-shift, -shift], [1, 2]);
    x = x.reshape([batch, rows, window, columns, window, dim]).permute(0, 1, 3, 2, 4, 5);
    x = x.reshape([batch * rows * columns, n, dim]);
    const qkv = this.qkv
      .forward(x)
      .reshape([-1, n, 3, heads, dim / heads])
      .permute(2, 0, 3, 1, 4);
    const q = qkv.select(0, 0).mul((dim / heads) ** -0.5);
    let attn = q.matmul(qkv.select(0, 1).transpose(-2, -1));
    const bias = this.relative_position_bias_table.indexSelect(0, this.relative_position_index);
    attn = attn.add(bias.reshape([n, n, heads]).permute(2, 0, 1).unsqueeze(0));
    if (shift > 0) {
      // Parts of the picture that met only by the shift do not see each other.
      const part = (i: number, size: number) => (i < size - window ? 0 : i < size - shift ? 1 : 2);
      const parts = Array.from(
        { length: height * width },
        (_, i) => 3 * part(Math.floor(i / width), height) + part(i % width, width),
      );
      const areas = tensor(parts)
        .reshape([rows, window, columns, window])
        .permute(0, 2, 1, 3)
        .reshape([rows * columns, n]);
      const hidden = areas.unsqueeze(1).ne(areas.unsqueeze(2));
      const mask = zeros([rows * columns, n, n]).maskedFill(hidden, -100);
      attn = attn.reshape([batch, rows * columns, heads, n, n]).add(mask.unsqueeze(1).unsqueeze(0));
      attn = attn.reshape([-1, heads, n, n]);
    }
    x = attn.softmax(-1).matmul(qkv.select(0, 2)).transpose(1, 2).reshape([-1, n, dim]);
    x = this.proj.forward(x).reshape([batch, rows, columns, window, window, dim]).permute(0, 1, 3, 2, 4, 5);
    x = x.reshape([batch, height, width, dim]);
    return shift > 0 ? x.roll([shift, shift], [1, 2]) : x;
  }
}
class SwinBlock extends nn.Module {
  norm1: nn.LayerNorm;
  attn: ShiftedWindowAttention;
  norm2: nn.LayerNorm;
  mlp: nn.Sequential;
  constructor(dim: number, heads: number, window: number, shift: number) {
    super();
    this.norm1 = new nn.LayerNorm(dim);
    this.attn = new ShiftedWindowAttention(dim, window, shift, heads);
    this.norm2 = new nn.LayerNorm(dim);
    this.mlp = new nn.Sequential(
      new nn.Linear(dim, 4 * dim),
      new nn.GELU(),
      new nn.Dropout(0),
      new nn.Linear(4 * dim, dim),
      new nn.Dropout(0),
    );
  }
  forward(x: Tensor): Tensor {
    x = x.add(this.attn.forward(this.norm1.forward(x)));
    return x.add(this.mlp.forward(this.norm2.forward(x)));
  }
}
class PatchMerging extends nn.Module {
  reduction: nn.Linear;
  norm: nn.LayerNorm;
  constructor(dim: number) {
    super();
    this.reduction = new nn.Linear(4 * dim, 2 * dim, { bias: false });
    this.norm = new nn.LayerNorm(4 * dim);
  }
  forward(x: Tensor): Tensor {
    const part = (y: number, z: number) => x.slice(1, y, undefined, 2).slice(2, z, undefined, 2);
    return this.reduction.forward(this.norm.forward(cat([part(0, 0), part(1, 0), part(0, 1), part(1, 1)], -1)));
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
class Swin extends nn.Module {
  features: nn.Sequential;
  norm: nn.LayerNorm;
  permute = new Permute([0, 3, 1, 2]);
  avgpool = new nn.AdaptiveAvgPool2d(1);
  flatten = new nn.Flatten();
  head: nn.Linear;
  constructor(width = 96, depths = [2, 2, 6, 2], heads = [3, 6, 12, 24], window = 7, classes = 1000) {
    super();
    const stages: nn.TensorLayer[] = [
      new nn.Sequential(new nn.Conv2d(3, width, 4, { stride: 4 }), new Permute([0, 2, 3, 1]), new nn.LayerNorm(width)),
    ];
    depths.forEach((depth, i) => {
      const dim = width * 2 ** i;
      const shift = Math.floor(window / 2);
      stages.push(
        new nn.Sequential(
          ...Array.from({ length: depth }, (_, n) => new SwinBlock(dim, heads[i]!, window, n % 2 === 0 ? 0 : shift)),
        ),
      );
      if (i < depths.length - 1) stages.push(new PatchMerging(dim));
    });
    const last = width * 2 ** (depths.length - 1);
    this.features = new nn.Sequential(...stages);
    this.norm = new nn.LayerNorm(last);
    this.head = new nn.Linear(last, classes);
  }
  forward(x: Tensor): Tensor {
    x = this.permute.forward(this.norm.forward(this.features.forward(x)));
    return this.head.forward(this.flatten.forward(this.avgpool.forward(x)));
  }
}
export default defineModel({
  model: () => new Swin(),
  inputs: { x: randn([1, 3, 224, 224], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});

export const small = defineModel({
  model: () => new Swin(8, [2, 2], [2, 4], 4, 10),
  inputs: { x: randn([2, 3, 32, 32], { axes: ['batch', 'channel', 'height', 'width'] }) },
  training: false,
});
