/** Attention written out in tensor operations: scaled dot-product, Bahdanau, Luong, and two whole seq2seq models. */
import { cat, causalMask, nn, stack, type Tensor, zeros } from '../../../core/index.ts';

import type { Runner, Tensors } from './runner.ts';

const F = nn.functional;
const hide = (scores: Tensor, mask: Tensor | undefined) =>
  mask ? scores.maskedFill(mask, Number.NEGATIVE_INFINITY) : scores;

const scaledDotProduct: Runner = ({ hparams }, { inputs: { q, k, v, key_padding_mask: padding, attn_bias: bias } }) => {
  const scale = (hparams.scale as number | undefined) ?? 1 / Math.sqrt(q!.shape.at(-1)!);
  let scores = q!.matmul(k!.transpose(-2, -1)).mul(scale);
  if (bias) scores = scores.add(bias);
  if (hparams.is_causal) scores = hide(scores, causalMask(q!.shape.at(-2)!, k!.shape.at(-2)!));
  if (padding) scores = hide(scores, padding.reshape(padding.shape[0]!, 1, 1, padding.shape[1]!));
  const attn = scores.softmax(-1);
  const y = attn.matmul(v!);
  if (bias === undefined && padding === undefined) checkFused(y, q!, k!, v!, hparams);
  return { outputs: { y, attn } };
};

/** The ready-made function gives what the written-out one does. */
function checkFused(
  y: Tensor,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { is_causal, scale }: Readonly<Record<string, unknown>>,
): void {
  const options = { isCausal: is_causal === true, ...(typeof scale === 'number' && { scale }) };
  const ready = F.scaledDotProductAttention(q, k, v, options).toTypedArray();
  for (const [i, want] of y.toTypedArray().entries())
    if (Math.abs(ready[i]! - want) > 1e-5 * (1 + Math.abs(want)))
      throw new Error(`scaledDotProductAttention gives ${ready[i]} at ${i}, written out it is ${want}`);
}

const bahdanau: Runner = (_, { inputs: { query, keys, pad_mask: mask }, params: { W_q, W_k, v } }) => {
  const q = F.linear(query!, W_q!);
  const k = F.linear(keys!, W_k!);
  const several = query!.ndim === 3;
  const scores = (several ? q.unsqueeze(2).add(k.unsqueeze(1)) : q.unsqueeze(1).add(k)).tanh().matmul(v!);
  const attn = hide(scores, mask).softmax(-1);
  const context = several ? attn.matmul(keys!) : attn.unsqueeze(1).matmul(keys!).squeeze(1);
  return { outputs: { context, attn } };
};

const luong: Runner = ({ hparams: { score } }, { inputs: { query, keys, pad_mask: mask }, params }) => {
  const { W, W_out, W_c, v } = params;
  const attend = (scores: Tensor) => {
    const attn = hide(scores, mask?.unsqueeze(1)).softmax(-1);
    return { attn, context: attn.matmul(keys!) };
  };
  if (score === 'dot') return { outputs: attend(query!.matmul(keys!.transpose(1, 2))) };
  if (score === 'general') {
    const { attn, context } = attend(query!.matmul(F.linear(keys!, W!).transpose(1, 2)));
    return { outputs: { attn, context, h_tilde: F.linear(cat([context, query!], -1), W_out!).tanh() } };
  }
  const qq = query!.unsqueeze(2).expand(-1, -1, keys!.shape[1]!, -1);
  const kk = keys!.unsqueeze(1).expand(-1, query!.shape[1]!, -1, -1);
  return {
    outputs: attend(
      F.linear(cat([qq, kk], -1), W_c!)
        .tanh()
        .matmul(v!),
    ),
  };
};

function gruCell(x: Tensor, h: Tensor, side: string, params: Tensors): Tensor {
  const part = (name: string) => params[`${side}_${name}`]!;
  const [ir, iz, inn] = F.linear(x, part('w_ih'), part('b_ih')).chunk(3, -1) as [Tensor, Tensor, Tensor];
  const [hr, hz, hn] = F.linear(h, part('w_hh'), part('b_hh')).chunk(3, -1) as [Tensor, Tensor, Tensor];
  const r = ir.add(hr).sigmoid();
  const z = iz.add(hz).sigmoid();
  const n = inn.add(r.mul(hn)).tanh();
  return z.neg().add(1).mul(n).add(z.mul(h));
}

function seq2seq(attention: 'bahdanau' | 'luong'): Runner {
  return ({ hparams }, { inputs: { src, tgt_in, tgt_out, pad_mask }, params }) => {
    const source = F.embedding(src!, params.src_emb!);
    let h = zeros([src!.shape[0]!, hparams.hidden as number]);
    const states: Tensor[] = [];
    for (let t = 0; t < src!.shape[1]!; t++) {
      h = gruCell(source.select(1, t), h, 'enc', params);
      states.push(h);
    }
    const keys = stack(states, 1);
    const target = F.embedding(tgt_in!, params.tgt_emb!);
    const steps: Tensor[] = [];
    const maps: Tensor[] = [];
    const contextOf = (scores: Tensor) => {
      const weights = hide(scores, pad_mask).softmax(-1);
      maps.push(weights);
      return weights.unsqueeze(1).matmul(keys).squeeze(1);
    };
    for (let t = 0; t < tgt_in!.shape[1]!; t++) {
      const word = target.select(1, t);
      let context: Tensor;
      if (attention === 'bahdanau') {
        const q = F.linear(h, params.W_q!).unsqueeze(1);
        context = contextOf(q.add(F.linear(keys, params.W_k!)).tanh().matmul(params.v!));
        h = gruCell(cat([word, context], -1), h, 'dec', params);
      } else {
        h = gruCell(word, h, 'dec', params);
        context = contextOf(keys.matmul(h.unsqueeze(-1)).squeeze(-1));
      }
      steps.push(F.linear(cat([h, context], -1), params.out_w!, params.out_b!));
    }
    const logits = stack(steps, 1);
    const ignoreIndex = (hparams.ignore_index as number | null) ?? -100;
    const loss = F.crossEntropy(logits.reshape(-1, logits.shape.at(-1)!), tgt_out!.reshape(-1), { ignoreIndex });
    return { outputs: { logits, attn: stack(maps, 1), loss } };
  };
}

export const attention: Readonly<Record<string, Runner>> = {
  scaled_dot_product_attention: scaledDotProduct,
  bahdanau_attention: bahdanau,
  luong_attention: luong,
  seq2seq_gru_bahdanau: seq2seq('bahdanau'),
  seq2seq_gru_luong: seq2seq('luong'),
};
