/** Attention is found however it is written, with its heads, and what is only like it is not. */
import { describe, expect, test } from 'vitest';
import * as core from '../../../core/index.ts';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { headMatrix } from '../../../extension/engine/views/attention.ts';
import { run } from './say.ts';

const [batch, heads, length] = [3, 2, 5];

/** A model of one attention: queries, keys and values are projections `q`, `k`, `v` of x [3, 5, 8], cut into 2 heads by `split`. */
const text = (body: string, inputs = 'x: randn([3, 5, 8])') => `
import { arange, bmm, cat, cdist, cos, defineModel, einsum, exp, logSoftmax, logsumexp, nn, ones, randn, sin, softmax, stack, tril, type Tensor } from 'tensight';
class Attention extends nn.Module {
  wq = new nn.Linear(8, 8); wk = new nn.Linear(8, 8); wv = new nn.Linear(8, 8);
  shared = new nn.Linear(8, 4); all = new nn.Linear(8, 24); one = new nn.Linear(8, 1);
  pair = new nn.Linear(16, 8); vector = new nn.Parameter(randn([8])); router = new nn.Parameter(randn([8, 4])); mix = new nn.Parameter(randn([4]));
  latents = new nn.Parameter(randn([4, 8])); table = new nn.Parameter(randn([8, 3]));
  forward(x: Tensor, y: Tensor = x): Tensor {
    const [B, T, H, D] = [x.size(0), x.size(1), 2, 4];
    const split = (t: Tensor) => t.view(B, -1, H, D).transpose(1, 2);
    const q = this.wq.forward(x.size(-1) === 8 ? x : y), k = this.wk.forward(y), v = this.wv.forward(y);
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

describe('mixed first, divided by the sum afterwards', () => {
  const mixed = `${scores} const e = s.exp();`;
  test.each([
    `${mixed} return e.matmul(split(v)).div(e.sum(-1, true));`,
    `${mixed} const n = e.sum(-1); return e.matmul(split(v)).div(n.unsqueeze(-1).add(1e-6));`,
    `${mixed} return e.matmul(split(v)).mul(e.sum(-1, true).reciprocal());`,
    `${scores} const e = s.sub(s.amax(-1, true)).exp(); return e.matmul(split(v)).div(e.sum(-1, true));`,
    `${scores} const e = s.exp().mul(tril(ones([T, T]))); return e.matmul(split(v)).div(e.sum(-1, true));`,
    `${mixed} const o = e.matmul(split(v)).transpose(1, 2); return o.div(e.sum(-1).transpose(1, 2).unsqueeze(-1));`,
    `${scores} return s.exp().matmul(split(v)).div(s.exp().sum(-1, true));`,
    `${mixed} return einsum('bhqk,bhkd->bhqd', e, split(v)).div(e.sum(3, true));`,
    `${mixed} return e.unsqueeze(-1).mul(split(v).unsqueeze(2)).sum(3).div(e.sum(-1, true));`,
  ])('%s', (body) => {
    const { records, said } = found(body);
    expect(records).toMatchObject([
      { kind: 'self', over: 'keys', heads, batch, queryLength: length, keyLength: length, unnormalised: true },
    ]);
    expect(said).toEqual([]);
  });

  test.each([
    ['a sum over the queries', `${mixed} return e.matmul(split(v)).div(e.sum(-2).unsqueeze(-1));`],
    ['a sum of other powers', `${mixed} return e.matmul(split(v)).div(s.mul(2).exp().sum(-1, true));`],
    ['no division', `${mixed} e.sum(-1); return e.matmul(split(v));`],
    [
      'an attention block by block, whose matrix is never there',
      `const [k1, k2] = split(k).split(3, 2) as [Tensor, Tensor], [v1, v2] = split(v).split(3, 2) as [Tensor, Tensor];
      const s1 = split(q).matmul(k1.mT()), s2 = split(q).matmul(k2.mT());
      const m1 = s1.amax(-1, true), m2 = s2.amax(-1, true).maximum(m1), f = m1.sub(m2).exp();
      const e1 = s1.sub(m1).exp(), e2 = s2.sub(m2).exp();
      const n = e1.sum(-1, true).mul(f).add(e2.sum(-1, true));
      return e1.matmul(v1).mul(f).add(e2.matmul(v2)).div(n);`,
    ],
    [
      'features of a kernel, whose divisor is a product',
      `const a = split(q).exp(), b = split(k).exp(), z = b.sum(2, true);
      return a.matmul(b.mT().matmul(split(v))).div(a.matmul(z.mT()));`,
    ],
    [
      'attention without queries and without a matrix (AFT)',
      'const e = k.exp(); return e.mul(v).sum(1).div(e.sum(1));',
    ],
  ])('is none with %s', (_, body) => {
    expect(found(body).records).toEqual([]);
  });
});

describe('multiplied with the values and summed', () => {
  test.each([
    ['of a product', `${scores} return s.softmax(-1).unsqueeze(-1).mul(split(v).unsqueeze(2)).sum(3);`],
    ['by its place from the end', `${scores} return s.softmax(-1).unsqueeze(-1).mul(split(v).unsqueeze(-3)).sum(-2);`],
    ['values first', `${scores} return split(v).unsqueeze(2).mul(s.softmax(-1).unsqueeze(-1)).sum(3);`],
    [
      'of sums of products',
      `const s = split(q).unsqueeze(3).mul(split(k).unsqueeze(2)).sum(-1).div(2);
      return s.softmax(-1).unsqueeze(-1).mul(split(v).unsqueeze(2)).sum(3);`,
    ],
    [
      'stretched in words',
      `${scores} const full = [B, H, T, T, D];
      return s.softmax(-1).unsqueeze(-1).expand(full).mul(split(v).unsqueeze(2).expand(full)).sum(3);`,
    ],
    [
      'keys in the rows',
      `const s = split(k).matmul(split(q).mT()); return s.softmax(2).unsqueeze(-1).mul(split(v).unsqueeze(3)).sum(2);`,
    ],
    [
      'and a mask after the softmax',
      `${scores} return s.softmax(-1).mul(tril(ones([T, T]))).unsqueeze(-1).mul(split(v).unsqueeze(2)).sum(3);`,
    ],
  ])('%s', (_, body) => {
    const { records, said } = found(body);
    expect(records).toMatchObject([
      { kind: 'self', over: 'keys', heads, batch, queryLength: length, keyLength: length },
    ]);
    expect(said).toEqual([]);
  });

  test('over the queries is named', () => {
    const { records, said } = found(`${scores} return s.softmax(2).unsqueeze(-1).mul(split(v).unsqueeze(2)).sum(3);`);
    expect(records).toMatchObject([{ over: 'queries' }]);
    expect(said[0]?.message).toContain('over the queries');
  });
});

describe('additive attention', () => {
  const energy = 'const e = this.one.forward(q.unsqueeze(2).add(k.unsqueeze(1)).tanh())';
  test.each([
    ['squeezed', `${energy}.squeeze(-1); return e.softmax(-1).matmul(v);`],
    ['mixed by a sum', `${energy}.squeeze(-1); return e.softmax(-1).unsqueeze(-1).mul(v.unsqueeze(1)).sum(2);`],
    ['with its last dimension', `${energy}; return e.softmax(2).mul(v.unsqueeze(1)).sum(2);`],
    [
      'with a learnt vector',
      'const e = q.unsqueeze(2).add(k.unsqueeze(1)).tanh().matmul(this.vector); return e.softmax(-1).matmul(v);',
    ],
    [
      'of a graph (GAT)',
      'const e = this.one.forward(q).add(this.one.forward(k).mT()); return nn.functional.leakyRelu(e, 0.2).softmax(-1).matmul(v);',
    ],
    [
      'of both side by side',
      `const full = [B, T, T, 8]; const both = cat([q.unsqueeze(2).expand(full), k.unsqueeze(1).expand(full)], -1);
      return this.pair.forward(both).tanh().matmul(this.vector).softmax(-1).matmul(v);`,
    ],
  ])('%s', (_, body) => {
    expect(found(body).records).toMatchObject([
      { kind: 'self', over: 'keys', heads: 1, batch, queryLength: length, keyLength: length },
    ]);
  });

  test.each([
    ['by bmm', 'return e.squeeze(-1).softmax(1).unsqueeze(1).bmm(v);'],
    ['by a sum', 'return e.softmax(1).mul(v).sum(1);'],
    ['by a product with transposed weights', 'return e.softmax(1).mT().matmul(v);'],
    ['by einsum', "return einsum('bk,bkd->bd', e.squeeze(2).softmax(1), v);"],
  ])('of one query an element of the batch, mixed %s', (_, body) => {
    const step = `const h = x.select(1, -1); const e = this.one.forward(this.wq.forward(h).unsqueeze(1).add(k).tanh());`;
    const one = { over: 'keys', heads: 1, batch, queryLength: 1, keyLength: length };
    expect(found(`${step} ${body}`).records).toMatchObject([one]);
  });

  test('of a decoder step repeated along the words', () => {
    const body = `const h = x.select(1, -1).unsqueeze(1).repeat(1, T, 1);
      const e = this.pair.forward(cat([h, y], 2)).tanh(); return this.one.forward(e).squeeze(2).softmax(1).unsqueeze(1).bmm(y);`;
    expect(found(body).records).toMatchObject([{ over: 'keys', batch, queryLength: 1, keyLength: length }]);
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

describe('scores of other kinds', () => {
  test.each([
    ['distances', 'return cdist(q, k).neg().softmax(-1).matmul(v);'],
    ['a Gaussian', 'return q.unsqueeze(2).sub(k.unsqueeze(1)).square().sum(-1).mul(-0.5).softmax(-1).matmul(v);'],
    ['cosines', 'const f = nn.functional.normalize; return f(q).matmul(f(k).mT()).mul(10).softmax(-1).matmul(v);'],
    ['rectified, over their sum', 'const s = q.matmul(k.mT()).relu(); return s.div(s.sum(-1, true)).matmul(v);'],
    ['gates over their sum', 'const s = q.matmul(k.mT()).sigmoid(); return s.matmul(v).div(s.sum(-1, true));'],
    [
      'of the best few',
      'const s = q.matmul(k.mT()); const least = s.topk(3)[0].amin(-1, true); return s.maskedFill(s.lt(least), -Infinity).softmax(-1).matmul(v);',
    ],
  ])('%s', (_, body) => {
    expect(found(body).records).toMatchObject([
      { kind: 'self', over: 'keys', heads: 1, batch, queryLength: length, keyLength: length },
    ]);
  });

  test.each([
    ['by sums', 'const s = q.unsqueeze(-1).mul(kw).sum(2); return s.softmax(-1).unsqueeze(2).mul(vw).sum(-1);'],
    ['by einsum', "return einsum('btw,btdw->btd', einsum('btd,btdw->btw', q, kw).softmax(-1), vw);"],
    ['by products', 'return q.unsqueeze(2).matmul(kw).softmax(-1).matmul(vw.mT()).squeeze(2);'],
  ])('of a window of keys for each query, %s', (_, body) => {
    const windows =
      'const near = (t: Tensor) => nn.functional.pad(t, [0, 0, 1, 1]).unfold(1, 3, 1), [kw, vw] = [near(k), near(v)];';
    expect(found(`${windows} ${body}`, 'x: randn([2, 5, 8])').records).toMatchObject([
      { over: 'keys', heads: 1, batch: 2, queryLength: length, keyLength: 3 },
    ]);
  });

  test.each([
    ['products', 'e.push(h.mul(k.select(1, t)).sum(1, true));'],
    ['a scorer', 'e.push(this.one.forward(h.add(k.select(1, t)).tanh()));'],
  ])('one after another in a loop, by %s', (_, push) => {
    const body = `const h = q.select(1, 0); const e: Tensor[] = []; for (let t = 0; t < T; t++) ${push}
      return cat(e, 1).softmax(1).unsqueeze(1).bmm(v);`;
    expect(found(body).records).toMatchObject([{ over: 'keys', heads: 1, batch, queryLength: 1, keyLength: length }]);
  });

  test('of two maps, one taken from the other', () => {
    const body =
      'const a = q.matmul(k.mT()).softmax(-1), b = x.matmul(k.mT()).softmax(-1); return a.sub(b.mul(0.5)).matmul(v);';
    expect(found(body).records).toMatchObject([{ over: 'keys' }, { over: 'keys' }]);
  });

  test('of positions of an image, values on the left', () => {
    const body = (weights: string) => `const f = x.flatten(2), v2 = this.wv.forward(f);
      const a = bmm(v2.transpose(1, 2), f).softmax(-1); return bmm(f, ${weights});`;
    const image = 'x: randn([3, 6, 2, 4]), y: randn([3, 5, 8])';
    const right = found(body('a.transpose(1, 2)'), image);
    expect(right.records).toMatchObject([{ over: 'keys', queryLength: 8, keyLength: 8 }]);
    expect(right.said).toEqual([]);
    expect(found(body('a'), image).records).toMatchObject([{ over: 'queries' }]);
  });
});

describe('masks', () => {
  test.each([
    ['of a window', 'const d = arange(T).unsqueeze(1).sub(arange(T)); const m = d.abs().gt(1);', false],
    [
      'of a window of what was',
      'const d = arange(T).unsqueeze(1).sub(arange(T)); const m = d.lt(0).logicalOr(d.gt(2));',
      true,
    ],
  ])('%s', (_, mask, causal) => {
    const { records } = found(`${scores} ${mask} return s.maskedFill(m, -Infinity).softmax(-1).matmul(split(v));`);
    expect(records).toMatchObject([{ kind: 'self', over: 'keys', heads, batch, causal }]);
  });
});

const experts = `const g = this.shared.forward(x);
      const y4 = stack([q, k, v, x], 2);`;

describe('what is no attention', () => {
  test.each([
    ['linear attention', 'return split(q).softmax(-1).matmul(split(k).softmax(-2).mT().matmul(split(v)));'],
    ['linear attention, unsplit', 'return q.mul(0.5).softmax(-1).matmul(k.softmax(1).transpose(1, 2).bmm(v));'],
    ['linear attention, keys transposed', 'const c = k.mT().softmax(-1).matmul(v); return q.softmax(-1).matmul(c);'],
    ['a choice from a table', 'return q.softmax(-1).matmul(this.table);'],
    ['a gate', 'return q.softmax(-1).mul(v);'],
    ['probabilities of classes', 'return this.shared.forward(x.mean(1)).softmax(-1);'],
    ['the entropy of classes', 'const p = q.softmax(-1); return p.mul(p.log()).sum(-1).neg();'],
    ['the mean of a distribution', "return q.softmax(-1).mul(arange(8).to('f32')).sum(-1);"],
    ['a mixture of experts', `${experts} return g.softmax(-1).unsqueeze(-1).mul(y4).sum(2);`],
    ['a mixture of experts, by product', `${experts} return g.softmax(-1).unsqueeze(2).matmul(y4).squeeze(2);`],
    ['a mixture of experts, by einsum', `${experts} return einsum('bte,bted->btd', g.softmax(-1), y4);`],
    [
      'a mixture of experts, by exp and sum',
      `${experts} const e = g.exp(); return e.unsqueeze(-1).mul(y4).sum(2).div(e.sum(-1, true));`,
    ],
    [
      'a mixture of a learnt matrix',
      `${experts} const r = x.matmul(this.router).softmax(-1); return einsum('bte,bted->btd', r, y4);`,
    ],
    [
      'a mixture of the best two',
      `${experts} const [best, at] = g.topk(2); return best.softmax(-1).unsqueeze(-1).mul(y4.slice(2, 0, 2)).sum(2);`,
    ],
    [
      'branches that are chosen between',
      `const z = x.mean(1), g = stack([this.wq.forward(z), this.wk.forward(z)], 1).softmax(1);
      return stack([q, k], 1).mul(g.unsqueeze(2)).sum(1);`,
    ],
    ['a choice of clusters', 'return this.shared.forward(x).softmax(-1).mT().matmul(x);'],
    [
      'routing by agreement',
      `const u = k.view(B, T, 2, 4); let b = u.sum(-1).mul(0), out = u.sum(1);
      for (let r = 0; r < 2; r++) {
        out = b.softmax(-1).unsqueeze(-1).mul(u).sum(1);
        b = b.add(u.mul(out.unsqueeze(1)).sum(-1));
      }
      return out;`,
    ],
    ['the mean place of a peak', "return x.softmax(-1).matmul(arange(8).to('f32').view(8, 1));"],
    ['layers that are mixed', 'return stack([q, k, v, x]).mul(this.mix.softmax(0).view(4, 1, 1, 1)).sum(0);'],
    [
      'linear attention by einsum',
      "const c = einsum('btd,bte->bde', k.softmax(1), v); return einsum('btd,bde->bte', q.softmax(-1), c);",
    ],
    [
      'linear attention, the other way round',
      "const c = einsum('btd,bte->bed', k.softmax(1), v); return einsum('bed,btd->bte', c, q.softmax(-1));",
    ],
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
