import { describe, expect, test } from 'vitest';
import { nn, type Tensor, tensor, zeros } from '../../../core/index.ts';

class Tied extends nn.Module {
  embed = new nn.Embedding(5, 4);
  head = new nn.Linear(4, 5, { bias: false });
  constructor() {
    super();
    this.head.weight = this.embed.weight;
  }
  forward(ids: Tensor): Tensor {
    return this.head.forward(this.embed.forward(ids));
  }
}

describe('a module', () => {
  test('lists a tied parameter once, and under each of its names in its state', () => {
    const model = new Tied();
    expect(model.namedParameters().map(([name]) => name)).toEqual(['embed.weight']);
    expect(Object.keys(model.stateDict())).toEqual(['embed.weight', 'head.weight']);
  });

  test('has the state of a shared module under each of its paths, in PyTorch’s order, and its parameters once', () => {
    class Stack extends nn.Module {
      fc = new nn.Linear(4, 2, { bias: false });
      constructor(readonly embed: nn.Embedding) {
        super();
      }
      forward(x: Tensor): Tensor {
        return this.fc.forward(this.embed.forward(x));
      }
    }
    class Pair extends nn.Module {
      shared = new nn.Embedding(6, 4);
      encoder = new Stack(this.shared);
      decoder = new Stack(this.shared);
      again = this.decoder;
      forward(x: Tensor): Tensor {
        return this.decoder.forward(x);
      }
    }
    const pair = new Pair();
    const names = Object.keys(pair.stateDict()).sort();
    const stacks = ['encoder', 'decoder', 'again'].flatMap((path) => [`${path}.embed.weight`, `${path}.fc.weight`]);
    expect(names).toEqual(['shared.weight', ...stacks].sort());
    expect(pair.namedParameters().map(([name]) => name)).toEqual([
      'shared.weight',
      'encoder.fc.weight',
      'decoder.fc.weight',
    ]);
    expect(pair.loadStateDict(pair.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
  });

  test('a module that holds itself has a state all the same', () => {
    class Loop extends nn.Module {
      fc = new nn.Linear(1, 1, { bias: false });
      self: nn.Module = this;
      forward(x: Tensor): Tensor {
        return this.fc.forward(x);
      }
    }
    expect(Object.keys(new Loop().stateDict())).toEqual(['fc.weight']);
  });

  test('gathers the gradients of both places of a tied parameter', () => {
    const model = new Tied();
    model
      .forward(tensor([1, 2], { dtype: 'i32' }))
      .sum()
      .backward();
    expect(model.embed.weight.grad?.shape).toEqual([5, 4]);
    expect(model.head.weight.grad).toBe(model.embed.weight.grad);
  });

  test('finds modules in a plain array, as it does in a ModuleList', () => {
    class Stack extends nn.Module {
      blocks = [new nn.Linear(2, 2), new nn.Linear(2, 2)];
      forward(x: Tensor): Tensor {
        return this.blocks.reduce((h, block) => block.forward(h), x);
      }
    }
    expect(Object.keys(new Stack().stateDict())).toEqual([
      'blocks.0.weight',
      'blocks.0.bias',
      'blocks.1.weight',
      'blocks.1.bias',
    ]);
  });

  test('numbers the layers of a Sequential and a ModuleList', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1));
    expect(net.namedParameters().map(([name]) => name)).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
    expect(net.at(-1)).toBeInstanceOf(nn.Linear);
    expect([...new nn.ModuleList([new nn.ReLU(), new nn.Tanh()])].length).toBe(2);
  });

  test('finds the modules of a dictionary by their names', () => {
    const heads = new nn.ModuleDict<nn.Linear>({ colour: new nn.Linear(2, 3) }).set('size', new nn.Linear(2, 1));
    expect(Object.keys(heads.stateDict())).toEqual(['colour.weight', 'colour.bias', 'size.weight', 'size.bias']);
    expect(heads.get('size').forward(zeros([4, 2])).shape).toEqual([4, 1]);
    expect([...heads].map(([name]) => name)).toEqual(['colour', 'size']);
    expect(() => heads.get('weight')).toThrow(/no module 'weight'/);
    expect(() => heads.set('a.b', new nn.Linear(1, 1))).toThrow(/can't be the name/);
    expect(() => heads.forward()).toThrow(/no forward of its own/);
  });

  test('holds parameters in a row and by name', () => {
    const one = () => new nn.Parameter(zeros([2]));
    class Scaled extends nn.Module {
      scales = new nn.ParameterList([one()]);
      sides = new nn.ParameterDict({ left: one() });
      forward(): void {}
    }
    const net = new Scaled();
    net.scales.append(one());
    net.sides.set('right', one());
    expect(net.namedParameters().map(([name]) => name)).toEqual(['scales.0', 'scales.1', 'sides.left', 'sides.right']);
    expect([net.scales.length, net.sides.size]).toEqual([2, 2]);
    expect([...net.scales][1]).toBe(net.scales.at(-1));
    expect([...net.sides].map(([name]) => name)).toEqual(['left', 'right']);
    expect(net.sides.get('left').shape).toEqual([2]);
    expect(() => net.scales.at(2)).toThrow('no parameter 2, it has 2');
    expect(() => net.sides.get('top')).toThrow("no parameter 'top'");
    expect(() => net.sides.set('a.b', one())).toThrow("can't be the name");
    for (const container of [net.scales, net.sides]) expect(() => container.forward()).toThrow('no forward of its own');
  });

  test('lists children and buffers, and its parameters as one vector', () => {
    const net = new nn.Sequential(new nn.Linear(2, 1), new nn.BatchNorm1d(1));
    expect(net.children()).toEqual([net.at(0), net.at(1)]);
    expect(net.buffers()).toHaveLength(3);
    const vector = nn.utils.parametersToVector(net.parameters());
    nn.utils.vectorToParameters(vector.mul(0).add(7), net.parameters());
    expect(net.parameters().map((p) => p.toArray())).toEqual([[[7, 7]], [7], [7], [7]]);
    expect(() => nn.utils.vectorToParameters(zeros([3]), net.parameters())).toThrow('[3] for 5 elements');
  });

  test('visits every module once, children before parents', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Sequential(new nn.ReLU()));
    const seen: string[] = [];
    net.apply((module) => seen.push(module.constructor.name));
    expect(seen).toEqual(['Linear', 'ReLU', 'Sequential', 'Sequential']);
  });

  test('freezes all below it', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 1));
    net.requiresGrad_(false);
    expect(net.forward(zeros([1, 2])).requiresGrad).toBe(false);
    net.requiresGrad_();
    expect(net.forward(zeros([1, 2])).requiresGrad).toBe(true);
  });

  test('lists buffers by path, those outside its state too', () => {
    const net = new nn.Sequential(new nn.BatchNorm1d(2), new nn.RotaryEmbedding(2));
    expect(net.namedBuffers().map(([name]) => name)).toEqual([
      '0.running_mean',
      '0.running_var',
      '0.num_batches_tracked',
      '1.cos',
      '1.sin',
    ]);
  });

  test('loads what fits of a state that is not its own, and says what did not', () => {
    const layer = new nn.Linear(2, 1);
    const state = { weight: tensor([[3, 4]]), extra: zeros([1]) };
    expect(() => layer.loadStateDict(state)).toThrow(/missing bias \[1\]; unexpected extra \[1\]/);
    expect(layer.loadStateDict(state, { strict: false })).toEqual({ missingKeys: ['bias'], unexpectedKeys: ['extra'] });
    expect(layer.weight.toArray()).toEqual([[3, 4]]);
    expect(() => layer.loadStateDict({ weight: zeros([3]) }, { strict: false })).toThrow(/weight is \[1, 2\]/);
  });

  test('says how to call the modules of a list that is called itself', () => {
    expect(() => new nn.ModuleList([new nn.ReLU()]).forward()).toThrow(/no forward of its own/);
  });

  test('switches training and evaluation below it', () => {
    const net = new nn.Sequential(new nn.Dropout(0.5)).eval();
    expect(net.at(0).training).toBe(false);
    const x = tensor([1, 2, 3]);
    expect(net.forward(x).toArray()).toEqual([1, 2, 3]);
  });

  test('loads a state by name, and lists everything that does not fit in one error', () => {
    const layer = new nn.Linear(2, 1);
    layer.loadStateDict({ weight: tensor([[3, 4]]), bias: tensor([5]) });
    expect(layer.forward(tensor([1, 1])).toArray()).toEqual([12]);
    const attempt = () => layer.loadStateDict({ weight: zeros([1, 3]), extra: zeros([1]) });
    expect(attempt).toThrow(/missing bias.*unexpected extra.*weight is \[1, 2\], the state has \[1, 3\]/);
  });

  test('prints itself as a tree', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Dropout(0.5));
    expect(String(net)).toBe('Sequential(\n  (0): Linear(2 → 3)\n  (1): Dropout(p=0.5)\n)');
  });

  test('copies a parameter that is a view of other memory', () => {
    const weight = new nn.Parameter(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]).t(),
    );
    expect(weight.isContiguous).toBe(true);
    expect(weight.toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });
});
