/** Models of one attention, written in other ways, and what is found in them. */
import { expect } from 'vitest';
import type { RunMode } from '../../../core/trace/trace.ts';
import { run } from './say.ts';

export const [batch, heads, length] = [3, 2, 5];

/** A model of one attention: queries, keys and values are projections `q`, `k`, `v` of x [3, 5, 8], cut into 2 heads by `split`. */
const text = (body: string, inputs = 'x: randn([3, 5, 8])') => `
import { arange, bmm, cat, cdist, cos, defineModel, einsum, exp, full, logSoftmax, logsumexp, nn, ones, onesLike, rand, randn, sin, softmax, stack, tril, type Tensor } from 'tensight';
class Attention extends nn.Module {
  wq = new nn.Linear(8, 8); wk = new nn.Linear(8, 8); wv = new nn.Linear(8, 8);
  shared = new nn.Linear(8, 4); all = new nn.Linear(8, 24); one = new nn.Linear(8, 1);
  pair = new nn.Linear(16, 8); vector = new nn.Parameter(randn([8])); router = new nn.Parameter(randn([8, 4])); mix = new nn.Parameter(randn([4])); one1 = new nn.Parameter(ones([5, 1])); held = new nn.Buffer(ones([5, 1]), false);
  mixHeads = new nn.Linear(2, 2); mixMaps = new nn.Conv2d(2, 2, 1);
  latents = new nn.Parameter(randn([4, 8])); table = new nn.Parameter(randn([8, 3]));
  forward(x: Tensor, y: Tensor = x): Tensor {
    const [B, T, H, D] = [x.size(0), x.size(1), 2, 4];
    const split = (t: Tensor) => t.view(B, -1, H, D).transpose(1, 2);
    const q = this.wq.forward(x.size(-1) === 8 ? x : y), k = this.wk.forward(y), v = this.wv.forward(y);
    ${body}
  }
}
export default defineModel({ model: () => new Attention(), inputs: { ${inputs} } });`;

export const found = (body: string, inputs?: string, mode: RunMode = 'forward') => {
  const { trace, said } = run(text(body, inputs), mode);
  expect(said.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { records: trace.models[0]!.attention, said };
};

export const scores = 'const s = split(q).matmul(split(k).mT()).div(2);';
