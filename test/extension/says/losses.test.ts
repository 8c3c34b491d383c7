import { describe, expect, it } from 'vitest';
import { run, words } from './say.ts';

const head = `import { defineModel, nn, optim, randn, randint, softmax, tensor, type Tensor } from 'tensight';
const F = nn.functional;
class Fc extends nn.Module { fc = new nn.Linear(4, 2); forward(x: Tensor): Tensor { return this.fc.forward(x); } }
`;
const loss = (body: string) =>
  `${head}export const bad = defineModel({ model: () => new Fc(), inputs: { x: randn([3, 4]) }, loss: ({ output }: any): any => ${body} });
export const good = defineModel({ model: () => new Fc(), inputs: { x: randn([3, 4]) } });`;

describe('a loss that gives no tensor', () => {
  it.each([
    ['output.square().mean().item()', 'returned the number', 'such as .item()'],
    ['output.size(0)', 'returned the number 3', 'Return the tensor itself'],
    ['nn.MSELoss', 'returned the class MSELoss', 'Make a layer of it'],
    ['{ output.square().mean(); }', 'returned nothing', 'return'],
    ['null', 'returned null', 'tensor'],
    ['({ loss: output.mean() })', 'returned an object', 'tensor'],
    ['[output.mean()]', 'returned a list', 'tensor'],
    ["'0.5'", 'returned the text "0.5"', 'tensor'],
  ])('%s is told, and every other model runs', (body, message, hint) => {
    for (const mode of ['shape', 'backward'] as const) {
      const { said, trace } = run(loss(body), mode);
      expect(said.filter(({ severity }) => severity === 'error')).toHaveLength(1);
      expect(said[0]!.message).toContain(message);
      expect(said[0]!.hint).toContain(hint);
      expect(trace.models.map(({ exportName, complete }) => [exportName, complete])).toContainEqual(['good', true]);
    }
  });
});

/** Logits of this shape, as they are, with targets of that. */
const classes = (
  logits: string,
  target: string,
  call = 'F.crossEntropy(output, targets.y)',
  made = '(x: Tensor) => x',
) =>
  `${head}export default defineModel({ model: () => ${made}, inputs: { x: ${logits} }, targets: { y: ${target} }, loss: ({ output, targets }: any) => ${call} });`;
const value = (text: string) => {
  const { trace, said } = run(text, 'forward');
  const model = trace.models[0]!;
  return { said, loss: model.tensors[model.loss!.tensor]!.stats!.mean };
};

describe('which axis holds the classes where two are as long', () => {
  const x = 'randn([2, 3, 3], { axes: ["batch", "seq", "features"] })';
  const y = 'tensor([[0, 1, 2], [2, 1, 0]], { dtype: "i32", axes: ["batch", "seq"] })';

  it('is told by the names of the axes', () => {
    const named = value(classes(x, y));
    const flat = value(classes(x, y, 'F.crossEntropy(output.reshape(-1, 3), targets.y.reshape(-1))'));
    expect(named.loss).toBeCloseTo(flat.loss, 5);
    expect(named.said).toEqual([]);
  });
  it('is the second where its name says so', () => {
    const image = value(
      classes(
        'randn([2, 3, 3], { axes: ["batch", "class", "length"] })',
        'tensor([[0, 1, 2], [2, 1, 0]], { dtype: "i32", axes: ["batch", "length"] })',
      ),
    );
    const moved = value(
      classes(
        'randn([2, 3, 3], { axes: ["batch", "class", "length"] })',
        y,
        'F.crossEntropy(output.transpose(1, 2).reshape(-1, 3), targets.y.reshape(-1))',
      ),
    );
    expect(image.loss).toBeCloseTo(moved.loss, 5);
    expect(image.said).toEqual([]);
  });
  it('is remarked where nobody can tell', () => {
    const said = words(classes('randn([2, 3, 3])', 'tensor([[0, 1, 2], [2, 1, 0]], { dtype: "i32" })'));
    expect(said).toMatch(/axis 1 or on the last one.*\| .*reshape/);
    expect(
      words(classes('randn([2, 3, 3])', 'randint(0, 3, [2, 3])', 'F.nllLoss(output.logSoftmax(-1), targets.y)')),
    ).toContain('axis 1 or on the last one');
  });
  it('is no question where one fits', () => {
    expect(words(classes('randn([2, 7, 5])', 'randint(0, 5, [2, 7])'))).toBe('');
    expect(words(classes('randn([2, 5, 7])', 'randint(0, 5, [2, 7])'))).toBe('');
  });
});

describe('a loss that is given something else than it takes', () => {
  const y = 'randint(0, 3, [4])';
  it.each([
    [
      'softmax before crossEntropy',
      classes('randn([4, 3])', y, undefined, '(x: Tensor) => softmax(x, -1)'),
      'applied twice',
    ],
    [
      'a layer of it',
      classes('randn([4, 3])', y, undefined, 'new nn.Sequential(new nn.Linear(3, 3), new nn.Softmax(-1))'),
      'applied twice',
    ],
    [
      'laid out otherwise',
      classes(
        'randn([2, 2, 3])',
        y,
        'F.crossEntropy(output.reshape(-1, 3), targets.y)',
        '(x: Tensor) => x.softmax(-1)',
      ),
      'applied twice',
    ],
    [
      'CrossEntropyLoss',
      classes(
        'randn([4, 3])',
        y,
        'new nn.CrossEntropyLoss().forward(output, targets.y)',
        '(x: Tensor) => x.softmax(-1)',
      ),
      'applied twice',
    ],
    [
      'probabilities into nllLoss',
      classes('randn([4, 3])', y, 'F.nllLoss(output, targets.y)', '(x: Tensor) => softmax(x, -1)'),
      'log-probabilities',
    ],
    [
      'a sigmoid before logits',
      classes(
        'randn([4])',
        'tensor([1, 0, 0, 1])',
        'F.binaryCrossEntropyWithLogits(output, targets.y)',
        '(x: Tensor) => x.sigmoid()',
      ),
      'applied twice',
    ],
    ['one class', classes('randn([4, 1])', 'tensor([0, 0, 0, 0], { dtype: "i32" })'), 'over one class'],
  ])('%s', (_, text, message) => {
    const { said } = run(text);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ severity: 'warning' });
    expect(said[0]!.message).toContain(message);
  });
  it('logits into nllLoss, once values are known', () => {
    expect(words(classes('randn([4, 3])', y, 'F.nllLoss(output, targets.y)'), 'forward')).toContain('numbers above 0');
  });
  it.each([
    classes('randn([4, 3])', y),
    classes('randn([4, 3])', y, 'F.nllLoss(output, targets.y)', '(x: Tensor) => x.logSoftmax(-1)'),
    classes('randn([4])', 'tensor([1, 0, 0, 1])', 'F.binaryCrossEntropyWithLogits(output, targets.y)'),
    classes(
      'randn([4])',
      'tensor([1, 0, 0, 1])',
      'F.binaryCrossEntropy(output, targets.y)',
      '(x: Tensor) => x.sigmoid()',
    ),
  ])('but nothing of what is right (%#)', (text) => {
    expect(words(text)).toBe('');
    expect(words(text, 'forward')).toBe('');
  });
});
