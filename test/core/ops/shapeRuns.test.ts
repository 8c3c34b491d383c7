/** Every operation on random tensors: what is known without data (a shape run) is what is computed. */
import { afterEach, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { Tensor } from '../../../core/index.ts';
import { holds, leaf, names, run } from './randomCases.ts';

afterEach(() => {
  context.mode = 'value';
});

test.each(names)('a shape run knows shape and dtype of output and gradients of %s', (name) => {
  holds(name, (op, { inputs, attrs }, seed) => {
    const real = run(op, attrs, inputs.map(leaf), seed);
    context.mode = 'shape';
    const meta = (x: Tensor) => (x.dtype === 'f32' ? leaf(new Tensor(x, undefined)) : x);
    const given = inputs.map((x) => meta(x).requiresGrad_(x.requiresGrad));
    const known = run(op, attrs, given, seed && new Tensor(seed, undefined));
    context.mode = 'value';
    const told = (all: readonly (Tensor | undefined)[]) => all.map((one) => one && `${one.dtype} [${one.shape}]`);
    expect(told(known)).toEqual(told(real));
  });
});
