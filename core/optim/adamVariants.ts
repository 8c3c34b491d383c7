/** Optimizers that take Adam's running mean of gradients and something else beside it. */
import { checkArguments } from '../usage/arguments.ts';
import { checkBetas } from './adam.ts';
import { type Group, Optimizer, type OptimizerOptions, type Params } from './optimizer.ts';

/** What Adamax and RAdam may be told. Defaults: lr 2e-3 (RAdam 1e-3), betas 0.9 and 0.999, eps 1e-8, weightDecay 0. */
export interface BetasOptions extends OptimizerOptions {
  /** How much of the running mean of g, and of its size, is kept. */
  betas?: readonly [number, number];
  /** Keeps from dividing by 0. */
  eps?: number;
}

interface Means {
  steps: number;
  readonly mean: Float32Array;
}

interface AdamaxState extends Means {
  readonly largest: Float32Array;
}

interface RAdamState extends Means {
  readonly square: Float32Array;
}

const usual = { lr: 2e-3, betas: [0.9, 0.999] as const, eps: 1e-8, weightDecay: 0, maximize: false };

/** Adam by the largest |g|, which fades with β₂, in the place of √v: p ← p − lr·m̂ / u (Kingma & Ba 2015, algorithm 2). PyTorch's `torch.optim.Adamax`. */
export class Adamax extends Optimizer<BetasOptions, AdamaxState> {
  /** Throws TensightError for betas outside [0, 1). */
  constructor(params: Params<BetasOptions>, options: BetasOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { ...usual, ...options });
  }

  protected readonly stateNames = { steps: 'step', mean: 'exp_avg', largest: 'exp_inf' };

  protected override checkOptions({ betas }: Group<BetasOptions>): void {
    checkBetas('Adamax', betas);
  }

  protected startState(count: number): AdamaxState {
    return { steps: 0, mean: new Float32Array(count), largest: new Float32Array(count) };
  }

  protected update(
    p: Float32Array,
    grad: Float32Array,
    state: AdamaxState,
    { lr, betas: [beta1, beta2], eps, weightDecay, maximize }: Group<BetasOptions>,
  ): void {
    const { mean, largest } = state;
    state.steps++;
    const stepSize = lr / (1 - beta1 ** state.steps);
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const g = sign * grad[i]! + weightDecay * p[i]!;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const u = Math.max(beta2 * largest[i]!, Math.abs(g) + eps);
      mean[i] = m;
      largest[i] = u;
      p[i] = p[i]! - (stepSize * m) / u;
    }
  }
}

/** What NAdam may be told. Defaults: as Adamax, and momentumDecay 4e-3. */
export interface NAdamOptions extends BetasOptions {
  /** How fast β₁ comes to its value. */
  momentumDecay?: number;
}

interface NAdamState extends RAdamState {
  /** Product of all momenta so far, a 32-bit float as PyTorch's. */
  product: number;
}

/** Adam that looks ahead along its momentum, as Nesterov's does (Dozat 2016). PyTorch's `torch.optim.NAdam`. */
export class NAdam extends Optimizer<NAdamOptions, NAdamState> {
  /** Throws TensightError for betas outside [0, 1). */
  constructor(params: Params<NAdamOptions>, options: NAdamOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { ...usual, momentumDecay: 4e-3, ...options });
  }

  protected readonly stateNames = {
    steps: 'step',
    product: 'mu_product',
    mean: 'exp_avg',
    square: 'exp_avg_sq',
  };

  protected override checkOptions({ betas }: Group<NAdamOptions>): void {
    checkBetas('NAdam', betas);
  }

  protected startState(count: number): NAdamState {
    return { steps: 0, product: 1, mean: new Float32Array(count), square: new Float32Array(count) };
  }

  protected update(p: Float32Array, grad: Float32Array, state: NAdamState, group: Group<NAdamOptions>): void {
    const { lr, eps, weightDecay, maximize, momentumDecay } = group;
    const [beta1, beta2] = group.betas;
    const { mean, square } = state;
    state.steps++;
    const momentum = (step: number) => beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));
    const [now, next] = [momentum(state.steps), momentum(state.steps + 1)];
    state.product = Math.fround(state.product * now);
    const ofGradient = (lr * (1 - now)) / (1 - state.product);
    const ofMean = (lr * next) / (1 - state.product * next);
    const correction = 1 - beta2 ** state.steps;
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const g = sign * grad[i]! + weightDecay * p[i]!;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const v = beta2 * square[i]! + (1 - beta2) * g * g;
      mean[i] = m;
      square[i] = v;
      p[i] = p[i]! - (ofGradient * g + ofMean * m) / (Math.sqrt(v / correction) + eps);
    }
  }
}

/**
 * Adam whose steps are divided by √v only when enough of it has been seen to be trusted, and warms up by itself (Liu et al. 2020).
 * PyTorch's `torch.optim.RAdam`.
 */
export class RAdam extends Optimizer<BetasOptions, RAdamState> {
  /** Throws TensightError for betas outside [0, 1). */
  constructor(params: Params<BetasOptions>, options: BetasOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { ...usual, lr: 1e-3, ...options });
  }

  protected readonly stateNames = { steps: 'step', mean: 'exp_avg', square: 'exp_avg_sq' };

  protected override checkOptions({ betas }: Group<BetasOptions>): void {
    checkBetas('RAdam', betas);
  }

  protected startState(count: number): RAdamState {
    return { steps: 0, mean: new Float32Array(count), square: new Float32Array(count) };
  }

  protected update(
    p: Float32Array,
    grad: Float32Array,
    state: RAdamState,
    { lr, betas: [beta1, beta2], eps, weightDecay, maximize }: Group<BetasOptions>,
  ): void {
    const { mean, square } = state;
    state.steps++;
    const stepSize = lr / (1 - beta1 ** state.steps);
    const correction = 1 - beta2 ** state.steps;
    const most = 2 / (1 - beta2) - 1;
    // How many gradients v is worth.
    const length = most - (2 * state.steps * beta2 ** state.steps) / correction;
    const trusted = length > 5;
    const rectified = trusted
      ? Math.sqrt((((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length)) * correction)
      : 1;
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const g = sign * grad[i]! + weightDecay * p[i]!;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const v = beta2 * square[i]! + (1 - beta2) * g * g;
      mean[i] = m;
      square[i] = v;
      p[i] = p[i]! - stepSize * m * (trusted ? rectified / (Math.sqrt(v) + eps) : 1);
    }
  }
}
