import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import { type Group, Optimizer, type OptimizerOptions, type Params } from './optimizer.ts';

/** What SGD may be told. Defaults: lr 1e-3, and 0 or false for everything else. */
export interface SGDOptions extends OptimizerOptions {
  /** How much of the last step is kept. */
  momentum?: number;
  /** How much of the new gradient is held back from the momentum. */
  dampening?: number;
  /** Looks ahead along the momentum (Sutskever et al. 2013). */
  nesterov?: boolean;
}

interface State {
  velocity: Float32Array | undefined;
}

const defaults: Required<SGDOptions> = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

/** Stochastic gradient descent: v ← momentum·v + (1 − dampening)·g, p ← p − lr·v. PyTorch's `torch.optim.SGD`. */
export class SGD extends Optimizer<SGDOptions, State> {
  /** Throws TensightError for Nesterov without momentum. */
  constructor(params: Params<SGDOptions>, options: SGDOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { ...defaults, ...options });
  }

  protected readonly stateNames = { velocity: 'momentum_buffer' };

  protected override checkOptions({ nesterov, momentum, dampening }: Group<SGDOptions>): void {
    if (nesterov && (momentum <= 0 || dampening !== 0))
      throw new TensightError('SGD: Nesterov momentum needs a momentum above 0 and no dampening');
  }

  protected startState(): State {
    return { velocity: undefined };
  }

  protected update(p: Float32Array, grad: Float32Array, state: State, group: Group<SGDOptions>): void {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = group;
    const sign = maximize ? -1 : 1;
    const fresh = state.velocity === undefined;
    if (momentum !== 0 && fresh) state.velocity = new Float32Array(p.length);
    const { velocity } = state;
    for (let i = 0; i < p.length; i++) {
      let g = sign * grad[i]! + weightDecay * p[i]!;
      if (momentum !== 0) {
        const v = fresh ? g : momentum * velocity![i]! + (1 - dampening) * g;
        velocity![i] = v;
        g = nesterov ? g + momentum * v : v;
      }
      p[i] = p[i]! - lr * g;
    }
  }
}
