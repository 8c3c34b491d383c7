/** GPT written out in tensor operations. */
import { causalMask, nn, type Tensor } from '../../../core/index.ts';

import type { Hyper } from '../cases.ts';
import type { Runner, Tensors } from './runner.ts';

const F = nn.functional;

/** One pre-norm block on x [batch, seq, embed]; its parameters' names start with `prefix`. */
export function block(x: Tensor, params: Tensors, hyper: Hyper, prefix = ''): Tensor {
  const { n_head: heads, eps, gelu } = hyper as { n_head: number; eps: number; gelu: 'tanh' | 'none' };
  const width = hyper.d_model as number;
  const part = (name: string) => params[`${prefix}${name}`];
  const [batch, seq] = x.shape as [number, number, number];
  const h = F.layerNorm(x, [width], part('ln1_weight'), part('ln1_bias'), eps);
  const qkv = F.linear(h, part('attn_qkv_weight')!, part('attn_qkv_bias'));
  const [q, k, v] = qkv.split(width, -1).map((u) => u.reshape(batch, seq, heads, width / heads).transpose(1, 2)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const scores = q.matmul(k.transpose(-2, -1)).div(Math.sqrt(width / heads));
  const weights = scores.maskedFill(causalMask(seq, seq), Number.NEGATIVE_INFINITY).softmax(-1);
  const o = weights.matmul(v).transpose(1, 2).reshape(batch, seq, width);
  const y = x.add(F.linear(o, part('attn_proj_weight')!, part('attn_proj_bias')));
  const g = F.layerNorm(y, [width], part('ln2_weight'), part('ln2_bias'), eps);
  const hidden = F.gelu(F.linear(g, part('fc1_weight')!, part('fc1_bias')), { approximate: gelu });
  return y.add(F.linear(hidden, part('fc2_weight')!, part('fc2_bias')));
}

const languageModel: Runner = ({ hparams }, { inputs: { tokens, targets }, params }) => {
  const { d_model: width, n_layer: layers, vocab, eps } = hparams as Record<string, number>;
  const positions = params.wpe!.narrow(0, 0, tokens!.shape[1]!);
  let x = F.embedding(tokens!, params.wte!).add(positions);
  for (let i = 0; i < layers!; i++) x = block(x, params, hparams, `h${i}_`);
  x = F.layerNorm(x, [width!], params.lnf_weight, params.lnf_bias, eps);
  const logits = F.linear(x, hparams.tied_head ? params.wte! : params.head_weight!);
  const ignoreIndex = (hparams.ignore_index as number | null) ?? -100;
  const loss = F.crossEntropy(logits.reshape(-1, vocab!), targets!.reshape(-1), { ignoreIndex });
  return { outputs: { logits, loss } };
};

export const gpt: Readonly<Record<string, Runner>> = {
  gpt_prenorm_block: ({ hparams }, { inputs, params }) => ({ outputs: { y: block(inputs.x!, params, hparams) } }),
  gpt_language_model: languageModel,
};
