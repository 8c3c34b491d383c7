import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import { type Group, Optimizer, type OptimizerOptions, type Params } from './optimizer.ts';

/** What Adagrad may be told. Defaults: lr 1e-2, eps 1e-10, and 0 for everything else. */
export interface AdagradOptions extends OptimizerOptions {
  /** How fast the learning rate falls: lr / (1 + steps·lrDecay). */
  lrDecay?: number;
  /** What the sum of squares starts from. */
  initialAccumulatorValue?: number;
  /** Added to the root, outside it. */
  eps?: number;
}

interface AdagradState {
  steps: number;
  readonly sum: Float32Array;
}

/** s ← s + g², p ← p − lr·g / (√s + eps): what is rare learns fast (Duchi et al. 2011). PyTorch's `torch.optim.Adagrad`. */
export class Adagrad extends Optimizer<AdagradOptions, AdagradState> {
  /** Throws TensightError for numbers below 0. */
  constructor(params: Params<AdagradOptions>, options: AdagradOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, {
      lr: 1e-2,
      lrDecay: 0,
      weightDecay: 0,
      initialAccumulatorValue: 0,
      eps: 1e-10,
      maximize: false,
      ...options,
    });
  }

  protected readonly stateNames = { steps: 'step', sum: 'sum' };

  protected override checkOptions({ lrDecay, initialAccumulatorValue }: Group<AdagradOptions>): void {
    if (!(lrDecay >= 0 && initialAccumulatorValue >= 0))
      throw new TensightError(
        `Adagrad: expected lrDecay and initialAccumulatorValue of 0 or more, got ${lrDecay} and ${initialAccumulatorValue}`,
      );
  }

  protected startState(count: number, { initialAccumulatorValue }: Group<AdagradOptions>): AdagradState {
    return { steps: 0, sum: new Float32Array(count).fill(initialAccumulatorValue) };
  }

  protected update(p: Float32Array, grad: Float32Array, state: AdagradState, group: Group<AdagradOptions>): void {
    const { lr, lrDecay, weightDecay, eps, maximize } = group;
    const { sum } = state;
    const rate = lr / (1 + state.steps++ * lrDecay);
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const g = sign * grad[i]! + weightDecay * p[i]!;
      const s = sum[i]! + g * g;
      sum[i] = s;
      p[i] = p[i]! - (rate * g) / (Math.sqrt(s) + eps);
    }
  }
}

/** What Adadelta may be told. Defaults: lr 1, rho 0.9, eps 1e-6, weightDecay 0. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** How much of the running means of squares is kept. */
  rho?: number;
  /** Added under both roots. */
  eps?: number;
}

interface AdadeltaState {
  steps: number;
  readonly square: Float32Array;
  readonly moved: Float32Array;
}

/** Steps as large as the last ones were, by the root mean squares of both: it needs no learning rate (Zeiler 2012). PyTorch's `torch.optim.Adadelta`. */
export class Adadelta extends Optimizer<AdadeltaOptions, AdadeltaState> {
  /** Throws TensightError for a rho outside [0, 1]. */
  constructor(params: Params<AdadeltaOptions>, options: AdadeltaOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false, ...options });
  }

  protected readonly stateNames = { steps: 'step', square: 'square_avg', moved: 'acc_delta' };

  protected override checkOptions({ rho }: Group<AdadeltaOptions>): void {
    if (!(rho >= 0 && rho <= 1)) throw new TensightError(`Adadelta: expected rho in [0, 1], got ${rho}`);
  }

  protected startState(count: number): AdadeltaState {
    return { steps: 0, square: new Float32Array(count), moved: new Float32Array(count) };
  }

  protected update(p: Float32Array, grad: Float32Array, state: AdadeltaState, group: Group<AdadeltaOptions>): void {
    const { lr, rho, eps, weightDecay, maximize } = group;
    const { square, moved } = state;
    state.steps++;
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const g = sign * grad[i]! + weightDecay * p[i]!;
      const v = rho * square[i]! + (1 - rho) * g * g;
      square[i] = v;
      const step = (Math.sqrt(moved[i]! + eps) / Math.sqrt(v + eps)) * g;
      moved[i] = rho * moved[i]! + (1 - rho) * step * step;
      p[i] = p[i]! - lr * step;
    }
  }
}
