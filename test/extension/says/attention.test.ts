/** Attention is found however it is written, with its heads, and what is only like it is not. */
import { describe, expect, test } from 'vitest';
import * as core from '../../../core/index.ts';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { headMatrix } from '../../../extension/engine/views/attention.ts';
import { run } from './say.ts';

const [batch, heads, length] = [3, 2, 5];

/** A model of one attention: queries, keys and values are projections `q`, `k`, `v` of x [3, 5, 8], cut into 2 heads by `split`. */
const text = (body: string, inputs = 'x: randn([3, 5, 8])') => `
import { arange, bmm, cat, cos, defineModel, einsum, exp, logSoftmax, logsumexp, nn, ones, randn, sin, softmax, stack, tril, type Tensor } from 'tensight';
class Attention extends nn.Module {
  wq = new nn.Linear(8, 8); wk = new nn.Linear(8, 8); wv = new nn.Linear(8, 8);
  shared = new nn.Linear(8, 4); all = new nn.Linear(8, 24); one = new nn.Linear(8, 1);
  latents = new nn.Parameter(randn([4, 8])); table = new nn.Parameter(randn([8, 3]));
  forward(x: Tensor, y: Tensor = x): Tensor {
    const [B, T, H, D] = [x.size(0), x.size(1), 2, 4];
    const split = (t: Tensor) => t.view(B, -1, H, D).transpose(1, 2);
    const q = this.wq.forward(x), k = this.wk.forward(y), v = this.wv.forward(y);
    ${body}
  }
}
export default defineModel({ model: () => new Attention(), inputs: { ${inputs} } });`;

const found = (body: string, inputs?: string) => {
  const { trace, said } = run(text(body, inputs), 'forward');
  expect(said.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { records: trace.models[0]!.attention, said };
};

const scores = 'const s = split(q).matmul(split(k).mT()).div(2);';

describe('a softmax written by hand', () => {
  test.each([
    'const e = exp(s); const w = e.div(e.sum(-1, true));',
    'const e = exp(s.sub(s.amax(-1, true))); const w = e.div(e.sum(-1, true));',
    'const w = s.exp().div(s.exp().sum(-1).unsqueeze(-1));',
    'const e = s.exp(); const w = e.div(e.sum(-1, true).add(1e-9));',
    'const e = s.exp().mul(tril(ones([T, T]))); const w = e.div(e.sum(3, true).expand(B, H, T, T));',
    'const e = s.exp(); const w = e.mul(e.sum(-1, true).reciprocal());',
    'const w = s.sub(logsumexp(s, -1, true)).exp();',
    'const w = logSoftmax(s, -1).exp();',
    'const e = softmax(s, -1).mul(tril(ones([T, T]))); const w = e.div(e.sum(-1, true));',
  ])('%s', (weights) => {
    const { records, said } = found(`${scores} ${weights} return w.matmul(split(v));`);
    expect(records).toMatchObject([
      { kind: 'self', over: 'keys', heads, batch, queryLength: length, keyLength: length },
    ]);
    expect(said).toEqual([]);
  });

  test.each([
    ['of features', 'const e = q.exp(); return e.div(e.sum(-1, true)).mul(v);'],
    ['over a sum of something else', `${scores} const e = s.exp(); return e.div(s.sum(-1, true)).matmul(split(v));`],
    ['over a sum of everything', `${scores} const e = s.exp(); return e.div(e.sum([2, 3], true)).matmul(split(v));`],
  ])('is none %s', (_, body) => {
    expect(found(body).records).toEqual([]);
  });
});

describe('a softmax over something else than the keys is named', () => {
  test.each([
    ['over the queries', `${scores} return softmax(s, -2).matmul(split(v));`, 'queries', 'over the queries'],
    ['by its number', `${scores} return softmax(s, 2).matmul(split(v));`, 'queries', 'over the queries'],
    ['of two streams', 'const s = q.matmul(k.mT()); return s.softmax(1).matmul(v);', 'queries', 'dimension of size 7'],
    ['by hand', `${scores} const e = s.exp(); return e.div(e.sum(-2, true)).matmul(split(v));`, 'queries', 'queries'],
    ['of the keys first', 'return k.matmul(q.mT()).softmax(-1).mT().matmul(v);', 'queries', 'softmax(scores, -2)'],
    ['over the heads', `${scores} return softmax(s, 1).matmul(split(v));`, 'others', 'over heads or batch'],
  ])('%s', (_, body, over, words) => {
    const inputs = words.includes('7') ? 'x: randn([3, 5, 8]), y: randn([3, 7, 8])' : undefined;
    const { records, said } = found(body, inputs);
    expect(records).toMatchObject([{ over }]);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ severity: 'warning' });
    expect(`${said[0]!.message} ${said[0]!.hint}`).toContain(words);
    expect(said[0]!.at).not.toBe('');
  });

  test.each([
    ['keys in the rows', 'const w = k.matmul(q.mT()).softmax(-2); return w.mT().matmul(v);'],
    ['values on the left', 'const w = q.matmul(k.mT()).softmax(-1); return v.mT().matmul(w.mT());'],
    ['keys in the rows, values on the left', 'return v.mT().matmul(k.matmul(q.mT()).softmax(-2));'],
  ])('and not where it is over the keys: %s', (_, body) => {
    const { records, said } = found(body, 'x: randn([3, 5, 8]), y: randn([3, 7, 8])');
    expect(records).toMatchObject([{ over: 'keys', kind: 'cross', heads: 1, batch, queryLength: 5, keyLength: 7 }]);
    expect(said).toEqual([]);
  });

  test('slots that compete for the input and are then averaged are over the keys', () => {
    const body = `const slots = this.latents.expand(B, 4, 8);
      const a = slots.matmul(k.mT()).softmax(1).add(1e-8); return a.div(a.sum(-1, true)).matmul(v);`;
    const { records, said } = found(body);
    expect(records).toMatchObject([{ over: 'keys', heads: 1, batch, queryLength: 4, keyLength: length }]);
    expect(said).toEqual([]);
  });
});

