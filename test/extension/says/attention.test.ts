/** Attention is found however its softmax and its heads are written, with its heads. */
import { describe, expect, test } from 'vitest';
import * as core from '../../../core/index.ts';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { headMatrix } from '../../../extension/engine/views/attention.ts';
import { batch, found, heads, length, scores } from './attentions.ts';

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

describe('a sum written as a product with ones', () => {
  const whole = [
    'const w = e.div(e.matmul(ones([T, 1])));',
    'const w = e.div(e.matmul(ones([T])).unsqueeze(-1));',
    'const w = e.div(nn.functional.linear(e, ones([1, T])));',
    'const w = e.div(nn.functional.linear(e, ones([T, T])));',
    'const w = e.div(e.matmul(ones([T]).unsqueeze(1)).add(1e-9));',
    'const w = e.div(e.matmul(onesLike(e)));',
    'const w = e.mul(e.matmul(full([T, 1], 1)).reciprocal());',
    'const w = e.div(e.matmul(this.held));',
    "const w = e.div(einsum('bhqk,k->bhq', e, ones([T])).unsqueeze(-1));",
    'const w = e.div(e.mT().sum(-2).unsqueeze(-1));',
  ].map((weights) => `${weights} return w.matmul(split(v));`);
  const after = [
    'return e.matmul(split(v)).div(e.matmul(ones([T, 1])));',
    'const n = e.matmul(ones([T])); return e.matmul(split(v)).div(n.unsqueeze(-1));',
    'const n = e.matmul(ones([B, H, T, D])); return e.matmul(split(v)).mul(n.reciprocal());',
  ];
  const one = { kind: 'self', over: 'keys', heads, batch, queryLength: length, keyLength: length };
  test.each(
    [...whole, ...after].flatMap((body) => (['shape', 'forward'] as const).map((mode) => [mode, body] as const)),
  )('%s run: %s', (mode, body) => {
    const { records, said } = found(`${scores} const e = s.exp(); ${body}`, undefined, mode);
    expect(records).toMatchObject([{ ...one, ...(after.includes(body) ? { unnormalised: true } : {}) }]);
    expect(said).toEqual([]);
  });

  test('with the keys in the rows', () => {
    const { records, said } = found(
      `const e = split(k).matmul(split(q).mT()).exp(); return e.div(ones([1, T]).matmul(e)).mT().matmul(split(v));`,
    );
    expect(records).toMatchObject([one]);
    expect(said).toEqual([]);
  });

  test('along the queries is named', () => {
    const { records } = found(`${scores} const e = s.exp(); return e.div(ones([1, T]).matmul(e)).matmul(split(v));`);
    expect(records).toMatchObject([{ over: 'queries' }]);
  });

  test.each([
    ['other numbers', 'const w = e.div(e.matmul(rand([T, 1])));'],
    ['twos', 'const w = e.div(e.matmul(full([T, 1], 2)));'],
    ['a learnt vector', 'const w = e.div(e.matmul(this.one1));'],
    ['ones of something else', 'const w = e.div(s.matmul(ones([T, 1])));'],
  ])('is none with %s', (_, weights) => {
    for (const mode of ['shape', 'forward'] as const)
      expect(
        found(`${scores} const e = s.exp(); ${weights} return w.matmul(split(v));`, undefined, mode).records,
      ).toEqual([]);
  });

  test('is no sum where the ones are an input: they are values', () => {
    const body = 'return x.matmul(x.mT()).softmax(-1).matmul(x);';
    for (const mode of ['shape', 'forward'] as const)
      expect(found(body, 'x: ones([3, 5, 8])', mode).records).toMatchObject([{ over: 'keys', keyLength: 5 }]);
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
    const dims = { query: 1, key: 2, heads: [] };
    const record = { batch: 3, heads: 2, queryLength: 2, keyLength: 2, dims } as unknown as AttentionRecord;
    const first = (of: AttentionRecord, element: number, head: number) => {
      const { data, offset, columnStride } = headMatrix(whole, of, element, head);
      return [data[offset], data[offset + columnStride]];
    };
    expect(first(record, 1, 1)).toEqual([12, 13]);
    expect(first({ ...record, headsOutside: true }, 1, 1)).toEqual([16, 17]);
    expect(first({ ...record, dims: { query: 2, key: 1, heads: [] } }, 1, 1)).toEqual([12, 14]);
  });
});

describe('dimensions in another order', () => {
  test.each([
    ['bqhd,bkhd->hbqk', 'hbqk,bkhd->bqhd', -1],
    ['bqhd,bkhd->bqkh', 'bqkh,bkhd->bqhd', 2],
    ['bqhd,bkhd->bkqh', 'bkqh,bkhd->bqhd', 1],
    ['bqhd,bkhd->qbhk', 'qbhk,bkhd->qbhd', -1],
    ['bqhd,bkhd->khqb', 'khqb,bkhd->bhqd', 0],
    ['bkhd,bqhd->bhkq', 'bkhd,bhkq->bqhd', 2],
    ['bihc,bjhc->bhij', 'bhij,bjhc->bihc', 3],
  ])('%s, then %s', (pairs, mix, dim) => {
    const order = pairs.startsWith('bk') ? 'k4, q4' : 'q4, k4';
    const sides = mix.startsWith('bkhd') ? 'v4, w' : 'w, v4';
    const body = `const f = (t: Tensor) => t.view(B, -1, H, D); const [q4, k4, v4] = [f(q), f(k), f(v)];
      const w = einsum('${pairs}', ${order}).div(2).softmax(${dim}); return einsum('${mix}', ${sides});`;
    const { records, said } = found(body, 'x: randn([3, 5, 8]), y: randn([3, 7, 8])');
    expect(records).toMatchObject([{ kind: 'cross', over: 'keys', heads, batch, queryLength: length, keyLength: 7 }]);
    expect(said).toEqual([]);
    const [{ dims, weights }] = records as [AttentionRecord];
    const letters = pairs.split('->')[1]!;
    const named = letters.replaceAll('i', 'q').replaceAll('j', 'k');
    expect([named[dims.key], named[dims.query!], ...dims.heads.map((d) => named[d])]).toEqual(['k', 'q', 'h']);
    expect(weights).toBeGreaterThan(0);
  });

  test('as many heads as elements of the batch', () => {
    const body = `const f = (t: Tensor) => t.view(2, -1, 2, 4);
      const w = einsum('bqhd,bkhd->hbqk', f(q), f(k)).softmax(-1); return einsum('hbqk,bkhd->bqhd', w, f(v));`;
    expect(found(body, 'x: randn([2, 5, 8])').records).toMatchObject([{ heads: 2, batch: 2, dims: { heads: [0] } }]);
  });

  test('a transposed matrix and back', () => {
    const { records, said } = found(`${scores} return s.mT().softmax(-2).mT().matmul(split(v));`);
    expect(records).toMatchObject([{ over: 'keys', heads, queryLength: length }]);
    expect(said).toEqual([]);
    const wrong = found(`${scores} return s.mT().softmax(-1).mT().matmul(split(v));`);
    expect(wrong.records).toMatchObject([{ over: 'queries' }]);
    expect(wrong.said).toHaveLength(1);
  });
});
