/** A Proxy of a tensor or a layer passes for one, and is not: what is private to it is out of reach. That is said in words. */
import { add, defineModel, nn, optim, randn, type Tensor } from 'tensight';
import { describe, expect, it } from 'vitest';
import { runFile } from '../../../core/trace/run.ts';
import type { RunMode } from '../../../core/trace/trace.ts';

const proxy = <T extends object>(value: T): T => new Proxy(value, {});
const madeFrom = (value: nn.Module): nn.Module => Object.create(Object.getPrototypeOf(value));

function problemsOf(model: () => nn.Module | ((x: Tensor) => unknown), mode: RunMode) {
  const { trace } = runFile({
    ...{ file: 'a.model.ts', run: 1, mode, fallback: true, memoryLimit: 1e9, sites: [], now: () => 0 },
    load: () => ({ default: defineModel({ model: model as () => nn.Module, inputs: { x: randn([2, 4]) } }) }),
  });
  return trace.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

class Holder extends nn.Module {
  readonly weight = new nn.Parameter(randn([4]));
  readonly inner: unknown;
  constructor(inner: unknown) {
    super();
    this.inner = inner;
  }
  forward(x: Tensor): Tensor {
    return x.mul(this.weight);
  }
}
class Hidden extends nn.Module {
  fc = new nn.Linear(4, 2);
  constructor() {
    super();
    // biome-ignore lint/correctness/noConstructorReturn: what this is about
    return proxy(this);
  }
  forward(x: Tensor): Tensor {
    return this.fc.forward(x);
  }
}

const refused: Record<string, () => nn.Module | ((x: Tensor) => unknown)> = {
  'an operand': () => (x) => x.add(proxy(x)),
  'what a method is called on': () => (x) => proxy(x).relu(),
  'what a function is given': () => (x) => add(proxy(x), x),
  'a tensor whose values are read': () => (x) => x.mul(proxy(x).toTypedArray()[0]!),
  'what a layer is given': () => {
    const fc = new nn.Linear(4, 2);
    return (x) => fc.forward(proxy(x));
  },
  'a result': () => (x) => proxy(x.mul(2)),
  'a field that is a layer': () => new Holder(proxy(new nn.Linear(4, 2))),
  'one in a list': () => new Holder([new nn.Linear(4, 2), proxy(new nn.Linear(4, 2))]),
  'a field that is a parameter': () => new Holder(proxy(new nn.Parameter(randn([2])))),
  'a layer of a Sequential': () => new nn.Sequential(proxy(new nn.Linear(4, 2))),
  'a Sequential': () => proxy(new nn.Sequential(new nn.Linear(4, 2))),
  'the model': () => proxy(new nn.Linear(4, 2)),
  'what its constructor gives': () => new Hidden(),
  'an object made from a layer’s prototype': () => new Holder(madeFrom(new nn.ReLU())),
};

describe.each(['shape', 'backward'] as const)('in mode %s', (mode) => {
  for (const [what, model] of Object.entries(refused))
    it(`${what} is refused in words`, () => {
      const problems = problemsOf(model, mode);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/is not a (tensor|layer) itself, but a Proxy of one, or made from its prototype/);
    });
});

it('so are hooks, states and optimizers of one', () => {
  const layer = proxy(new nn.Linear(4, 2));
  const words = /is not a layer itself/;
  expect(() => layer.registerForwardHook(() => undefined)).toThrow(words);
  expect(() => layer.stateDict()).toThrow(words);
  expect(() => new optim.SGD(layer.parameters(), { lr: 1 })).toThrow(words);
});

it('a prototype that is looked at is no part of a run', () => {
  expect(problemsOf(() => (x) => [x, nn.Linear.prototype, Object.getPrototypeOf(x)], 'shape')).toEqual([]);
});
