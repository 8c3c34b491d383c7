import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import { type Group, Optimizer, type OptimizerOptions, type Params } from './optimizer.ts';

/** What Adam and AdamW may be told. Defaults: lr 1e-3, betas 0.9 and 0.999, eps 1e-8, weightDecay 0 (AdamW 1e-2). */
export interface AdamOptions extends OptimizerOptions {
  /** How much of the running mean of g, and of g², is kept. */
  betas?: readonly [number, number];
  /** Added to √v̂, outside the root. */
  eps?: number;
  /** Divides by the largest √v̂ seen so far (Reddi et al. 2018). */
  amsgrad?: boolean;
}

interface State {
  steps: number;
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly largest: Float32Array | undefined;
}

const defaults: Required<AdamOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

/** Throws TensightError for betas outside [0, 1). */
export function checkBetas(name: string, betas: readonly number[]): void {
  if (!betas.every((beta) => beta >= 0 && beta < 1))
    throw new TensightError(`${name}: expected betas in [0, 1), got [${betas.join(', ')}]`);
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − lr·m̂ / (√v̂ + eps). Weight
 * decay joins the gradient. PyTorch's `torch.optim.Adam`.
 */
export class Adam extends Optimizer<AdamOptions, State> {
  /** Whether weight decay shrinks the parameter itself instead of joining its gradient. */
  protected readonly decoupled: boolean = false;

  /** Throws TensightError for betas outside [0, 1). */
  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { ...defaults, ...options });
  }

  protected readonly stateNames = { steps: 'step', mean: 'exp_avg', square: 'exp_avg_sq', largest: 'max_exp_avg_sq' };

  protected override checkOptions({ betas }: Group<AdamOptions>): void {
    checkBetas(this.constructor.name, betas);
  }

  protected startState(count: number, { amsgrad }: Group<AdamOptions>): State {
    return {
      steps: 0,
      mean: new Float32Array(count),
      square: new Float32Array(count),
      largest: amsgrad ? new Float32Array(count) : undefined,
    };
  }

  protected update(p: Float32Array, grad: Float32Array, state: State, group: Group<AdamOptions>): void {
    const { lr, eps, weightDecay, maximize } = group;
    const [beta1, beta2] = group.betas;
    const { mean, square, largest } = state;
    state.steps++;
    const stepSize = lr / (1 - beta1 ** state.steps);
    const correction = Math.sqrt(1 - beta2 ** state.steps);
    const sign = maximize ? -1 : 1;
    const shrink = this.decoupled ? 1 - lr * weightDecay : 1;
    const joining = this.decoupled ? 0 : weightDecay;
    for (let i = 0; i < p.length; i++) {
      const x = p[i]! * shrink;
      const g = sign * grad[i]! + joining * x;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const v = beta2 * square[i]! + (1 - beta2) * g * g;
      mean[i] = m;
      square[i] = v;
      let spread = v;
      if (largest !== undefined) {
        spread = Math.max(largest[i]!, v);
        largest[i] = spread;
      }
      p[i] = x - (stepSize * m) / (Math.sqrt(spread) / correction + eps);
    }
  }
}

/** Adam whose weight decay shrinks the parameter first: p ← p·(1 − lr·weightDecay) (Loshchilov & Hutter 2019). */
export class AdamW extends Adam {
  protected override readonly decoupled = true;

  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { weightDecay: 1e-2, ...options });
  }
}
