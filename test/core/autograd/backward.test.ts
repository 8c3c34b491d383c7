import { afterEach, describe, expect, test } from 'vitest';
import { gradcheck } from '../../../core/autograd/gradcheck.ts';
import { context } from '../../../core/context.ts';
import { noGrad, randn, tensor, zeros } from '../../../core/index.ts';
import { apply } from '../../../core/ops/apply.ts';
import { elementwiseOps } from '../../../core/ops/elementwise.ts';

afterEach(() => {
  context.observer = undefined;
});

const leaf = (...values: number[]) => tensor(values, { requiresGrad: true });

describe('backward', () => {
  test('adds up over every path to a leaf', () => {
    const x = leaf(3);
    x.mul(x).add(x).sum().backward();
    expect(x.grad!.toArray()).toEqual([7]);
  });
  test('adds to what an earlier backward left, as in PyTorch', () => {
    const x = leaf(2);
    x.sum().backward();
    x.mul(2).sum().backward();
    expect(x.grad!.toArray()).toEqual([3]);
  });
  test('starts from a gradient that is given', () => {
    const x = leaf(1, 2);
    x.mul(3).backward(tensor([1, 10]));
    expect(x.grad!.toArray()).toEqual([3, 30]);
  });
  test('leaves tensors without interest alone', () => {
    const [x, y] = [leaf(1), tensor([5])];
    const z = x.mul(y);
    z.sum().backward();
    expect([y.grad, z.grad]).toEqual([undefined, undefined]);
  });
  test('stops at detach and inside noGrad', () => {
    const x = leaf(2);
    expect(x.mul(2).detach().requiresGrad).toBe(false);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    x.mul(x.detach()).sum().backward();
    expect(x.grad!.toArray()).toEqual([2]);
  });
  test('differentiates gradients again where it is asked to', () => {
    const x = leaf(2);
    x.pow(3).sum().backward(undefined, { createGraph: true });
    const first = x.grad!;
    x.grad = undefined;
    expect(first.toArray()).toEqual([12]);
    first.sum().backward();
    expect(x.grad!.toArray()).toEqual([12]);
  });
  test('survives ten thousand operations in a chain', () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 10000; i++) y = y.add(0);
    y.sum().backward();
    expect(x.grad!.toArray()).toEqual([1]);
  });
  test('says what is wrong where there is nothing to start from', () => {
    expect(() => tensor([1]).sum().backward()).toThrow(/the tensor depends on nothing that requires a gradient/);
    expect(() => leaf(1, 2).mul(2).backward()).toThrow(/expected one number to start from/);
    expect(() => leaf(1, 2).backward(tensor([1]))).toThrow(/the tensor's shape \[2\], got \[1\]/);
  });
  test('reports each gradient once, complete', () => {
    const seen: number[] = [];
    const x = leaf(1, 2);
    const y = x.mul(2);
    const z = y.add(y).sum();
    context.observer = {
      opStart: () => 0,
      opEnd: () => {},
      moduleCreated: () => {},
      callStart: () => 0,
      callEnd: () => {},
      gradient: (t) => seen.push(t.id),
      backwardOp: () => {},
      allocate: () => {},
    };
    z.backward();
    expect(seen.filter((id) => id === y.id)).toHaveLength(1);
    expect(seen.filter((id) => id === x.id)).toHaveLength(1);
  });
  test('gradients of zero-size tensors are zero-size', () => {
    const x = zeros([0, 3], { requiresGrad: true });
    x.exp().sum().backward();
    expect(x.grad!.shape).toEqual([0, 3]);
  });
});

describe('gradcheck', () => {
  test('finds a gradient that is wrong, and where', () => {
    const wrong = { ...elementwiseOps.mul, backward: (g: typeof x) => [g, g] };
    const x = randn([2]).requiresGrad_();
    const found = gradcheck((a) => apply(wrong, [a, a], undefined), [x]);
    expect(found.map(({ element }) => element)).toEqual([0, 1]);
  });
});
