import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import { type Group, Optimizer, type OptimizerOptions, type Params } from './optimizer.ts';

/** What RMSprop may be told. Defaults: lr 1e-2, alpha 0.99, eps 1e-8, and 0 or false for everything else. */
export interface RMSpropOptions extends OptimizerOptions {
  /** How much of the running mean of g² is kept. */
  alpha?: number;
  /** Added to the root, outside it. */
  eps?: number;
  /** How much of the last step is kept. */
  momentum?: number;
  /** Divides by the deviation of g instead of its root mean square (Graves 2013). */
  centered?: boolean;
}

interface State {
  /** Not used: PyTorch's state has it. */
  steps: number;
  readonly square: Float32Array;
  readonly mean: Float32Array | undefined;
  readonly velocity: Float32Array | undefined;
}

const defaults: Required<RMSpropOptions> = {
  lr: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  momentum: 0,
  centered: false,
  maximize: false,
};

/** v ← α·v + (1 − α)·g², p ← p − lr·g / (√v + eps) (Tieleman & Hinton 2012). PyTorch's `torch.optim.RMSprop`. */
export class RMSprop extends Optimizer<RMSpropOptions, State> {
  /** Throws TensightError for an alpha outside [0, 1]. */
  constructor(params: Params<RMSpropOptions>, options: RMSpropOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { ...defaults, ...options });
  }

  protected readonly stateNames = {
    steps: 'step',
    square: 'square_avg',
    mean: 'grad_avg',
    velocity: 'momentum_buffer',
  };

  protected override checkOptions({ alpha, momentum }: Group<RMSpropOptions>): void {
    if (!(alpha >= 0 && alpha <= 1) || !(momentum >= 0))
      throw new TensightError(
        `RMSprop: expected alpha in [0, 1] and momentum of 0 or more, got ${alpha} and ${momentum}`,
      );
  }

  protected startState(count: number, { centered, momentum }: Group<RMSpropOptions>): State {
    return {
      steps: 0,
      square: new Float32Array(count),
      mean: centered ? new Float32Array(count) : undefined,
      velocity: momentum > 0 ? new Float32Array(count) : undefined,
    };
  }

  protected update(p: Float32Array, grad: Float32Array, state: State, group: Group<RMSpropOptions>): void {
    const { lr, alpha, eps, weightDecay, momentum, maximize } = group;
    const { square, mean, velocity } = state;
    state.steps++;
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const g = sign * grad[i]! + weightDecay * p[i]!;
      const v = alpha * square[i]! + (1 - alpha) * g * g;
      square[i] = v;
      let spread = v;
      if (mean !== undefined) {
        const m = alpha * mean[i]! + (1 - alpha) * g;
        mean[i] = m;
        spread = Math.max(0, v - m * m);
      }
      let step = g / (Math.sqrt(spread) + eps);
      if (velocity !== undefined) {
        step += momentum * velocity[i]!;
        velocity[i] = step;
      }
      p[i] = p[i]! - lr * step;
    }
  }
}
