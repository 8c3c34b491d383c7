/**
 * What the core has ready for what some cases write out: these values take the place of the written ones, by the case's names for
 * them, so that the cases hold the core's own function. Where a case writes out attention, both are compared instead.
 */
import { nn, optim, type Tensor, tensor } from '../../core/index.ts';
import type { Case, CaseData } from './cases.ts';

type Ready = (golden: Case, data: CaseData) => Readonly<Record<string, Tensor>>;

const numbers = ({ hparams }: Case) => hparams as Readonly<Record<string, number>>;

export const ready: Readonly<Record<string, Ready>> = {
  sinusoidal_positional_encoding: (golden) => {
    const { length, d_model: width, start = 0 } = numbers(golden);
    return { pe: nn.sinusoidalTable(length!, width!, { start }) };
  },
  noam_schedule: (golden) => {
    const { d_model: width, warmup, steps } = numbers(golden);
    const rates = Array.from({ length: steps! }, (_, i) => optim.noamRate(i + 1, width!, warmup!));
    return { lr: tensor(rates) };
  },
};

/** What the ready-made function gives for a case that is written out, by the names of its outputs. */
export const alsoReady: Readonly<Record<string, Ready>> = {
  scaled_dot_product_attention: ({ hparams }, { inputs }) => {
    const { q, k, v, attn_bias: bias, key_padding_mask: padding } = inputs as Record<string, Tensor>;
    const isCausal = hparams.is_causal === true;
    // One mask at a time is what the function takes: the bias, what is padding, or causality.
    if (Object.keys(inputs).length > 4 || ((bias ?? padding) !== undefined && isCausal)) return {};
    const attended = padding
      ?.logicalNot()
      .reshape(padding.shape[0]!, ...new Array(q!.ndim - 3).fill(1), 1, padding.shape[1]!);
    const attnMask = bias ?? attended;
    const scale = typeof hparams.scale === 'number' ? { scale: hparams.scale } : {};
    return {
      y: nn.functional.scaledDotProductAttention(q!, k!, v!, { isCausal, ...(attnMask && { attnMask }), ...scale }),
    };
  },
};
