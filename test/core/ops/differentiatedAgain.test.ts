/** Every operation on random tensors: kernels make its gradient, and operations one that is to be differentiated again; they are the same. */
import { test } from 'vitest';
import { registry } from '../../../core/ops/registry.ts';
import { compare, holds, leaf, names, run } from './randomCases.ts';

test.each(names.filter((name) => registry[name]!.backward !== undefined))('%s', (name) => {
  holds(name, (op, { inputs, attrs }, seed) => {
    const once = run(op, attrs, inputs.map(leaf), seed);
    compare(run(op, attrs, inputs.map(leaf), seed, true), once);
  });
});
