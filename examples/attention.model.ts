// Attention written by hand, with no ready-made layer: three projections, a score for every pair of words, a softmax.
import { defineModel, nn, type Tensor, tokens, Vocabulary } from 'tensight';

const words = 'the animal did not cross the street because it was too tired'.split(' ');
const vocab = Vocabulary.from(words);

class Attention extends nn.Module {
  embed = new nn.Embedding(vocab.size, 32);
  query = new nn.Linear(32, 32, { bias: false });
  key = new nn.Linear(32, 32, { bias: false });
  value = new nn.Linear(32, 32, { bias: false });

  forward(ids: Tensor): Tensor {
    const x = this.embed.forward(ids);
    const q = this.query.forward(x);
    const k = this.key.forward(x);
    const v = this.value.forward(x);
    const scores = q.matmul(k.transpose(0, 1)).div(Math.sqrt(32));
    const weights = scores.softmax(-1);
    return weights.matmul(v);
  }
}

export default defineModel({
  name: 'Attention by hand',
  model: () => new Attention(),
  inputs: { ids: tokens(words, vocab) },
});
