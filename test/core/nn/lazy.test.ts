/** Layers that wait for their first input: afterwards they are the layers without `Lazy`. */
import { afterEach, describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { defineModel, manualSeed, nn, optim, randn, type Tensor, train } from '../../../core/index.ts';

afterEach(() => {
  context.mode = 'value';
});

interface Made extends nn.Layer {
  forward(x: Tensor): Tensor;
}
const pairs: readonly (readonly [lazy: () => Made, real: () => Made, shape: readonly number[]])[] = [
  [() => new nn.LazyLinear(4), () => new nn.Linear(3, 4), [2, 5, 3]],
  [() => new nn.LazyConv1d(4, 2), () => new nn.Conv1d(3, 4, 2), [2, 3, 5]],
  [
    () => new nn.LazyConv2d(4, 2, { groups: 2, bias: false }),
    () => new nn.Conv2d(6, 4, 2, { groups: 2, bias: false }),
    [6, 4, 5],
  ],
  [() => new nn.LazyConv3d(4, 2, { padding: 1 }), () => new nn.Conv3d(3, 4, 2, { padding: 1 }), [1, 3, 2, 2, 3]],
  [() => new nn.LazyConvTranspose1d(4, 2), () => new nn.ConvTranspose1d(3, 4, 2), [2, 3, 5]],
  [() => new nn.LazyConvTranspose2d(4, 2), () => new nn.ConvTranspose2d(3, 4, 2), [2, 3, 4, 5]],
  [() => new nn.LazyConvTranspose3d(4, 2), () => new nn.ConvTranspose3d(3, 4, 2), [2, 3, 2, 4, 2]],
  [() => new nn.LazyBatchNorm1d(), () => new nn.BatchNorm1d(3), [4, 3]],
  [() => new nn.LazyBatchNorm2d(), () => new nn.BatchNorm2d(3), [4, 3, 2, 2]],
  [() => new nn.LazyBatchNorm3d({ affine: false }), () => new nn.BatchNorm3d(3, { affine: false }), [4, 3, 2, 2, 1]],
  [() => new nn.LazyInstanceNorm1d({ affine: true }), () => new nn.InstanceNorm1d(3, { affine: true }), [3, 4]],
  [() => new nn.LazyInstanceNorm2d(), () => new nn.InstanceNorm2d(3), [4, 3, 2, 2]],
  [() => new nn.LazyInstanceNorm3d(), () => new nn.InstanceNorm3d(3), [4, 3, 2, 2, 1]],
];

describe.each(pairs.map(([lazy, real, shape]) => [real().constructor.name, lazy, real, shape] as const))(
  'the lazy %s',
  (_name, lazy, real, shape) => {
    test('has the same state, output and gradients after its first input', () => {
      const [waiting, ready] = [lazy(), real()];
      waiting.forward(randn(shape));
      const state = Object.fromEntries(
        Object.entries(ready.stateDict()).map(([name, t]) => [name, t.dtype === 'f32' ? t.detach().add(0.1) : t]),
      );
      for (const layer of [waiting, ready]) layer.loadStateDict(state);
      const x = randn(shape);
      const [a, b] = [waiting, ready].map((layer) => {
        const input = x.detach().requiresGrad_();
        layer.forward(input).square().sum().backward();
        return [layer.eval().forward(x), input.grad, ...layer.parameters().map(({ grad }) => grad)].map((t) =>
          t!.toArray(),
        );
      });
      expect(a).toEqual(b);
      expect(Object.keys(waiting.stateDict())).toEqual(Object.keys(ready.stateDict()));
      expect(waiting.extraRepr()).toBe(ready.extraRepr());
    });

    test('has its parameters before, which stay the same objects, and its arguments without what it waits for', () => {
      const layer = lazy();
      const before = layer.parameters();
      const config = layer.config();
      expect(before).toHaveLength(real().parameters().length);
      layer.forward(randn(shape));
      for (const [i, p] of layer.parameters().entries()) {
        expect(p).toBe(before[i]);
        expect(p.shape).toEqual(real().parameters()[i]!.shape);
      }
      expect(layer.config()).toEqual(config);
    });
  },
);

test('a shape run is enough to know the sizes', () => {
  context.mode = 'shape';
  const model = new nn.Sequential(new nn.LazyConv2d(8, 3), new nn.ReLU(), new nn.Flatten(), new nn.LazyLinear(10));
  expect(model.forward(randn([2, 3, 8, 8])).shape).toEqual([2, 10]);
  expect(model.parameters().map(({ shape }) => shape)).toEqual([[8, 3, 3, 3], [8], [10, 288], [10]]);
});

test('is trained, though its optimizer was made before its first input', () => {
  manualSeed(1);
  const { losses } = train(
    defineModel({
      model: () => new nn.Sequential(new nn.LazyLinear(8), new nn.Tanh(), new nn.LazyLinear(1)),
      inputs: { x: randn([16, 3]) },
      targets: { y: randn([16, 1]) },
      loss: ({ output, targets }) => nn.functional.mseLoss(output, targets.y),
      train: { steps: 40, optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.05 }) },
    }),
  );
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
});
