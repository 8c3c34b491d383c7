// Sequence to sequence: bidirectional LSTM over packed sequences, Bahdanau attention, LSTM cell decoder.
import { cat, defineModel, nn, randint, stack, type Tensor, tensor } from 'tensight';

class Encoder extends nn.Module {
  embedding: nn.Embedding;
  rnn: nn.LSTM;
  fc: nn.Linear;
  constructor(vocab: number, e: number, h: number) {
    super();
    this.embedding = new nn.Embedding(vocab, e, { paddingIdx: 0 });
    this.rnn = new nn.LSTM(e, h, { bidirectional: true, batchFirst: true });
    this.fc = new nn.Linear(2 * h, h);
  }
  forward(src: Tensor, lengths: Tensor): [Tensor, Tensor] {
    const embedded = this.embedding.forward(src);
    const [outputs, [hidden]] = this.rnn.forward(embedded, undefined, { lengths });
    const h = this.fc.forward(cat([hidden.select(0, -2), hidden.select(0, -1)], 1)).tanh();
    return [outputs, h];
  }
}
class Attention extends nn.Module {
  attn: nn.Linear;
  v: nn.Linear;
  constructor(enc: number, dec: number) {
    super();
    this.attn = new nn.Linear(enc + dec, dec);
    this.v = new nn.Linear(dec, 1, { bias: false });
  }
  forward(hidden: Tensor, outputs: Tensor, mask: Tensor): Tensor {
    const n = outputs.size(1);
    const h = hidden.unsqueeze(1).repeat(1, n, 1);
    const energy = this.attn.forward(cat([h, outputs], 2)).tanh();
    const attention = this.v.forward(energy).squeeze(2);
    return attention.maskedFill(mask.eq(0), -1e10).softmax(1);
  }
}
class Seq2Seq extends nn.Module {
  encoder: Encoder;
  attention: Attention;
  embedding: nn.Embedding;
  cell: nn.LSTMCell;
  out: nn.Linear;
  constructor(src: number, trg: number, e = 16, h = 24) {
    super();
    this.encoder = new Encoder(src, e, h);
    this.attention = new Attention(2 * h, h);
    this.embedding = new nn.Embedding(trg, e);
    this.cell = new nn.LSTMCell(2 * h + e, h);
    this.out = new nn.Linear(2 * h + h + e, trg);
  }
  forward(src: Tensor, lengths: Tensor, trg: Tensor): Tensor {
    const [outputs, first] = this.encoder.forward(src, lengths);
    const mask = src.ne(0);
    let h = first;
    let c = first;
    const logits: Tensor[] = [];
    for (let t = 0; t < trg.size(1); t++) {
      const embedded = this.embedding.forward(trg.select(1, t));
      const a = this.attention.forward(h, outputs, mask).unsqueeze(1);
      const weighted = a.bmm(outputs).squeeze(1);
      [h, c] = this.cell.forward(cat([embedded, weighted], 1), [h, c]);
      logits.push(this.out.forward(cat([h, weighted, embedded], 1)));
    }
    return stack(logits, 1);
  }
}
const src = tensor(
  [
    [4, 8, 3, 9, 2, 7, 5],
    [6, 3, 11, 2, 0, 0, 0],
    [5, 2, 9, 9, 1, 0, 0],
  ],
  { dtype: 'i32', axes: ['batch', 'source'] },
);
export default defineModel({
  model: () => new Seq2Seq(20, 22),
  inputs: {
    src,
    lengths: tensor([7, 4, 5], { dtype: 'i32' }),
    trg: randint(1, 22, [3, 6], { axes: ['batch', 'target'] }),
  },
});
