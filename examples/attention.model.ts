// Attention written by hand, with no ready-made layer: three projections, a score for every pair of words, a softmax.
// Attention: one row a word, how much it takes from every other; before training from all alike.
// What does "it" stand for? Training asks that of two sentences that differ in their last word, so the answer can only come from there.
import { defineModel, nn, optim, type Tensor, tensor, tokens, Vocabulary } from 'tensight';

const words = 'the animal did not cross the street because it was too tired'.split(' ');
const other = [...words.slice(0, -1), 'wide'];
const vocab = Vocabulary.from([words, other]);
const it = words.indexOf('it');

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
  targets: { meant: tensor([vocab.indexOf('animal')], { dtype: 'i32' }) },
  // The output at "it" is compared with the vector of every word.
  loss: ({ output, targets, model }) => nn.functional.crossEntropy(scores(model, output), targets.meant),
  train: {
    steps: 100,
    batch: (step) => ({
      inputs: { ids: tokens(step % 2 === 0 ? words : other, vocab) },
      targets: { meant: tensor([vocab.indexOf(step % 2 === 0 ? 'animal' : 'street')], { dtype: 'i32' }) },
    }),
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
    result: ({ model }) => {
      const meant = (sentence: string[]) =>
        vocab.wordAt(
          scores(model, model.forward(tokens(sentence, vocab)))
            .argmax()
            .item(),
        );
      return { 'too tired': meant(words), 'too wide': meant(other), 'it looks at': lookedAt(model) };
    },
  },
});

/** The word that "it" takes most from. */
function lookedAt({ embed, query, key }: Attention): string {
  const x = embed.forward(tokens(words, vocab));
  const row = query.forward(x).matmul(key.forward(x).transpose(0, 1)).select(0, it);
  return words[row.argmax().item()]!;
}

function scores(model: Attention, output: Tensor): Tensor {
  return output.narrow(0, it, 1).matmul(model.embed.weight.transpose(0, 1));
}
