/**
 * The families of the API reference: which file's exports belong to which, and an example of each, which
 * `test/scripts/reference.test.ts` runs.
 */

/** @typedef {{ readonly name: string, readonly files: RegExp, readonly text: string, readonly example: string }} Family */

/** @param {string} names */
const files = (names) => new RegExp(`^core/(?:${names.trim().split(/\s+/).join('|')})\\.ts$`);

/** The first whose files match is a file's. @type {readonly Family[]} */
export const families = [
  {
    name: 'Models',
    files: files('model train trainingWatch trace/\\w+'),
    text: 'What a `.model.ts` file exports: a model, a sample to look at, and how it is trained.',
    example: `import { defineModel, nn, optim, randn } from 'tensight';

export default defineModel({
  model: () => new nn.Linear(4, 2),
  inputs: { x: randn([8, 4], { axes: ['batch', 'features'] }) },
  targets: { y: randn([8, 2]) },
  loss: ({ output, targets }) => nn.functional.mseLoss(output, targets.y),
  train: { steps: 20, optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }) },
});`,
  },
  {
    name: 'Tensors',
    files: files('tensor/\\w+ format/\\w+ ops/tensorMethods context plain'),
    text: 'A tensor has a shape, a dtype (f32, i32 or bool) and named axes. Operations are its methods, too.',
    example: `import { randn } from 'tensight';

const x = randn([2, 3], { axes: ['batch', 'features'] });
x.t().shape; // [3, 2]`,
  },
  {
    name: 'Creation',
    files: files('ops/creation ops/triangle ops/make ops/grid ops/chance'),
    text: 'Tensors of numbers, of zeros, of random numbers.',
    example: `import { arange, tensor, zeros } from 'tensight';

tensor([[1, 2], [3, 4]]).shape; // [2, 2]
arange(0, 10, 2).shape; // [5]
zeros([2, 3], { dtype: 'i32' }).shape; // [2, 3]`,
  },
  {
    name: 'Matrix products',
    files: files('ops/matmul ops/einsum ops/linear ops/bilinear ops/products'),
    text: 'Products of matrices and of batches of them.',
    example: `import { einsum, randn } from 'tensight';

const [q, k] = [randn([2, 5, 8]), randn([2, 7, 8])];
q.matmul(k.mT()).shape; // [2, 5, 7]
einsum('bqd,bkd->bqk', q, k).shape; // [2, 5, 7]`,
  },
  {
    name: 'Pointwise',
    files: files('ops/elementwise ops/pointwise ops/power ops/compare ops/angle ops/remainder ops/closeness'),
    text: 'Element by element, with broadcasting.',
    example: `import { arange, where } from 'tensight';

const x = arange(6).to('f32').view(2, 3);
x.mul(2).add(arange(3)).shape; // [2, 3]
where(x.gt(2), x, 0).toArray(); // [[0, 0, 0], [3, 4, 5]]`,
  },
  {
    name: 'Reductions',
    files: files('ops/reduce ops/extrema ops/statistics ops/cumprod ops/quantile ops/counting'),
    text: 'Sums, means, extremes and norms along dimensions.',
    example: `import { randn } from 'tensight';

const x = randn([2, 3, 4]);
x.mean(-1).shape; // [2, 3]
x.sum([1, 2], true).shape; // [2, 1, 1]
x.argmax(-1).shape; // [2, 3]`,
  },
  {
    name: 'Shape and order',
    files: files(
      'ops/view ops/permute ops/slice ops/rearrange ops/dims ops/diagonal ops/sort ops/shuffle ops/unfold ops/stacking ops/slidingWindow',
    ),
    text: 'The same elements in another shape or order, parts of them, or several tensors in one. Views share memory.',
    example: `import { cat, randn, stack } from 'tensight';

const x = randn([2, 6]);
x.view(2, 3, 2).transpose(1, 2).shape; // [2, 2, 3]
cat([x, x], 1).shape; // [2, 12]
stack([x, x]).shape; // [2, 2, 6]`,
  },
  {
    name: 'Indexing',
    files: files(
      'ops/indexing ops/scatter ops/indices ops/embedding ops/embeddingBag ops/sliceScatter ops/indexPut ops/scatterReduce',
    ),
    text: 'Elements chosen by index or by mask.',
    example: `import { arange, oneHot, tensor } from 'tensight';

const x = arange(6).to('f32').view(3, 2);
x.indexSelect(0, tensor([2, 0], { dtype: 'i32' })).toArray(); // [[4, 5], [0, 1]]
oneHot(tensor([1, 0], { dtype: 'i32' }), 3).shape; // [2, 3]`,
  },
  {
    name: 'Activations',
    files: files(
      'ops/\\w*[aA]ctivation ops/softmax ops/gumbelSoftmax ops/gates nn/\\w*[aA]ctivation nn/activationOption',
    ),
    text: 'Nonlinear functions, as layers and as functions.',
    example: `import { nn, randn, softmax } from 'tensight';

new nn.GELU().forward(randn([2, 3])).shape; // [2, 3]
softmax(randn([2, 3]), -1).shape; // [2, 3]`,
  },
  {
    name: 'Losses',
    files: files('ops/\\w*[lL]oss ops/\\w*[lL]osses ops/binaryCrossEntropy nn/\\w*[lL]oss'),
    text: 'How wrong an output is, as one number.',
    example: `import { nn, randn, tensor } from 'tensight';

const logits = randn([3, 10]);
nn.functional.crossEntropy(logits, tensor([1, 0, 7], { dtype: 'i32' })).shape; // []
new nn.MSELoss().forward(randn([3, 2]), randn([3, 2])).shape; // []`,
  },
  {
    name: 'Attention and Transformers',
    files: files(
      'ops/attention ops/multiHeadAttention nn/attention nn/attentionMask nn/additiveAttention nn/luongAttention nn/transformer\\w* nn/keyValueCache nn/positional nn/learnedPositional nn/rotary nn/positions',
    ),
    text: 'Weights over keys that mix values, the layers around them, and positions.',
    example: `import { nn, randn } from 'tensight';

const x = randn([2, 5, 16]);
const attention = new nn.MultiheadAttention(16, 4, { batchFirst: true });
const [y] = attention.forward(x, x, x, { isCausal: true });
y.shape; // [2, 5, 16]
new nn.TransformerEncoderLayer(16, 4, { batchFirst: true }).forward(x).shape; // [2, 5, 16]`,
  },
  {
    name: 'Convolutions and pooling',
    files: files(
      'ops/conv\\w* ops/\\w*[pP]ool ops/pooling ops/window ops/interpolate ops/volume ops/maxUnpool ops/gridSample ops/bicubic nn/conv\\w* nn/pool nn/volume nn/maxUnpool nn/padding nn/shuffle nn/upsample',
    ),
    text: 'Windows that move over sequences [batch, channel, length] and images [batch, channel, height, width].',
    example: `import { nn, randn } from 'tensight';

const images = randn([2, 3, 32, 32]);
new nn.Conv2d(3, 8, 3, { padding: 1 }).forward(images).shape; // [2, 8, 32, 32]
new nn.MaxPool2d(2).forward(images).shape; // [2, 3, 16, 16]`,
  },
  {
    name: 'Recurrent',
    files: files('ops/recurrence nn/recurrent nn/recurrentCell'),
    text: 'Layers that go through a sequence step by step.',
    example: `import { nn, randn } from 'tensight';

const [output, [hidden]] = new nn.LSTM(8, 16, { batchFirst: true }).forward(randn([2, 5, 8]));
output.shape; // [2, 5, 16]
hidden.shape; // [1, 2, 16]`,
  },
  {
    name: 'Normalization and dropout',
    files: files('ops/\\w*[nN]orm ops/localResponseNorm ops/dropout nn/\\w*[nN]orm nn/normBase nn/dropout'),
    text: 'What keeps numbers in range, and what keeps a network from relying on single ones.',
    example: `import { nn, randn } from 'tensight';

new nn.LayerNorm(8).forward(randn([2, 5, 8])).shape; // [2, 5, 8]
new nn.Dropout(0.1).forward(randn([2, 8])).shape; // [2, 8]`,
  },
  {
    name: 'Distances',
    files: files('ops/similarity ops/cdist nn/distance'),
    text: 'How near vectors are.',
    example: `import { nn, randn } from 'tensight';

nn.functional.cosineSimilarity(randn([4, 8]), randn([4, 8])).shape; // [4]`,
  },
  {
    name: 'Modules and containers',
    files: files(
      'nn/module nn/layer nn/containers nn/lazy nn/hooks nn/backwardHooks nn/linear nn/bilinear nn/embedding nn/parameter nn/index nn/functional nn/init nn/utils',
    ),
    text: 'Layers, and modules made of them. A field that is a module or a parameter is a part of its module.',
    example: `import { nn, randn } from 'tensight';

class Net extends nn.Module {
  layers = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2));
  forward(x) {
    return this.layers.forward(x);
  }
}
new Net().forward(randn([3, 4])).shape; // [3, 2]`,
  },
  {
    name: 'Optimizers and schedules',
    files: files('optim/\\w+'),
    text: 'What changes parameters after each step, and how fast.',
    example: `import { nn, optim, randn } from 'tensight';

const model = new nn.Linear(4, 1);
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
const schedule = new optim.StepLR(optimizer, { stepSize: 10, gamma: 0.5 });
model.forward(randn([8, 4])).square().mean().backward();
optimizer.step();
schedule.step();`,
  },
  {
    name: 'Text',
    files: files('text/\\w+'),
    text: 'Words and their ids, and texts that a model writes.',
    example: `import { tokens, Vocabulary } from 'tensight';

const vocabulary = Vocabulary.from(['the', 'cat', 'sat']);
tokens(['the', 'cat'], vocabulary).shape; // [2]`,
  },
  {
    name: 'Files',
    files: files('io/\\w+'),
    text: 'Checkpoints (safetensors, as PyTorch reads and writes them) and arrays (NumPy).',
    example: `import { load, nn, save } from 'tensight';

const bytes = save(new nn.Linear(4, 2));
new nn.Linear(4, 2).loadStateDict(load(bytes));`,
  },
  {
    name: 'Gradients and errors',
    files: files('errors autograd/\\w+'),
    text: 'What flows back, and what is thrown.',
    example: `import { ShapeError, tensor } from 'tensight';

const x = tensor([1, 2], { requiresGrad: true });
x.square().sum().backward();
x.grad.toArray(); // [2, 4]
try {
  x.matmul(tensor([1, 2, 3]));
} catch (error) {
  error instanceof ShapeError; // true
}`,
  },
];

/** What no family names: operations by themselves, layers with the modules. */
const rooms = [
  { files: /^core\/ops\//, name: 'Pointwise' },
  { files: /^core\/nn\//, name: 'Modules and containers' },
];

/** @param {string} file @returns {Family | undefined} */
export const familyOf = (file) => {
  const own = families.find(({ files }) => files.test(file));
  const room = rooms.find(({ files }) => files.test(file));
  return own ?? families.find(({ name }) => name === room?.name);
};
