import { checkArguments } from '../usage/arguments.ts';
import { type Group, Optimizer, type OptimizerOptions, type Params } from './optimizer.ts';

/** What ASGD may be told. Defaults: lr 1e-2, lambd 1e-4, alpha 0.75, t0 1e6, weightDecay 0. */
export interface ASGDOptions extends OptimizerOptions {
  /** How fast the learning rate falls, and parameters with it. */
  lambd?: number;
  /** The power by which the learning rate falls. */
  alpha?: number;
  /** The step from which on parameters are averaged. */
  t0?: number;
}

interface State {
  steps: number;
  eta: number;
  mu: number;
  /** The mean of the parameters since `t0`. */
  readonly average: Float32Array;
}

/**
 * p ← p − η·(g + λ·p), with an η that falls, and beside it the mean of all p since step t0 (Polyak & Juditsky 1992), which `stateDict` has under
 * `ax`. PyTorch's `torch.optim.ASGD`.
 */
export class ASGD extends Optimizer<ASGDOptions, State> {
  constructor(params: Params<ASGDOptions>, options: ASGDOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false, ...options });
  }

  protected readonly stateNames = { steps: 'step', eta: 'eta', mu: 'mu', average: 'ax' };

  protected startState(count: number, { lr }: Group<ASGDOptions>): State {
    return { steps: 0, eta: Math.fround(lr), mu: 1, average: new Float32Array(count) };
  }

  protected update(p: Float32Array, grad: Float32Array, state: State, group: Group<ASGDOptions>): void {
    const { lr, lambd, alpha, t0, weightDecay, maximize } = group;
    const { eta, mu, average } = state;
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const g = sign * grad[i]! + weightDecay * p[i]!;
      p[i] = p[i]! * (1 - lambd * eta) - eta * g;
      average[i] = mu === 1 ? p[i]! : average[i]! + (p[i]! - average[i]!) * mu;
    }
    state.steps++;
    state.eta = Math.fround(lr / (1 + lambd * lr * state.steps) ** alpha);
    state.mu = Math.fround(1 / Math.max(1, state.steps - t0));
  }
}
