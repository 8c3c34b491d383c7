/** What is only like attention is not taken for it. */
import { describe, expect, test } from 'vitest';
import { batch, found, length, scores } from './attentions.ts';

const experts = `const g = this.shared.forward(x);
      const y4 = stack([q, k, v, x], 2);`;

describe('what is no attention', () => {
  test.each([
    ['linear attention', 'return split(q).softmax(-1).matmul(split(k).softmax(-2).mT().matmul(split(v)));'],
    ['linear attention, unsplit', 'return q.mul(0.5).softmax(-1).matmul(k.softmax(1).transpose(1, 2).bmm(v));'],
    ['linear attention, keys transposed', 'const c = k.mT().softmax(-1).matmul(v); return q.softmax(-1).matmul(c);'],
    [
      'linear attention whose divisor is a product with ones',
      `const a = split(q).exp(), b = split(k).exp().mT();
      return a.matmul(b.matmul(split(v))).div(a.matmul(b.matmul(ones([T, 1]))));`,
    ],
    [
      'linear attention of rectified features, one column of ones for each value',
      `const f = (t: Tensor) => nn.functional.elu(split(t)).add(1), b = f(k).mT();
      return f(q).matmul(b.matmul(split(v))).div(f(q).matmul(b.matmul(ones([B, H, T, D]))));`,
    ],
    [
      'linear attention, keys over their sum by ones',
      `const b = split(k).exp().mT(); return split(q).softmax(-1).matmul(b.div(b.matmul(ones([T, 1]))).matmul(split(v)));`,
    ],
    ['a sum of weights', `${scores} return s.softmax(-1).matmul(ones([T, 1]));`],
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
