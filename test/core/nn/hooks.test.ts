import { describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { nn, noGrad, type Tensor, tensor, zeros } from '../../../core/index.ts';

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

  test('behind backward sees the gradients of arguments and result, and can change those of the arguments', () => {
    const layer = new nn.Bilinear(2, 2, 1, { bias: false });
    nn.init.ones(layer.weight);
    const [a, b] = [tensor([[1, 2]], { requiresGrad: true }), tensor([[3, 4]], { requiresGrad: true })];
    const seen: unknown[] = [];
    const shown = (gradients: nn.Gradients) => gradients.map((g) => g?.toArray());
    const watching = layer.registerFullBackwardHook((module, gradInput, gradOutput) => {
      seen.push(module, shown(gradInput), shown(gradOutput));
      return undefined;
    });
    const doubling = layer.registerFullBackwardHook((_, [first]) => [first!.mul(2), undefined]);
    layer.forward(a, b).mul(5).sum().backward();
    expect(seen).toEqual([layer, [[[35, 35]], [[15, 15]]], [[[5]]]]);
    expect(a.grad!.toArray()).toEqual([[70, 70]]);
    expect(b.grad!.toArray()).toEqual([[15, 15]]);
    expect(layer.weight.grad!.toArray()).toEqual([
      [
        [15, 20],
        [30, 40],
      ],
    ]);
    watching.remove();
    doubling.remove();
    layer.forward(a, b).sum().backward();
    expect(seen).toHaveLength(3);
    expect(a.grad!.toArray()).toEqual([[77, 77]]);
  });

  test('behind backward is called where the argument is data, and gets what of a result was used', () => {
    const layer = new nn.LSTM(2, 3);
    const seen: unknown[] = [];
    layer.registerFullBackwardHook((_, gradInput, gradOutput) => {
      seen.push([gradInput, gradOutput.map((g) => g?.shape)]);
      return undefined;
    });
    const [output] = layer.forward(zeros([4, 1, 2]));
    output.sum().backward();
    expect(seen).toEqual([[[undefined], [[4, 1, 3], undefined]]]);
    noGrad(() => layer.forward(zeros([4, 1, 2])));
    expect(seen).toHaveLength(1);
  });

  test('before backward can change what goes into the module', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Tanh());
    const order: string[] = [];
    for (const [name, module] of net.namedModules())
      module.registerFullBackwardHook(() => void order.push(name) as undefined);
    net.at(1).registerFullBackwardPreHook((_, [gradient]) => [gradient!.mul(0)]);
    const x = tensor([[1, 2]], { requiresGrad: true });
    net.forward(x).sum().backward();
    expect(x.grad!.toArray()).toEqual([[0, 0]]);
    expect(order).toEqual(['1', '0', '']);
    const bad = net.at(0).registerFullBackwardHook(() => []);
    expect(() => net.forward(x).sum().backward()).toThrow('a hook of Linear gave 0 gradients for 1');
    bad.remove();
    net.at(0).registerFullBackwardHook(() => [tensor([1])]);
    expect(() => net.forward(x).sum().backward()).toThrow('expected a gradient of [1, 2] from a hook of');
  });

  test('behind backward is called once for one argument twice, in a shape run, and where gradients have gradients', () => {
    const layer = new nn.Bilinear(2, 2, 1);
    let calls = 0;
    layer.registerFullBackwardHook((_, [first, second]) => {
      calls++;
      return [first!.mul(10), second];
    });
    const x = tensor([[1, 2]], { requiresGrad: true });
    layer.forward(x, x).sum().backward(undefined, { createGraph: true });
    expect(calls).toBe(1);
    const w = layer.weight.detach();
    const [right, left] = [x.detach().matmul(w.select(0, 0).t()), x.detach().matmul(w.select(0, 0))];
    expect(x.grad!.sub(right.mul(10).add(left)).abs().sum().item()).toBeLessThan(1e-5);
    expect(x.grad!.requiresGrad).toBe(true);
    context.mode = 'shape';
    try {
      const y = zeros([1, 2], { requiresGrad: true });
      layer.forward(y, y).sum().backward();
      expect(y.grad!.shape).toEqual([1, 2]);
      expect(calls).toBe(2);
    } finally {
      context.mode = 'value';
    }
  });
});
