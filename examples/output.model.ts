// The output: a linear layer gives a number (a logit) to every word there is, softmax makes probabilities of them.
// Here each word guesses the next from itself alone, so what it learns can be counted by hand: "the" is followed by cat, cat, dog, mat.
// Shapes: the logits [seq, words]; one row is one guess.
import { defineModel, generate, nn, optim, type Tensor, tensor, tokens, Vocabulary } from 'tensight';

const text = 'the cat sat on the mat . the cat saw the dog .'.split(' ');
const vocab = Vocabulary.from([text]);
const width = 16;

class Guess extends nn.Module {
  embed = new nn.Embedding(vocab.size, width);
  output = new nn.Linear(width, vocab.size);

  forward(ids: Tensor): Tensor {
    return this.output.forward(this.embed.forward(ids));
  }
}

export default defineModel({
  name: 'Output layer',
  model: () => new Guess(),
  inputs: { ids: tokens(text, vocab) },
  loss: ({ output, inputs }) => nn.functional.crossEntropy(output, inputs.ids.shift()),
  train: {
    steps: 200,
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.03 }),
    result: ({ model }) => {
      const prompt = vocab.encode('saw the');
      const written = generate(model, prompt, { maxNewTokens: 5, temperature: 1 });
      return {
        'after the': topWords(model, 'the'),
        'after sat': topWords(model, 'sat'),
        written: vocab.decode(written).join(' '),
      };
    },
  },
});

/** The three likeliest words after a word. */
function topWords(model: Guess, word: string): string {
  const probabilities = model
    .forward(tensor([vocab.indexOf(word)], { dtype: 'i32' }))
    .softmax(-1)
    .select(0, 0);
  const { values, indices } = probabilities.topk(3);
  const names = vocab.decode(indices.toArray() as number[]);
  return names.map((name, i) => `${name} ${((values.toArray() as number[])[i]! * 100).toFixed(0)} %`).join(', ');
}
