// A bidirectional two-layer LSTM tagger.
import { defineModel, nn, randint, type Tensor } from 'tensight';

class Tagger extends nn.Module {
  embedding = new nn.Embedding(50, 16);
  lstm = new nn.LSTM(16, 20, { numLayers: 2, bidirectional: true, dropout: 0.3 });
  hidden2tag = new nn.Linear(40, 7);
  forward(sentence: Tensor): Tensor {
    const embeds = this.embedding.forward(sentence);
    const [lstmOut] = this.lstm.forward(embeds);
    const tagSpace = this.hidden2tag.forward(lstmOut);
    return nn.functional.logSoftmax(tagSpace, 2);
  }
}
export default defineModel({
  model: () => new Tagger(),
  inputs: { sentence: randint(0, 50, [9, 3], { axes: ['seq', 'batch'] }) },
  training: false,
});
