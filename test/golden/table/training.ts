/** Optimizers step by step, gradient clipping, and short training runs. */
import { nn, noGrad, optim, stack, type Tensor, tensor } from '../../../core/index.ts';
import type { Case, CaseData } from '../cases.ts';
import { fn, optimizer } from '../lookup.ts';
import { block } from './gpt.ts';
import { type Computed, camelCase, type Runner, type Tensors } from './runner.ts';

const F = nn.functional;
const copy = (t: Tensor) => tensor(Float32Array.from(t.toTypedArray()), { shape: t.shape });

interface AnyOptimizer {
  step(): void;
  zeroGrad(): void;
}

function make(name: string, params: readonly Tensor[], { hparams }: Case): AnyOptimizer {
  return new (optimizer<AnyOptimizer>(name))(params, camelCase(hparams.opt_args as Record<string, unknown>));
}

/** The gradients of every step are given; every parameter is looked at behind every step. */
function steps(name: string): Runner {
  return (golden, { inputs, params }) => {
    const list = Object.values(params);
    const opt = make(name, list, golden);
    const history = list.map((): Tensor[] => []);
    for (let t = 0; t < (golden.hparams.steps as number); t++) {
      for (const [i, p] of list.entries()) p.grad = noGrad(() => inputs[`g${i}`]!.select(0, t));
      opt.step();
      for (const [i, p] of list.entries()) history[i]!.push(copy(p));
    }
    return { outputs: Object.fromEntries(history.map((list, i) => [`p${i}_steps`, stack(list)])) };
  };
}

const clip: Runner = ({ hparams }, { inputs, params }) => {
  const list = Object.values(params);
  for (const [i, p] of list.entries()) p.grad = copy(inputs[`g${i}`]!);
  const normType = hparams.norm_type === 'inf' ? Number.POSITIVE_INFINITY : (hparams.norm_type as number);
  const total = nn.utils.clipGradNorm(list, hparams.max_norm as number, { normType });
  const clipped = list.map((p, i) => [`clipped${i}`, p.grad!] as const);
  return { outputs: { total_norm: tensor(total), ...Object.fromEntries(clipped) } };
};

/** Trains for the case's number of steps; `lossOf` is the whole forward pass. */
function train(name: string, lossOf: (data: CaseData, golden: Case) => Tensor): Runner {
  return (golden, data): Computed => {
    const list = Object.values(data.params);
    const opt = make(name, list, golden);
    const losses: Tensor[] = [];
    for (let t = 0; t < (golden.hparams.steps as number); t++) {
      opt.zeroGrad();
      const loss = lossOf(data, golden);
      loss.backward();
      if (golden.hparams.clip_norm) nn.utils.clipGradNorm(list, golden.hparams.clip_norm as number);
      opt.step();
      losses.push(copy(loss));
    }
    const after: Tensors = Object.fromEntries(Object.entries(data.params).map(([p, value]) => [`after_${p}`, value]));
    return { outputs: { losses: stack(losses), ...after } };
  };
}

const gpt = train('AdamW', ({ inputs: { tokens, targets }, params }, { hparams }) => {
  const { d_model: width, eps } = hparams as Record<string, number>;
  const x = block(F.embedding(tokens!, params.wte!).add(params.wpe!), params, hparams);
  const h = F.layerNorm(x, [width!], params.lnf_weight, params.lnf_bias, eps);
  return F.crossEntropy(F.linear(h, params.wte!).reshape(-1, 7), targets!.reshape(-1));
});

/** The normal equations, solved by elimination: what gradient descent runs towards. */
const solution: Runner = (_, { inputs: { x, y } }) => {
  const features = x!.shape[1]!;
  const rows = x!.shape[0]!;
  const xs = x!.toTypedArray();
  const at = (row: number, column: number) => (column === features ? 1 : xs[row * features + column]!);
  const n = features + 1;
  const system = Array.from({ length: n }, (_unused, i) =>
    Array.from({ length: n + 1 }, (_unused2, j) => {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += at(r, i) * (j === n ? y!.toTypedArray()[r]! : at(r, j));
      return sum;
    }),
  );
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = system[k]![i]! / system[i]![i]!;
      for (let j = i; j <= n; j++) system[k]![j]! -= factor * system[i]![j]!;
    }
  }
  const found = system.map((row, i) => row[n]! / row[i]!);
  const w = tensor([found.slice(0, -1)]);
  const b = tensor(found.slice(-1));
  return { outputs: { w, b, mse: F.mseLoss(F.linear(x!, w, b), y!) } };
};

const cnn = train('SGD', ({ inputs: { x, target }, params: { w1, b1, w2, b2 } }) => {
  const features = (fn('conv2d')(x, w1, b1) as Tensor).relu();
  const pooled = fn('maxPool2d')(features, 2) as Tensor;
  return F.crossEntropy(F.linear(pooled.flatten(1), w2!, b2), target!);
});

export const training: Readonly<Record<string, Runner>> = {
  'torch.optim.SGD': steps('SGD'),
  'torch.optim.Adam': steps('Adam'),
  'torch.optim.AdamW': steps('AdamW'),
  'torch.nn.utils.clip_grad_norm_': clip,
  linear_regression_solution: solution,
  noam_schedule: ({ hparams: { d_model, warmup, steps: count } }) => ({
    outputs: {
      lr: tensor(
        Array.from({ length: count as number }, (_, i) => optim.noamRate(i + 1, d_model as number, warmup as number)),
      ),
    },
  }),
  linear_regression: train('SGD', ({ inputs: { x, y }, params: { w, b } }) => F.mseLoss(F.linear(x!, w!, b), y!)),
  mlp: train('Adam', ({ inputs: { x, target }, params: { w1, b1, w2, b2 } }) =>
    F.crossEntropy(F.linear(F.linear(x!, w1!, b1).tanh(), w2!, b2), target!),
  ),
  cnn,
  gpt_language_model: gpt,
};
