// GPT-2 small, nanoGPT style: fused qkv, hand-written causal attention, tied head.
import { arange, defineModel, nn, ones, randint, type Tensor, tril } from 'tensight';

interface Config {
  blockSize: number;
  vocabSize: number;
  nLayer: number;
  nHead: number;
  nEmbd: number;
  dropout: number;
}
class CausalSelfAttention extends nn.Module {
  c_attn: nn.Linear;
  c_proj: nn.Linear;
  attn_dropout: nn.Dropout;
  resid_dropout: nn.Dropout;
  bias: nn.Buffer;
  constructor(readonly config: Config) {
    super();
    const { nEmbd, dropout, blockSize } = config;
    this.c_attn = new nn.Linear(nEmbd, 3 * nEmbd);
    this.c_proj = new nn.Linear(nEmbd, nEmbd);
    this.attn_dropout = new nn.Dropout(dropout);
    this.resid_dropout = new nn.Dropout(dropout);
    this.bias = new nn.Buffer(tril(ones([blockSize, blockSize])).view(1, 1, blockSize, blockSize), false);
  }
  forward(x: Tensor): Tensor {
    const [B, T, C] = x.shape as [number, number, number];
    const nh = this.config.nHead;
    let [q, k, v] = this.c_attn.forward(x).split(C, 2) as [Tensor, Tensor, Tensor];
    k = k.view(B, T, nh, C / nh).transpose(1, 2);
    q = q.view(B, T, nh, C / nh).transpose(1, 2);
    v = v.view(B, T, nh, C / nh).transpose(1, 2);
    let att = q.matmul(k.transpose(-2, -1)).mul(1 / Math.sqrt(C / nh));
    att = att.maskedFill(this.bias.slice(2, 0, T).slice(3, 0, T).eq(0), -Infinity);
    att = att.softmax(-1);
    att = this.attn_dropout.forward(att);
    let y = att.matmul(v);
    y = y.transpose(1, 2).contiguous().view(B, T, C);
    return this.resid_dropout.forward(this.c_proj.forward(y));
  }
}
class MLP extends nn.Module {
  c_fc: nn.Linear;
  gelu = new nn.GELU({ approximate: 'tanh' });
  c_proj: nn.Linear;
  dropout: nn.Dropout;
  constructor({ nEmbd, dropout }: Config) {
    super();
    this.c_fc = new nn.Linear(nEmbd, 4 * nEmbd);
    this.c_proj = new nn.Linear(4 * nEmbd, nEmbd);
    this.dropout = new nn.Dropout(dropout);
  }
  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.c_proj.forward(this.gelu.forward(this.c_fc.forward(x))));
  }
}
class Block extends nn.Module {
  ln_1: nn.LayerNorm;
  attn: CausalSelfAttention;
  ln_2: nn.LayerNorm;
  mlp: MLP;
  constructor(config: Config) {
    super();
    this.ln_1 = new nn.LayerNorm(config.nEmbd);
    this.attn = new CausalSelfAttention(config);
    this.ln_2 = new nn.LayerNorm(config.nEmbd);
    this.mlp = new MLP(config);
  }
  forward(x: Tensor): Tensor {
    x = x.add(this.attn.forward(this.ln_1.forward(x)));
    x = x.add(this.mlp.forward(this.ln_2.forward(x)));
    return x;
  }
}
class GPT extends nn.Module {
  transformer: nn.ModuleDict;
  lm_head: nn.Linear;
  constructor(readonly config: Config) {
    super();
    const { vocabSize, nEmbd, blockSize, dropout, nLayer } = config;
    const wte = new nn.Embedding(vocabSize, nEmbd);
    this.transformer = new nn.ModuleDict<nn.Module>({
      wte,
      wpe: new nn.Embedding(blockSize, nEmbd),
      drop: new nn.Dropout(dropout),
      h: new nn.ModuleList(Array.from({ length: nLayer }, () => new Block(config))),
      ln_f: new nn.LayerNorm(nEmbd),
    });
    this.lm_head = new nn.Linear(nEmbd, vocabSize, { bias: false });
    wte.weight = this.lm_head.weight;
    for (const [name, p] of this.namedParameters()) {
      if (name.endsWith('c_proj.weight')) nn.init.normal(p, 0, 0.02 / Math.sqrt(2 * nLayer));
      else if (name.endsWith('weight') && p.ndim > 1) nn.init.normal(p, 0, 0.02);
      else if (name.endsWith('bias')) nn.init.zeros(p);
    }
  }
  forward(idx: Tensor): Tensor {
    const t = idx.size(1);
    const { transformer } = this;
    const tokEmb = transformer.get('wte').forward(idx) as Tensor;
    const posEmb = transformer.get('wpe').forward(arange(t)) as Tensor;
    let x = transformer.get('drop').forward(tokEmb.add(posEmb)) as Tensor;
    for (const block of transformer.get('h') as nn.ModuleList<Block>) x = block.forward(x);
    x = transformer.get('ln_f').forward(x) as Tensor;
    return this.lm_head.forward(x);
  }
}
/** How well each token is told from those before it. */
function nextToken(logits: Tensor, idx: Tensor): Tensor {
  const seen = logits.slice(1, 0, -1);
  return nn.functional.crossEntropy(seen.reshape(-1, seen.size(2)), idx.slice(1, 1).reshape(-1));
}
const small: Config = { blockSize: 1024, vocabSize: 50257, nLayer: 12, nHead: 12, nEmbd: 768, dropout: 0 };
export const gpt2 = defineModel({
  name: 'GPT-2 small',
  model: () => new GPT(small),
  inputs: { idx: randint(0, 50257, [1, 128], { axes: ['batch', 'seq'] }) },
  loss: ({ output, inputs }) => nextToken(output, inputs.idx),
});
export const tiny = defineModel({
  name: 'GPT-2 tiny',
  model: () => new GPT({ blockSize: 64, vocabSize: 97, nLayer: 2, nHead: 4, nEmbd: 64, dropout: 0 }),
  inputs: { idx: randint(0, 97, [2, 16], { axes: ['batch', 'seq'] }) },
  loss: ({ output, inputs }) => nextToken(output, inputs.idx),
});
