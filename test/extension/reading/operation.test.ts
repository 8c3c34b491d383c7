/** Operations of one layer can be told from each other, in what really ran. */
import { expect, test } from 'vitest';
import { identityOf } from '../../../extension/reading/operation.ts';
import { run } from '../says/say.ts';

const identities = (fields: string, body: string, layer = '') => {
  const text = `
import { defineModel, nn, randn, softmax, type Tensor } from 'tensight';
class Net extends nn.Module {
  ${fields}
  forward(x: Tensor): Tensor {
    ${body}
  }
}
export default defineModel({ model: () => new Net(), inputs: { x: randn([2, 6, 8]) } });`;
  const { trace, said } = run(text, 'forward');
  expect(said.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [model] = trace.models;
  const module = model!.modules.findIndex(({ path }) => path === layer);
  return model!.ops.flatMap((op, id) =>
    model!.calls[op.call ?? -1]?.module === module ? [{ op: op.name, ...identityOf(trace, model!, id) }] : [],
  );
};

test('by what they are for in attention, and by the part of a parameter they compute with', () => {
  const all = identities(
    'attn = new nn.MultiheadAttention(8, 2, { batchFirst: true, kdim: 8, vdim: 8 });',
    'return this.attn.forward(x, x.add(1), x.mul(2))[0];',
    'attn',
  );
  const products = all.filter(({ op }) => op === 'linear').map(({ name }) => name);
  expect(products).toHaveLength(3);
  expect(products.map((name) => name.split(' · ')[0])).toEqual(['query', 'key', 'value']);
  expect(products.every((name) => name.includes('in_proj_weight'))).toBe(true);
  expect(all.find(({ name }) => name === 'weights')).toBeDefined();
  // All stand at the call of the layer: that says nothing of any of them.
  expect(all.every(({ text }) => text === undefined)).toBe(true);
});

test('one product for all three says so', () => {
  const all = identities(
    'attn = new nn.MultiheadAttention(8, 2, { batchFirst: true });',
    'return this.attn.forward(x, x, x)[0];',
    'attn',
  );
  expect(all.filter(({ op }) => op === 'linear').map(({ name }) => name)).toEqual([
    'query, key, value · in_proj_weight, in_proj_bias',
  ]);
});

test('by the variable, or the expression where there is none', () => {
  const all = identities(
    'w = new nn.Parameter(randn([8, 8]));',
    `const q = x.matmul(this.w), k = x.matmul(this.w.t());
    const s = q.matmul(k.mT());
    return softmax(s, -1).matmul(x).mul(3);`,
  );
  const products = all.filter(({ op }) => op === 'matmul');
  expect(products.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^query, q · w$/),
    expect.stringMatching(/^key, k · w$/),
    expect.stringMatching(/s$/),
    '',
  ]);
  expect(all.at(-1)).toMatchObject({ op: 'mul', name: '', text: 'softmax(s, -1).matmul(x).mul(3)' });
});
