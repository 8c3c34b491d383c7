/** Operations are closed records: nothing goes in but inputs and plain data, nothing is written but the output, and nobody asks for a name. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { context, type Observer } from '../../../core/context.ts';
import { manualSeed, nn, randn, type Tensor } from '../../../core/index.ts';
import { apply } from '../../../core/ops/apply.ts';
import type { Attributes, Op } from '../../../core/ops/op.ts';
import { registry } from '../../../core/ops/registry.ts';
import { describeSample, samples } from './samples.ts';

interface Ran {
  readonly name: string;
  readonly attrs: Attributes;
  readonly inputs: readonly Tensor[];
}

/** What ran: also in the backward of the backward. */
function watch(body: () => void): readonly Ran[] {
  const ran: Ran[] = [];
  const observer: Observer = {
    opStart: () => 0,
    opEnd: (_token, { name }, inputs, attrs) => ran.push({ name, inputs, attrs }),
    moduleCreated() {},
    callStart: () => 0,
    callEnd() {},
    gradient() {},
    backwardOp() {},
    allocate() {},
  };
  context.observer = observer;
  try {
    body();
  } finally {
    context.observer = undefined;
  }
  return ran;
}

afterEach(() => {
  context.observer = undefined;
});

/** Why this is no plain data; undefined where it is. Numbers may be infinite: a trace names them. */
function objection(value: unknown, path = ''): string | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
    case 'number':
    case 'string':
      return undefined;
    case 'object': {
      if (value === null) return undefined;
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== Array.prototype)
        return `${path} is a ${value.constructor.name}`;
      for (const [name, part] of Object.entries(value)) {
        const found = objection(part, `${path}.${name}`);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    default:
      return `${path} is a ${typeof value}`;
  }
}

const gradients = (y: Tensor) => y.sum().backward(undefined, { createGraph: true });

describe('attributes are plain data, on the way back too', () => {
  for (const [name, op] of Object.entries(registry))
    for (const sample of samples[name]?.() ?? [])
      test(describeSample(op, sample), () => {
        manualSeed(3);
        const ran = watch(() => {
          const y = apply(op, sample.inputs, sample.attrs as never);
          if (!y.requiresGrad) return;
          gradients(y.square());
          const again = sample.inputs.flatMap(({ grad }) => (grad?.requiresGrad ? [grad.square().sum()] : []));
          if (again.length > 0) gradients(again.reduce((sum, part) => sum.add(part)));
        });
        expect(ran.length).toBeGreaterThan(0);
        for (const { name: each, attrs } of ran) expect(objection(attrs, each)).toBeUndefined();
      });
});

/** The numbers of all inputs, as they are in memory. */
const memory = (inputs: readonly Tensor[]) => inputs.map(({ storage }) => Array.from(storage.data));

describe('an operation writes none of its inputs', () => {
  for (const [name, op] of Object.entries(registry))
    for (const sample of samples[name]?.() ?? [])
      test(describeSample(op, sample), () => {
        const before = memory(sample.inputs);
        manualSeed(3);
        const y = apply(op as Op<never>, sample.inputs, sample.attrs as never);
        if (y.requiresGrad) gradients(y);
        expect(memory(sample.inputs)).toEqual(before);
      });
});

describe('all that is computed with is an input', () => {
  const inputsOf = (name: string, body: () => void) => watch(body).find((ran) => ran.name === name)!.inputs;

  test('running statistics, where they are used', () => {
    const norm = new nn.BatchNorm1d(3).eval();
    const { runningMean, runningVar, weight, bias } = norm;
    const x = randn([2, 3]);
    expect(inputsOf('batchNorm', () => norm.forward(x))).toEqual([x, weight, bias, runningMean, runningVar]);
  });

  test('not those that only follow, which the layer moves', () => {
    const norm = new nn.BatchNorm1d(3);
    const x = randn([4, 3]).mul(2).add(1);
    expect(inputsOf('batchNorm', () => norm.forward(x))).toHaveLength(3);
    const mean = x.mean(0).mul(0.1).toArray() as number[];
    for (const [c, value] of mean.entries())
      expect(norm.runningMean!.toArray()).toHaveProperty(String(c), expect.closeTo(value, 5));
    expect(norm.runningVar!.sub(x.var(0).mul(0.1).add(0.9)).abs().max().item()).toBeLessThan(1e-5);
  });

  test('they follow without gradients as well', () => {
    const norm = new nn.BatchNorm1d(3).requiresGrad_(false) as nn.BatchNorm1d;
    norm.forward(randn([4, 3]).add(5));
    expect(norm.runningMean!.sum().item()).toBeGreaterThan(0.5);
  });
});

describe('nobody asks for an operation by its name', () => {
  /** English words that mean something else as well: a list of operations would have others in it. */
  const words = new Set([
    'all',
    'any',
    'repeat',
    'where',
    'to',
    'round',
    'sign',
    'shift',
    'threshold',
    'norm',
    'mean',
    'sum',
    'std',
  ]);
  const names = new Set(Object.values(registry).flatMap(({ name }) => (words.has(name) ? [] : [name])));

  test.each(['core/trace', 'extension/reading'])('in %s', (folder) => {
    const asked = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const path = `${folder}/${file}`;
        const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
        return [...code.matchAll(/(['"`])([A-Za-z0-9]+)\1/g)]
          .map(([, , word]) => word!)
          .filter((word) => names.has(word))
          .map((word) => `${path}: '${word}'`);
      });
    expect(asked).toEqual([]);
  });
});

test('what is a view of its input shares memory with it, and says no role', () => {
  for (const [name, op] of Object.entries(registry)) {
    if (!op.isView) continue;
    expect(op.role, name).toBeUndefined();
    const [sample] = samples[name]!();
    expect(apply(op as Op<never>, sample!.inputs, sample!.attrs as never).storage, name).toBe(
      sample!.inputs[0]!.storage,
    );
  }
});
