/** Attention is found however its values are mixed and its scores are made. */
import { describe, expect, test } from 'vitest';
import { batch, found, heads, length, scores } from './attentions.ts';

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

describe('heads that are mixed by a learnt matrix', () => {
  const learnt = `${scores} const table = this.mix.view(2, 2);
    const last = (t: Tensor) => t.permute(0, 2, 3, 1), back = (t: Tensor) => t.permute(0, 3, 1, 2);`;
  const self = { kind: 'self', over: 'keys', heads, batch, queryLength: length, keyLength: length };
  test.each([
    ['before, by einsum', `einsum('bhqk,hg->bgqk', s, table).softmax(-1)`],
    ['before, by a layer', 'back(this.mixHeads.forward(last(s))).softmax(-1)'],
    ['before, by a product', 'back(last(s).matmul(table)).softmax(-1)'],
    ['before, by a convolution', 'this.mixMaps.forward(s).softmax(-1)'],
    ['after, by einsum', `einsum('bhqk,hg->bgqk', s.softmax(-1), table)`],
    ['after, by a layer', 'back(this.mixHeads.forward(last(s.softmax(-1))))'],
    ['after, by a product', 'back(last(s.softmax(-1)).matmul(table))'],
    ['after, by a convolution', 'this.mixMaps.forward(s.softmax(-1))'],
    ['before and after', `einsum('bhqk,hg->bgqk', einsum('bhqk,hg->bgqk', s, table).softmax(-1), table)`],
  ])('%s', (_, weights) => {
    const { records, said } = found(`${learnt} return ${weights}.matmul(split(v));`);
    expect(records).toMatchObject([self]);
    expect(said).toEqual([]);
  });

  test.each([
    ['a pooling by a learnt query', 'const p = this.vector.view(8, 1); return h.matmul(p).softmax(1).mul(h).sum(1);'],
    ['a pooling by a scorer', 'return this.one.forward(h).softmax(1).mul(h).sum(1);'],
  ])('%s after attention has no queries of its values', (_, body) => {
    const joined = `${scores} const h = s.softmax(-1).matmul(split(v)).transpose(1, 2).reshape(B, T, 8);`;
    const { records } = found(`${joined} ${body}`);
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ over: 'keys', heads: 1, batch, queryLength: 1, keyLength: length });
  });
});

describe('queries that are cut out of all', () => {
  test.each([
    ['the last one', 'split(q).slice(2, T - 1, T)', 1],
    ['some', 'split(q).slice(2, 1, 4)', 3],
    ['every second', 'split(q).slice(2, 0, T, 2)', 3],
  ])('%s', (_, queries, count) => {
    const { records } = found(`return ${queries}.matmul(split(k).mT()).softmax(-1).matmul(split(v));`);
    expect(records).toMatchObject([
      { kind: 'self', over: 'keys', heads, batch, queryLength: count, keyLength: length },
    ]);
  });
});
