// BERT-base encoder with pooler (names of the published checkpoint).
import { arange, defineModel, nn, randint, type Tensor, tensor, zerosLike } from 'tensight';

class Embeddings extends nn.Module {
  word_embeddings: nn.Embedding;
  position_embeddings: nn.Embedding;
  token_type_embeddings: nn.Embedding;
  LayerNorm: nn.LayerNorm;
  dropout = new nn.Dropout(0.1);
  constructor(vocab: number, d: number) {
    super();
    this.word_embeddings = new nn.Embedding(vocab, d, { paddingIdx: 0 });
    this.position_embeddings = new nn.Embedding(512, d);
    this.token_type_embeddings = new nn.Embedding(2, d);
    this.LayerNorm = new nn.LayerNorm(d, { eps: 1e-12 });
  }
  forward(ids: Tensor, types: Tensor): Tensor {
    const position = arange(ids.size(1)).unsqueeze(0);
    const e = this.word_embeddings
      .forward(ids)
      .add(this.token_type_embeddings.forward(types))
      .add(this.position_embeddings.forward(position));
    return this.dropout.forward(this.LayerNorm.forward(e));
  }
}
class SelfAttention extends nn.Module {
  query: nn.Linear;
  key: nn.Linear;
  value: nn.Linear;
  dropout = new nn.Dropout(0.1);
  constructor(
    readonly d: number,
    readonly heads: number,
  ) {
    super();
    this.query = new nn.Linear(d, d);
    this.key = new nn.Linear(d, d);
    this.value = new nn.Linear(d, d);
  }
  transpose_for_scores(x: Tensor): Tensor {
    return x.view(...x.shape.slice(0, -1), this.heads, this.d / this.heads).permute(0, 2, 1, 3);
  }
  forward(x: Tensor, mask: Tensor): Tensor {
    const q = this.transpose_for_scores(this.query.forward(x));
    const k = this.transpose_for_scores(this.key.forward(x));
    const v = this.transpose_for_scores(this.value.forward(x));
    let scores = q.matmul(k.transpose(-1, -2)).div(Math.sqrt(this.d / this.heads));
    scores = scores.add(mask);
    const probs = this.dropout.forward(nn.functional.softmax(scores, -1));
    const context = probs.matmul(v).permute(0, 2, 1, 3).contiguous();
    return context.view(...context.shape.slice(0, -2), this.d);
  }
}
class SelfOutput extends nn.Module {
  dense: nn.Linear;
  LayerNorm: nn.LayerNorm;
  dropout = new nn.Dropout(0.1);
  constructor(i: number, d: number) {
    super();
    this.dense = new nn.Linear(i, d);
    this.LayerNorm = new nn.LayerNorm(d, { eps: 1e-12 });
  }
  forward(h: Tensor, input: Tensor): Tensor {
    return this.LayerNorm.forward(this.dropout.forward(this.dense.forward(h)).add(input));
  }
}
class Attention extends nn.Module {
  self: SelfAttention;
  output: SelfOutput;
  constructor(d: number, heads: number) {
    super();
    this.self = new SelfAttention(d, heads);
    this.output = new SelfOutput(d, d);
  }
  forward(x: Tensor, mask: Tensor): Tensor {
    return this.output.forward(this.self.forward(x, mask), x);
  }
}
class Intermediate extends nn.Module {
  dense: nn.Linear;
  constructor(d: number, h: number) {
    super();
    this.dense = new nn.Linear(d, h);
  }
  forward(x: Tensor): Tensor {
    return nn.functional.gelu(this.dense.forward(x));
  }
}
class Layer extends nn.Module {
  attention: Attention;
  intermediate: Intermediate;
  output: SelfOutput;
  constructor(d: number, heads: number, h: number) {
    super();
    this.attention = new Attention(d, heads);
    this.intermediate = new Intermediate(d, h);
    this.output = new SelfOutput(h, d);
  }
  forward(x: Tensor, mask: Tensor): Tensor {
    const a = this.attention.forward(x, mask);
    return this.output.forward(this.intermediate.forward(a), a);
  }
}
class Encoder extends nn.Module {
  layer: nn.ModuleList<Layer>;
  constructor(n: number, d: number, heads: number, h: number) {
    super();
    this.layer = new nn.ModuleList(Array.from({ length: n }, () => new Layer(d, heads, h)));
  }
  forward(x: Tensor, mask: Tensor): Tensor {
    for (const l of this.layer) x = l.forward(x, mask);
    return x;
  }
}
class Pooler extends nn.Module {
  dense: nn.Linear;
  activation = new nn.Tanh();
  constructor(d: number) {
    super();
    this.dense = new nn.Linear(d, d);
  }
  forward(h: Tensor): Tensor {
    return this.activation.forward(this.dense.forward(h.select(1, 0)));
  }
}
class Bert extends nn.Module {
  embeddings: Embeddings;
  encoder: Encoder;
  pooler: Pooler;
  constructor(vocab = 30522, d = 768, n = 12, heads = 12, h = 3072) {
    super();
    this.embeddings = new Embeddings(vocab, d);
    this.encoder = new Encoder(n, d, heads, h);
    this.pooler = new Pooler(d);
  }
  forward(input_ids: Tensor, attention_mask: Tensor): [Tensor, Tensor] {
    const mask = attention_mask.to('f32').mul(-1).add(1).mul(-10000).unsqueeze(1).unsqueeze(2);
    const x = this.encoder.forward(this.embeddings.forward(input_ids, zerosLike(input_ids)), mask);
    return [x, this.pooler.forward(x)];
  }
}
const mask = (b: number, s: number) =>
  tensor(
    Array.from({ length: b }, (_, i) => Array.from({ length: s }, (_, j) => (j < s - 3 * i ? 1 : 0))),
    { dtype: 'i32' },
  );
export default defineModel({
  model: () => new Bert(),
  inputs: { input_ids: randint(1, 30522, [2, 64], { axes: ['batch', 'seq'] }), attention_mask: mask(2, 64) },
  training: false,
});

export const small = defineModel({
  model: () => new Bert(60, 16, 2, 4, 32),
  inputs: { input_ids: randint(1, 60, [2, 10], { axes: ['batch', 'seq'] }), attention_mask: mask(2, 10) },
  training: false,
});