describe('heads', () => {
  const attend = 'const w = bmm(f(q), f(k).transpose(1, 2)).softmax(-1); return bmm(w, f(v));';
  test.each([
    ['folded into the batch', `const f = (t: Tensor) => split(t).reshape(-1, T, D); ${attend}`, false],
    [
      'outside the batch',
      `const f = (t: Tensor) => t.view(B, T, H, D).permute(2, 0, 1, 3).reshape(-1, T, D); ${attend}`,
      true,
    ],
    ['side by side along the batch', `const f = (t: Tensor) => cat(t.chunk(H, -1), 0); ${attend}`, true],
    [
      'folded, sequence first',
      `const f = (t: Tensor) => t.transpose(0, 1).contiguous().view(T, B * H, D).transpose(0, 1); ${attend}`,
      false,
    ],
    [
      'of one packed projection',
      `const [a, b, c] = this.all.forward(x).view(B, T, 3, H, D).permute(2, 0, 3, 1, 4).unbind(0) as [Tensor, Tensor, Tensor];
      const f = (t: Tensor) => t.reshape(B * H, T, D); return bmm(bmm(f(a), f(b).mT()).softmax(-1), f(c));`,
      false,
    ],
    [
      'of a packed projection cut in three',
      `const [a, b, c] = this.all.forward(x).chunk(3, -1) as [Tensor, Tensor, Tensor];
      const f = (t: Tensor) => split(t).flatten(0, 1); return bmm(bmm(f(a), f(b).mT()).div(2).softmax(-1), f(c));`,
      false,
    ],
    [
      'in groups that share keys',
      `const g = split(q).view(B, 1, H, T, D), n = this.shared.forward(x).view(B, 1, 1, T, D);
      return g.matmul(n.mT()).softmax(-1).matmul(n).reshape(B, H, T, D);`,
      false,
    ],
    [
      'in groups, by einsum',
      `const g = q.view(B, T, 1, H, D), n = this.shared.forward(x).view(B, T, 1, D);
      return einsum('bgrts,bsgd->btgrd', einsum('btgrd,bsgd->bgrts', g, n).softmax(-1), n);`,
      false,
    ],
  ])('%s', (_, body, outside) => {
    const { records } = found(body);
    expect(records).toMatchObject([
      { kind: 'self', over: 'keys', heads, batch, queryLength: length, keyLength: length },
    ]);
    expect(records[0]!.headsOutside ?? false).toBe(outside);
  });

  test('are those of windows where windows are a dimension of their own', () => {
    const body = `const f = (t: Tensor) => t.view(B, 2, 3, H, D).transpose(2, 3);
      return f(q).matmul(f(k).mT()).softmax(-1).matmul(f(v));`;
    const { records } = found(body, 'x: randn([3, 6, 8])');
    expect(records).toMatchObject([{ heads, batch: batch * 2, queryLength: 3, keyLength: 3 }]);
  });

  test('are one where heads are rows of the queries', () => {
    const body = `const n = this.shared.forward(x);
      return split(q).reshape(B, H * T, D).matmul(n.mT()).softmax(-1).matmul(n);`;
    expect(found(body).records).toMatchObject([{ heads: 1, batch, queryLength: heads * length, keyLength: length }]);
  });

  test('are shown as they lie', () => {
    const whole = core.arange(24).to('f32').view(6, 2, 2);
    const record = { batch: 3, heads: 2, queryLength: 2, keyLength: 2 } as AttentionRecord;
    const first = (of: AttentionRecord, element: number, head: number) => {
      const { data, offset, columnStride } = headMatrix(whole, of, element, head);
      return [data[offset], data[offset + columnStride]];
    };
    expect(first(record, 1, 1)).toEqual([12, 13]);
    expect(first({ ...record, headsOutside: true }, 1, 1)).toEqual([16, 17]);
    expect(first({ ...record, keysFirst: true }, 1, 1)).toEqual([12, 14]);
  });
});

describe('what is no attention', () => {
  test.each([
    ['linear attention', 'return split(q).softmax(-1).matmul(split(k).softmax(-2).mT().matmul(split(v)));'],
    ['linear attention, unsplit', 'return q.mul(0.5).softmax(-1).matmul(k.softmax(1).transpose(1, 2).bmm(v));'],
    ['linear attention, keys transposed', 'const c = k.mT().softmax(-1).matmul(v); return q.softmax(-1).matmul(c);'],
    ['a choice from a table', 'return q.softmax(-1).matmul(this.table);'],
    ['a gate', 'return q.softmax(-1).mul(v);'],
  ])('%s', (_, body) => {
    expect(found(body).records).toEqual([]);
  });

  test.each([
    [
      'pooling by a score a position',
      'return this.one.forward(x.tanh()).squeeze(-1).softmax(-1).unsqueeze(1).matmul(x);',
      1,
    ],
    ['pooling by several, as Lin et al. 2017', 'return this.shared.forward(x.tanh()).mT().softmax(-1).matmul(x);', 4],
  ])('but %s is', (_, body, queryLength) => {
    expect(found(body).records).toMatchObject([{ over: 'keys', batch, queryLength, keyLength: length }]);
  });
});
