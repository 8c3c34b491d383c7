import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import { type Group, Optimizer, type OptimizerOptions, type Params } from './optimizer.ts';

/** What Rprop may be told. Defaults: lr 1e-2, etas 0.5 and 1.2, stepSizes 1e-6 … 50. */
export interface RpropOptions extends Pick<OptimizerOptions, 'lr' | 'maximize'> {
  /** What a step is multiplied with where the gradient's sign has changed, and where it has not. */
  etas?: readonly [number, number];
  /** The smallest and the largest step. */
  stepSizes?: readonly [number, number];
}

interface State {
  steps: number;
  readonly before: Float32Array;
  readonly size: Float32Array;
}

/** Goes by the sign of the gradient alone, in steps that grow while it stays (Riedmiller & Braun 1993). For whole batches. PyTorch's `torch.optim.Rprop`. */
export class Rprop extends Optimizer<RpropOptions, State> {
  /** Throws TensightError for etas that are not below and above 1. */
  constructor(params: Params<RpropOptions>, options: RpropOptions = {}) {
    checkArguments(new.target, arguments);
    super(params, { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false, ...options });
  }

  protected readonly stateNames = { steps: 'step', before: 'prev', size: 'step_size' };

  protected override checkOptions({ etas: [shrink, grow] }: Group<RpropOptions>): void {
    if (!(shrink > 0 && shrink < 1 && grow > 1))
      throw new TensightError(
        `Rprop: expected etas of which one shrinks steps and one lets them grow, got [${shrink}, ${grow}]`,
        'The first is between 0 and 1, the second above 1.',
      );
  }

  protected startState(count: number, { lr }: Group<RpropOptions>): State {
    return { steps: 0, before: new Float32Array(count), size: new Float32Array(count).fill(lr) };
  }

  protected update(p: Float32Array, grad: Float32Array, state: State, group: Group<RpropOptions>): void {
    const [shrink, grow] = group.etas;
    const [least, most] = group.stepSizes;
    const { before, size } = state;
    state.steps++;
    const sign = group.maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      let g = sign * grad[i]!;
      const same = g * before[i]!;
      const step = Math.min(Math.max(size[i]! * (same > 0 ? grow : same < 0 ? shrink : 1), least), most);
      // Behind a minimum it waits for one step.
      if (same < 0) g = 0;
      size[i] = step;
      before[i] = g;
      p[i] = p[i]! - Math.sign(g) * step;
    }
  }
}
