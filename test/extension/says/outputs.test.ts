/** Outputs of every form: each tensor in them is found, however deep, and what holds none is refused in words. */
import { describe, expect, it } from 'vitest';
import { formatShape, formatValue } from '../../../extension/reading/format.ts';
import { tensorsIn } from '../../../extension/reading/values.ts';
import { run } from './say.ts';

const model = (output: string) => `import { defineModel, nn, randn, type Tensor } from 'tensight';
class Fc extends nn.Module { fc = new nn.Linear(4, 2); forward(x: Tensor): any { const y = this.fc.forward(x); return ${output}; } }
export default defineModel({ model: () => new Fc(), inputs: { x: randn([3, 4]) } });`;

describe('tensors are found', () => {
  it.each([
    ['[y, [y, y.sum()]]', ['[3, 2]', '[3, 2]', 'scalar'], '([3, features 2], ([3, features 2], scalar))'],
    ['({ a: { b: { c: y } } })', ['[3, 2]'], '{ a: { b: { 1 entries } } }'],
    ["new Map([['a', y], ['b', y.t()]])", ['[3, 2]', '[2, 3]'], '{ a: [3, features 2], b: [features 2, 3] }'],
    ['new Set([y])', ['[3, 2]'], '([3, features 2])'],
    [
      'new (class Out { logits = y; past = [y, y.sum()]; })()',
      ['[3, 2]', '[3, 2]', 'scalar'],
      '{ logits: [3, features 2], past: ([3, features 2], scalar) }',
    ],
    ['(() => { const o: any = { y }; o.self = o; return o; })()', ['[3, 2]'], '{ y: [3, features 2] }'],
  ])('in %s', (output, shapes, shown) => {
    const { trace, said } = run(model(output));
    expect(said).toEqual([]);
    const [traced] = trace.models;
    const value = traced!.output!;
    expect(tensorsIn(value).map(({ tensor }) => formatShape(traced!.tensors[tensor]!, false))).toEqual(shapes);
    expect(formatValue(value, traced!)).toBe(shown);
  });
});

describe('what holds none is refused', () => {
  it.each([
    ['() => y', 'a function', 'Call it'],
    ['nn.ReLU', 'the class ReLU', 'Make a layer of it'],
    ['y.size(0)', 'the number 3', 'Return the tensor itself'],
    ['y.numel', 'the number 6', 'Return the tensor itself'],
    ['null', 'null', 'Return the tensor itself'],
    ['y.toArray()', 'a list', 'Return the tensor itself'],
    ['({ loss: 0.5 })', 'an object', ''],
    ['Promise.resolve(y)', 'a promise', 'async'],
  ])('%s', (output, what, hint) => {
    const [said] = run(model(output)).said;
    expect(said?.message).toContain(`returned ${what}`);
    expect(said?.hint).toContain(hint);
  });
});
