/** Operations and layers at the edges (edges.txt) against PyTorch's values, gradients and refusals (edges.json, by edges.py). */
import { afterEach, describe, expect, test } from 'vitest';
import { context, type Observer } from '../../../core/context.ts';
import * as tensight from '../../../core/index.ts';
import { NeedsValueError, nn, optim, TensightError, Tensor, tensor, zeros } from '../../../core/index.ts';
import type { AnyOptimizer } from '../../../core/optim/optimizer.ts';
import { near } from '../near.ts';
import { B, E, filled, I, M, seq } from './filled.ts';
import { recorded } from './recorded.ts';

type Given = readonly number[] | { f: Nested } | { i: tensight.NestedNumbers } | { b: tensight.NestedNumbers };
type Written = number | 'inf' | '-inf' | 'nan';
type Nested = Written | readonly Nested[];

interface Case {
  readonly ours: string;
  readonly given: readonly Given[];
  readonly y?: readonly { shape: readonly number[]; dtype: string; values: readonly Written[] }[];
  /** ∂(Σ weight·y)/∂input. */
  readonly g?: readonly (readonly Written[] | null)[];
  /** The same of the parameters that the case fills. */
  readonly p?: Readonly<Record<string, readonly Written[]>>;
  /** PyTorch's words where it throws. */
  readonly refused?: string;
}

const cases = recorded<Case[]>('edges.json', import.meta.url);

/** A norm's running statistics after two batches, and what it then gives in evaluation. */
function tracked(norm: nn.BatchNorm1d | nn.InstanceNorm1d, x: Tensor): Tensor[] {
  norm.forward(x);
  norm.forward(x.mul(2).add(1));
  return [norm.runningMean!, norm.runningVar!, norm.eval().forward(x)];
}

/** The gradients that a hook behind backward sees, and those of the inputs, which it doubles. */
function hooked(module: nn.Module, ...given: Tensor[]): Tensor[] {
  const seen: Tensor[] = [];
  module.registerFullBackwardHook((_, inner, outer) => {
    seen.push(...(inner as Tensor[]), ...(outer as Tensor[]));
    return inner.map((g) => g!.mul(2));
  });
  const inputs = given.map((x) => x.detach().requiresGrad_());
  const y = module.forward(...inputs) as Tensor;
  y.mul(3).square().sum().backward();
  return [...seen, ...inputs.map(({ grad }) => grad!)];
}

/** Where an optimizer brings four parameters. */
function steps(make: (p: nn.Parameter) => AnyOptimizer, count = 6): Tensor {
  const p = new nn.Parameter(seq([4]));
  const optimizer = make(p);
  for (let i = 0; i < count; i++) {
    p.grad = seq([4], 0.23, 0.125 * i);
    optimizer.step();
  }
  return p.detach();
}

/** Where an optimizer that computes the loss itself brings the parameters of Rosenbrock's function. */
function closed(make: (p: nn.Parameter) => optim.LBFGS, count = 2): Tensor[] {
  const p = new nn.Parameter(tensor([-0.5, 0.8]));
  const optimizer = make(p);
  const closure = () => {
    optimizer.zeroGrad();
    const [a, b] = p.unbind() as [Tensor, Tensor];
    const loss = tensor(1)
      .sub(a)
      .square()
      .add(b.sub(a.mul(a)).square().mul(3));
    loss.backward();
    return loss;
  };
  return [...Array.from({ length: count }, () => optimizer.step(closure).detach()), p.detach()];
}

/** What an optimizer remembers of four parameters, by name. */
function remembered(make: (p: nn.Parameter) => AnyOptimizer, names: readonly string[], count = 4): Tensor[] {
  const p = new nn.Parameter(seq([4]));
  const optimizer = make(p);
  for (let i = 0; i < count; i++) {
    p.grad = seq([4], 0.23, 0.125 * i);
    optimizer.step();
  }
  const { state } = optimizer.stateDict();
  expect(Object.keys(state).sort()).toEqual(names.map((name) => `0.${name}`).sort());
  return names.map((name) => state[`0.${name}`]!.to('f32'));
}

/** The learning rates of a schedule. */
function rates(make: (optimizer: optim.SGD) => { step(): void }, count = 14, lr = 0.5): Tensor {
  const optimizer = new optim.SGD([new nn.Parameter(zeros([1]))], { lr });
  const schedule = make(optimizer);
  return tensor(
    Array.from({ length: count }, () => {
      const rate = optimizer.groups[0]!.lr;
      schedule.step();
      return rate;
    }),
  );
}

/** Gradients after clipping. */
function clipped(clip: (parameters: Tensor[]) => unknown, ...gradients: Tensor[]): Tensor[] {
  const parameters = gradients.map((g) =>
    Object.assign(new nn.Parameter(zeros(g.shape)), { grad: g.detach().clone() }),
  );
  clip(parameters);
  return parameters.map(({ grad }) => grad!);
}

const words = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN };
const numberOf = (written: Written): number => (typeof written === 'number' ? written : words[written]);

