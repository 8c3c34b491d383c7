// A siamese network: one embedding of anchor, positive and negative, and the triplet loss.
import { defineModel, nn, randn, type Tensor } from 'tensight';

class EmbeddingNet extends nn.Module {
  convnet = new nn.Sequential(
    new nn.Conv2d(1, 32, 5),
    new nn.PReLU(),
    new nn.MaxPool2d(2, { stride: 2 }),
    new nn.Conv2d(32, 64, 5),
    new nn.PReLU(),
    new nn.MaxPool2d(2, { stride: 2 }),
  );
  fc = new nn.Sequential(
    new nn.Linear(64 * 4 * 4, 256),
    new nn.PReLU(),
    new nn.Linear(256, 256),
    new nn.PReLU(),
    new nn.Linear(256, 2),
  );
  forward(x: Tensor): Tensor {
    const out = this.convnet.forward(x);
    return nn.functional.normalize(this.fc.forward(out.view(out.size(0), -1)));
  }
}
class TripletNet extends nn.Module {
  embeddingNet = new EmbeddingNet();
  protected static override readonly stateNames = { embeddingNet: 'embedding_net' };
  forward(x1: Tensor, x2: Tensor, x3: Tensor): Tensor {
    const [a, p, n] = [x1, x2, x3].map((x) => this.embeddingNet.forward(x)) as [Tensor, Tensor, Tensor];
    return nn.functional.tripletMarginLoss(a, p, n, { margin: 1 });
  }
}
const image = () => randn([3, 1, 28, 28], { axes: ['batch', 'channel', 'height', 'width'] });
export default defineModel({
  model: () => new TripletNet(),
  inputs: { x1: image(), x2: image(), x3: image() },
  loss: ({ output }) => output,
});
