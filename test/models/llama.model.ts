// A LLaMA-style model: RMSNorm, rotary embedding (rotate half), SwiGLU, grouped-query attention.
import { arange, cat, cos, defineModel, nn, randint, sin, type Tensor } from 'tensight';

function rotateHalf(x: Tensor): Tensor {
  const [a, b] = x.chunk(2, -1) as [Tensor, Tensor];
  return cat([b.neg(), a], -1);
}
class Attention extends nn.Module {
  q_proj: nn.Linear;
  k_proj: nn.Linear;
  v_proj: nn.Linear;
  o_proj: nn.Linear;
  constructor(
    d: number,
    readonly heads: number,
    readonly kvHeads: number,
    readonly dh = d / heads,
  ) {
    super();
    this.q_proj = new nn.Linear(d, heads * dh, { bias: false });
    this.k_proj = new nn.Linear(d, kvHeads * dh, { bias: false });
    this.v_proj = new nn.Linear(d, kvHeads * dh, { bias: false });
    this.o_proj = new nn.Linear(heads * dh, d, { bias: false });
  }
  forward(x: Tensor, c: Tensor, s: Tensor): Tensor {
    const [B, T] = x.shape as [number, number];
    const { heads, kvHeads, dh } = this;
    let q = this.q_proj.forward(x).view(B, T, heads, dh).transpose(1, 2);
    let k = this.k_proj.forward(x).view(B, T, kvHeads, dh).transpose(1, 2);
    let v = this.v_proj.forward(x).view(B, T, kvHeads, dh).transpose(1, 2);
    q = q.mul(c).add(rotateHalf(q).mul(s));
    k = k.mul(c).add(rotateHalf(k).mul(s));
    // repeat_kv
    const rep = (t: Tensor) =>
      t
        .unsqueeze(2)
        .expand(B, kvHeads, heads / kvHeads, T, dh)
        .reshape(B, heads, T, dh);
    k = rep(k);
    v = rep(v);
    const out = nn.functional.scaledDotProductAttention(q, k, v, { isCausal: true });
    return this.o_proj.forward(out.transpose(1, 2).reshape(B, T, heads * dh));
  }
}
class MLP extends nn.Module {
  gate_proj: nn.Linear;
  up_proj: nn.Linear;
  down_proj: nn.Linear;
  constructor(d: number, h: number) {
    super();
    this.gate_proj = new nn.Linear(d, h, { bias: false });
    this.up_proj = new nn.Linear(d, h, { bias: false });
    this.down_proj = new nn.Linear(h, d, { bias: false });
  }
  forward(x: Tensor): Tensor {
    return this.down_proj.forward(nn.functional.silu(this.gate_proj.forward(x)).mul(this.up_proj.forward(x)));
  }
}
class Layer extends nn.Module {
  self_attn: Attention;
  mlp: MLP;
  input_layernorm: nn.RMSNorm;
  post_attention_layernorm: nn.RMSNorm;
  constructor(d: number, heads: number, kv: number, h: number) {
    super();
    this.self_attn = new Attention(d, heads, kv);
    this.mlp = new MLP(d, h);
    this.input_layernorm = new nn.RMSNorm(d, { eps: 1e-5 });
    this.post_attention_layernorm = new nn.RMSNorm(d, { eps: 1e-5 });
  }
  forward(x: Tensor, c: Tensor, s: Tensor): Tensor {
    x = x.add(this.self_attn.forward(this.input_layernorm.forward(x), c, s));
    return x.add(this.mlp.forward(this.post_attention_layernorm.forward(x)));
  }
}
class Llama extends nn.Module {
  embed_tokens: nn.Embedding;
  layers: nn.ModuleList<Layer>;
  norm: nn.RMSNorm;
  lm_head: nn.Linear;
  constructor(
    vocab: number,
    d: number,
    n: number,
    readonly heads: number,
    kv: number,
    h: number,
    readonly dh = d / heads,
  ) {
    super();
    this.embed_tokens = new nn.Embedding(vocab, d);
    this.layers = new nn.ModuleList(Array.from({ length: n }, () => new Layer(d, heads, kv, h)));
    this.norm = new nn.RMSNorm(d, { eps: 1e-5 });
    this.lm_head = new nn.Linear(d, vocab, { bias: false });
  }
  forward(ids: Tensor): Tensor {
    const { dh } = this;
    const inv = arange(0, dh, 2).to('f32').div(dh).mul(-Math.log(10000)).exp();
    const freqs = arange(ids.size(1)).to('f32').unsqueeze(1).mul(inv);
    const emb = cat([freqs, freqs], -1);
    const c = cos(emb);
    const s = sin(emb);
    let x = this.embed_tokens.forward(ids);
    for (const layer of this.layers) x = layer.forward(x, c, s);
    return this.lm_head.forward(this.norm.forward(x));
  }
}
export default defineModel({
  model: () => new Llama(512, 128, 2, 8, 2, 352),
  inputs: { ids: randint(0, 512, [2, 24], { axes: ['batch', 'seq'] }) },
});
/** Llama-3 8B, for a shape run. */
export const big = defineModel({
  model: () => new Llama(128256, 4096, 32, 32, 8, 14336),
  inputs: { ids: randint(0, 128256, [1, 128], { axes: ['batch', 'seq'] }) },
});