function read(values: Nested): tensight.NestedNumbers {
  return typeof values === 'object' ? values.map(read) : numberOf(values);
}

function made(given: Given, k: number): Tensor {
  if (Array.isArray(given)) return seq(given, 0.37 + 0.11 * k).requiresGrad_();
  if ('f' in given) return tensor(read(given.f)).requiresGrad_();
  return 'i' in given ? I(given.i) : B((given as { b: tensight.NestedNumbers }).b);
}

const { nn: _, ...functions } = tensight;
const helpers = {
  I,
  B,
  M,
  E,
  seq,
  tracked,
  hooked,
  steps,
  closed,
  remembered,
  rates,
  clipped,
  inf: Number.POSITIVE_INFINITY,
};
const scope = { ...functions, nn, F: nn.functional, ...helpers };

/** The case's expression, which stands once for both languages in edges.txt, and what it gives. */
function results(expression: string, inputs: readonly Tensor[]): Tensor[] {
  const named = { ...scope, ...Object.fromEntries(inputs.map((x, i) => ['abcd'[i]!, x])) };
  const run = new Function(...Object.keys(named), `return ${expression}`);
  const y: unknown = run(...Object.values(named));
  const list =
    y instanceof Tensor
      ? [y]
      : Array.isArray(y)
        ? y.flat(2)
        : [(y as tensight.Sorted).values, (y as tensight.Sorted).indices];
  return list as Tensor[];
}

function expectClose(got: Tensor, want: readonly Written[], what: string): void {
  const values = got.toTypedArray();
  if (values.length !== want.length) expect.fail(`${what} has ${values.length} elements, PyTorch ${want.length}`);
  for (const [i, w] of want.entries()) {
    const value = numberOf(w);
    const close = near(values[i], value, 2e-5, 2e-5);
    if (!close) expect.fail(`${what} ${i} is ${values[i]}, PyTorch has ${w}`);
  }
}

const shown = ({ ours, given }: Case) =>
  given.length === 0 ? ours : `${ours} of ${JSON.stringify(given).slice(1, -1)}`;

/** What a run that records has and others have not: visible operations in the place of kernels that do several at once. */
const watching: Observer = {
  opStart: () => 0,
  opEnd() {},
  moduleCreated() {},
  callStart: () => 0,
  callEnd() {},
  gradient() {},
  backwardOp() {},
  allocate() {},
};

afterEach(() => {
  context.observer = undefined;
  context.mode = 'value';
  filled.length = 0;
});

describe.each([
  ['as in PyTorch', undefined],
  ['as in PyTorch, watched', watching],
])('%s', (_watched, observer) => {
  test.each(cases.map((each) => [shown(each), each] as const))('%s', (_name, { ours, given, y, g, p, refused }) => {
    context.observer = observer;
    const inputs = given.map(made);
    const run = () => {
      const outputs = results(ours, inputs);
      for (const output of outputs.filter((t) => t.requiresGrad)) {
        const weight = Float32Array.from({ length: output.numel }, (_w, i) => ((i * 0.13) % 1) + 0.5);
        output
          .mul(tensor(weight, { shape: output.shape }))
          .sum()
          .backward();
      }
      return outputs;
    };
    if (refused !== undefined) {
      expect(run, `PyTorch: ${refused}`).toThrow(TensightError);
      return;
    }
    const outputs = run();
    expect(outputs.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      y!.map(({ shape, dtype }) => ({ shape, dtype })),
    );
    for (const [i, { values }] of y!.entries()) expectClose(outputs[i]!, values, 'element');
    for (const [i, x] of inputs.entries()) {
      const want = g![i];
      if (x.grad) expectClose(x.grad, want ?? new Array<number>(x.numel).fill(0), `gradient of input ${i}: element`);
      else expect(want?.every((v) => v === 0) ?? true, `input ${i} has no gradient`).toBe(true);
    }
    for (const [name, parameter] of filled.flatMap((module) => module.namedParameters())) {
      const want = p![name] ?? new Array<number>(parameter.numel).fill(0);
      const gradient = parameter.grad ?? zeros(parameter.shape);
      expectClose(gradient, want, `gradient of ${name}: element`);
    }
  });
});

/** A shape alone, where the input is of floats. */
function blank(given: Given, k: number): Tensor {
  const known = made(given, k);
  return known.dtype === 'f32' ? zeros(known.shape, { requiresGrad: true }) : known;
}

describe('and in a shape run the same shapes, without a number computed', () => {
  test.each(cases.map((each) => [shown(each), each] as const))('%s', (_name, { ours, given, y, refused }) => {
    if (refused !== undefined) return;
    context.mode = 'shape';
    const inputs = given.map(blank);
    try {
      const outputs = results(ours, inputs);
      for (const output of outputs.filter((t) => t.requiresGrad)) output.sum().backward();
      expect(outputs.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
        y!.map(({ shape, dtype }) => ({ shape, dtype })),
      );
      for (const x of inputs.filter(({ grad }) => grad)) expect(x.grad!.shape).toEqual(x.shape);
    } catch (error) {
      if (!(error instanceof NeedsValueError)) throw error;
    }
  });
});
