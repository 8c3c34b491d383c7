// T5-small (encoder-decoder, relative position buckets; names of the published checkpoint).
import { arange, defineModel, full, log, minimum, nn, ones, randint, type Tensor, triu, where } from 'tensight';

class T5LayerNorm extends nn.Module {
  weight: nn.Parameter;
  constructor(d: number) {
    super();
    this.weight = new nn.Parameter(ones([d]));
  }
  forward(x: Tensor): Tensor {
    const variance = x.pow(2).mean(-1, true);
    return this.weight.mul(x.mul(variance.add(1e-6).rsqrt()));
  }
}
function bucket(relative: Tensor, bidirectional: boolean, buckets = 32, maxDistance = 128): Tensor {
  let out = relative.mul(0);
  if (bidirectional) {
    buckets /= 2;
    out = out.add(relative.gt(0).to('i32').mul(buckets));
    relative = relative.abs();
  } else relative = minimum(relative, 0).neg();
  const exact = Math.floor(buckets / 2);
  const small = relative.lt(exact);
  let large = log(relative.to('f32').div(exact))
    .div(Math.log(maxDistance / exact))
    .mul(buckets - exact);
  large = large.clamp(0).to('i32').add(exact);
  large = minimum(large, buckets - 1);
  return out.add(where(small, relative, large));
}
class T5Attention extends nn.Module {
  q: nn.Linear;
  k: nn.Linear;
  v: nn.Linear;
  o: nn.Linear;
  relative_attention_bias: nn.Embedding | undefined;
  constructor(
    d: number,
    readonly heads: number,
    readonly dk: number,
    readonly decoder: boolean,
    relative: boolean,
  ) {
    super();
    const inner = heads * dk;
    this.q = new nn.Linear(d, inner, { bias: false });
    this.k = new nn.Linear(d, inner, { bias: false });
    this.v = new nn.Linear(d, inner, { bias: false });
    this.o = new nn.Linear(inner, d, { bias: false });
    if (relative) this.relative_attention_bias = new nn.Embedding(32, heads);
  }
  computeBias(q: number, k: number): Tensor {
    const relative = arange(k).unsqueeze(0).sub(arange(q).unsqueeze(1));
    const values = this.relative_attention_bias!.forward(bucket(relative, !this.decoder));
    return values.permute(2, 0, 1).unsqueeze(0);
  }
  forward(x: Tensor, kv: Tensor, bias: Tensor | undefined): Tensor {
    const shape = (t: Tensor) => t.view(t.size(0), -1, this.heads, this.dk).transpose(1, 2);
    const q = shape(this.q.forward(x));
    const k = shape(this.k.forward(kv));
    const v = shape(this.v.forward(kv));
    let scores = q.matmul(k.transpose(3, 2));
    if (bias) scores = scores.add(bias);
    const weights = nn.functional.softmax(scores, -1);
    const out = weights
      .matmul(v)
      .transpose(1, 2)
      .contiguous()
      .view(x.size(0), -1, this.heads * this.dk);
    return this.o.forward(out);
  }
}
class SelfLayer extends nn.Module {
  SelfAttention: T5Attention;
  layer_norm: T5LayerNorm;
  constructor(d: number, heads: number, dk: number, decoder: boolean, relative: boolean) {
    super();
    this.SelfAttention = new T5Attention(d, heads, dk, decoder, relative);
    this.layer_norm = new T5LayerNorm(d);
  }
  forward(x: Tensor, bias: Tensor): Tensor {
    const n = this.layer_norm.forward(x);
    return x.add(this.SelfAttention.forward(n, n, bias));
  }
}
class CrossLayer extends nn.Module {
  EncDecAttention: T5Attention;
  layer_norm: T5LayerNorm;
  constructor(d: number, heads: number, dk: number) {
    super();
    this.EncDecAttention = new T5Attention(d, heads, dk, true, false);
    this.layer_norm = new T5LayerNorm(d);
  }
  forward(x: Tensor, memory: Tensor): Tensor {
    return x.add(this.EncDecAttention.forward(this.layer_norm.forward(x), memory, undefined));
  }
}
class DenseReluDense extends nn.Module {
  wi: nn.Linear;
  wo: nn.Linear;
  constructor(d: number, ff: number) {
    super();
    this.wi = new nn.Linear(d, ff, { bias: false });
    this.wo = new nn.Linear(ff, d, { bias: false });
  }
  forward(x: Tensor): Tensor {
    return this.wo.forward(this.wi.forward(x).relu());
  }
}
class FFLayer extends nn.Module {
  DenseReluDense: DenseReluDense;
  layer_norm: T5LayerNorm;
  constructor(d: number, ff: number) {
    super();
    this.DenseReluDense = new DenseReluDense(d, ff);
    this.layer_norm = new T5LayerNorm(d);
  }
  forward(x: Tensor): Tensor {
    return x.add(this.DenseReluDense.forward(this.layer_norm.forward(x)));
  }
}
class Block extends nn.Module {
  layer: nn.ModuleList;
  constructor(
    d: number,
    heads: number,
    dk: number,
    ff: number,
    readonly decoder: boolean,
    relative: boolean,
  ) {
    super();
    this.layer = new nn.ModuleList<nn.Module>([
      new SelfLayer(d, heads, dk, decoder, relative),
      ...(decoder ? [new CrossLayer(d, heads, dk)] : []),
      new FFLayer(d, ff),
    ]);
  }
  forward(x: Tensor, bias: Tensor, memory?: Tensor): Tensor {
    x = (this.layer.at(0) as SelfLayer).forward(x, bias);
    if (memory) x = (this.layer.at(1) as CrossLayer).forward(x, memory);
    return (this.layer.at(-1) as FFLayer).forward(x);
  }
}
class Stack extends nn.Module {
  embed_tokens: nn.Embedding;
  block: nn.ModuleList<Block>;
  final_layer_norm: T5LayerNorm;
  constructor(
    shared: nn.Embedding,
    n: number,
    d: number,
    heads: number,
    dk: number,
    ff: number,
    readonly decoder: boolean,
  ) {
    super();
    this.embed_tokens = shared;
    this.block = new nn.ModuleList(Array.from({ length: n }, (_, i) => new Block(d, heads, dk, ff, decoder, i === 0)));
    this.final_layer_norm = new T5LayerNorm(d);
  }
  forward(ids: Tensor, memory?: Tensor): Tensor {
    let x = this.embed_tokens.forward(ids);
    const n = ids.size(1);
    let bias = (this.block.at(0).layer.at(0) as SelfLayer).SelfAttention.computeBias(n, n);
    if (this.decoder) bias = bias.add(triu(full([n, n], -1e9), 1));
    for (const b of this.block) x = b.forward(x, bias, memory);
    return this.final_layer_norm.forward(x);
  }
}
class T5 extends nn.Module {
  shared: nn.Embedding;
  encoder: Stack;
  decoder: Stack;
  lm_head: nn.Linear;
  constructor(
    vocab = 32128,
    readonly d = 512,
    n = 6,
    heads = 8,
    dk = 64,
    ff = 2048,
  ) {
    super();
    this.shared = new nn.Embedding(vocab, d);
    this.encoder = new Stack(this.shared, n, d, heads, dk, ff, false);
    this.decoder = new Stack(this.shared, n, d, heads, dk, ff, true);
    this.lm_head = new nn.Linear(d, vocab, { bias: false });
    this.lm_head.weight = this.shared.weight;
  }
  forward(input_ids: Tensor, decoder_input_ids: Tensor): Tensor {
    const memory = this.encoder.forward(input_ids);
    const out = this.decoder.forward(decoder_input_ids, memory);
    return this.lm_head.forward(out.mul(this.d ** -0.5));
  }
}
export default defineModel({
  model: () => new T5(),
  inputs: {
    input_ids: randint(0, 32128, [1, 40], { axes: ['batch', 'source'] }),
    decoder_input_ids: randint(0, 32128, [1, 24], { axes: ['batch', 'target'] }),
  },
  training: false,
});

export const small = defineModel({
  model: () => new T5(60, 16, 2, 4, 6, 24),
  inputs: {
    input_ids: randint(0, 60, [2, 11], { axes: ['batch', 'source'] }),
    decoder_input_ids: randint(0, 60, [2, 7], { axes: ['batch', 'target'] }),
  },
  training: false,
});
