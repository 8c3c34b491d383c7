/** Weights that are computed before each `forward`. */
import { expect, test } from 'vitest';
import { manualSeed, nn, optim, randn, type Tensor, tensor } from '../../../core/index.ts';

const numbers = (t: Tensor) => [...t.toTypedArray()];
const close = (got: Tensor, want: Tensor) => expect(got.sub(want).abs().max().item()).toBeLessThan(1e-5);

test('a spectral norm follows the largest singular value in training, and stays in evaluation', () => {
  manualSeed(2);
  const layer = nn.utils.spectralNorm(new nn.Linear(2, 2));
  layer.loadStateDict({
    ...layer.stateDict(),
    weight_orig: tensor([
      [3, 0],
      [0, 1],
    ]),
  });
  for (let i = 0; i < 40; i++) layer.forward(randn([1, 2]));
  close(
    layer.weight,
    tensor([
      [1, 0],
      [0, 1 / 3],
    ]),
  );
  layer.eval();
  const u = numbers(layer.stateDict().weight_u!);
  layer.forward(randn([1, 2]));
  expect(numbers(layer.stateDict().weight_u!)).toEqual(u);
});

test('its gradient is that of the weight divided by uᵀWv', () => {
  manualSeed(2);
  const layer = nn.utils.spectralNorm(new nn.Linear(3, 4, { bias: false })).eval();
  const { weight_orig: w, weight_u: u, weight_v: v } = layer.stateDict() as Record<string, Tensor>;
  const x = randn([5, 3]);
  layer.forward(x).square().sum().backward();
  const own = w!.detach().requiresGrad_();
  const sigma = u!.detach().mul(own.matmul(v!.detach())).sum();
  x.matmul(own.div(sigma).t()).square().sum().backward();
  close(w!.grad!, own.grad!);
});

test.each([
  ['weightNorm', nn.utils.weightNorm, nn.utils.removeWeightNorm],
  ['spectralNorm', nn.utils.spectralNorm, nn.utils.removeSpectralNorm],
] as const)('%s: what is computed is learnt through its parts, and can be undone', (_name, make, undo) => {
  manualSeed(3);
  const layer = make(new nn.Linear(3, 4));
  const x = randn([8, 3]);
  const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 });
  const losses = Array.from({ length: 20 }, () => {
    optimizer.zeroGrad();
    const loss = layer.forward(x).sub(1).square().mean();
    loss.backward();
    optimizer.step();
    return loss.item();
  });
  expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.7);
  const before = layer.eval().forward(x);
  undo(layer);
  close(layer.forward(x), before);
  expect(
    layer
      .namedParameters()
      .map(([name]) => name)
      .sort(),
  ).toEqual(['bias', 'weight']);
  expect(() => undo(layer)).toThrow(/not computed/);
  expect(() => make(layer, 'weights')).toThrow(/no parameter 'weights'/);
});
