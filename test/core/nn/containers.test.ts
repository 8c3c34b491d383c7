/** Modules that hold modules: names, order, and classes of one's own that extend them. */
import { expect, test } from 'vitest';
import { nn, randn, type Tensor } from '../../../core/index.ts';

test('a Sequential has layers by name, in the order of the object, the Map or the pairs', () => {
  const layers = () => ({ fc1: new nn.Linear(4, 8), act: new nn.ReLU(), fc2: new nn.Linear(8, 2) });
  for (const model of [
    new nn.Sequential(layers()),
    new nn.Sequential(new Map<string, nn.TensorLayer>(Object.entries(layers()))),
    new nn.Sequential(Object.entries<nn.TensorLayer>(layers())),
  ]) {
    expect(model.namedChildren().map(([name]) => name)).toEqual(['fc1', 'act', 'fc2']);
    expect(Object.keys(model.stateDict())).toEqual(['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias']);
    expect(model.get('act')).toBe(model.at(1));
    expect(model.append(new nn.Tanh()).set('act', new nn.GELU())).toHaveLength(4);
    expect(model.namedChildren().map(([name, layer]) => `${name} ${layer.constructor.name}`)).toEqual([
      'fc1 Linear',
      'act GELU',
      'fc2 Linear',
      '3 Tanh',
    ]);
    expect(model.forward(randn([3, 4])).shape).toEqual([3, 2]);
  }
});

test('and refuses names that are paths, and what is no layer, by its name', () => {
  expect(() => new nn.Sequential({ 'a.b': new nn.ReLU() })).toThrow(/'a\.b' can't be the name/);
  expect(() => new nn.Sequential({ a: 3 as never })).toThrow(/a layer at 'a', got/);
  expect(() => new nn.Sequential({ a: new nn.ReLU() }).get('b')).toThrow(/no module 'b'/);
});

test('a class of one’s own that extends a ModuleDict says itself how its modules are called', () => {
  class Heads extends nn.ModuleDict<nn.Linear> {
    override forward(x: Tensor, head: string): Tensor {
      return this.get(head).forward(x);
    }
  }
  const heads = new Heads({ colour: new nn.Linear(4, 3), size: new nn.Linear(4, 1) });
  expect(heads.forward(randn([2, 4]), 'size').shape).toEqual([2, 1]);
  expect(() => new nn.ModuleDict().forward()).toThrow(/no forward of its own/);
});
