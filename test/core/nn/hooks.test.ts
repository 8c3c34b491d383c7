import { describe, expect, test } from 'vitest';
import { nn, type Tensor, tensor } from '../../../core/index.ts';

describe('a hook', () => {
  test('before forward sees the arguments, and can change them', () => {
    const layer = new nn.ReLU();
    const seen: unknown[] = [];
    const watching = layer.registerForwardPreHook((module, args) => {
      seen.push(module, args);
    });
    layer.registerForwardPreHook((_, [x]) => [(x as Tensor).neg()]);
    const x = tensor([-1, 2]);
    expect(layer.forward(x).toArray()).toEqual([1, 0]);
    expect(seen).toEqual([layer, [x]]);
    watching.remove();
    layer.forward(x);
    expect(seen).toHaveLength(2);
  });

  test('after forward sees the result, and can change it, for each layer of a stack', () => {
    const net = new nn.Sequential(new nn.Tanh(), new nn.ReLU());
    const names: string[] = [];
    const handles = net.modules().map((module) =>
      module.registerForwardHook((self, args, output) => {
        names.push(self.constructor.name);
        expect(args).toHaveLength(1);
        return self === net ? (output as Tensor).add(1) : undefined;
      }),
    );
    expect(net.forward(tensor([0])).toArray()).toEqual([1]);
    expect(names).toEqual(['Tanh', 'ReLU', 'Sequential']);
    for (const handle of handles) handle.remove();
    expect(net.forward(tensor([0])).toArray()).toEqual([0]);
  });

  test('on a tensor sees the whole of its gradient, and can change what goes on from it', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const h = x.mul(3);
    const seen: unknown[] = [];
    const handle = h.registerHook((gradient) => {
      seen.push(gradient.toArray());
      return gradient.mul(2);
    });
    h.add(h.mul(4)).sum().backward();
    expect(seen).toEqual([[5, 5]]);
    expect(x.grad!.toArray()).toEqual([30, 30]);
    handle.remove();
    h.sum().backward();
    expect(seen).toHaveLength(1);
  });

  test('on a leaf changes the gradient it keeps', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    x.registerHook((gradient) => gradient.clamp(-1, 1));
    x.mul(5).sum().backward();
    expect(x.grad!.toArray()).toEqual([1, 1]);
    expect(() => tensor([1]).registerHook(() => undefined)).toThrow('no gradient flows');
  });
});
