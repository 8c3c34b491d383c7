import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { elements, type Group, Optimizer, type Params } from './optimizer.ts';

/** What LBFGS may be told. Defaults: lr 1, maxIter 20, maxEval 1.25 · maxIter, toleranceGrad 1e-7, toleranceChange 1e-9, historySize 100. */
export interface LBFGSOptions {
  /** Length of a step. */
  lr?: number;
  /** Iterations in one `step`. */
  maxIter?: number;
  /** How often the loss is computed in one `step`, at most. */
  maxEval?: number;
  /** It ends where no gradient is larger. */
  toleranceGrad?: number;
  /** It ends where no parameter, nor the loss, changes by more. */
  toleranceChange?: number;
  /** How many steps back its idea of the curvature goes. */
  historySize?: number;
}

/** What is remembered is of all parameters together, and none of it in the state of one. */
type Nothing = Record<never, never>;

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const largest = (a: Float64Array) => a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * Newton's method with an idea of the curvature from the last steps (Nocedal 1980): few parameters, whole batches. `step` is given a function that
 * forgets the gradients, computes the loss, calls `backward()` and returns the loss; it is called several times. PyTorch's `torch.optim.LBFGS`,
 * without a line search.
 */
export class LBFGS extends Optimizer<LBFGSOptions, Nothing> {
  #direction: Float64Array | undefined;
  #before: Float64Array | undefined;
  #scale = 1;
  #length = 0;
  #iterations = 0;
  #steps: Float64Array[] = [];
  #changes: Float64Array[] = [];

  /** Throws TensightError for more than one group: all parameters move together. */
  constructor(params: Params<LBFGSOptions>, options: LBFGSOptions = {}) {
    checkArguments(new.target, arguments);
    const { maxIter = 20 } = options;
    const defaults = { maxIter, maxEval: Math.floor((maxIter * 5) / 4), toleranceGrad: 1e-7, toleranceChange: 1e-9 };
    super(params, { lr: 1, historySize: 100, ...defaults, ...options });
    if (this.groups.length !== 1)
      throw new TensightError('LBFGS: expected one list of parameters, got groups', 'Pass model.parameters().');
  }

  protected readonly stateNames = {};

  protected startState(): Nothing {
    return {};
  }

  /** Parameters do not move one by one. */
  protected update(): void {}

  /**
   * Moves all parameters, and returns the loss there was before. `closure` computes the loss and its gradients: `() => { optimizer.zeroGrad(); const
   * loss = …; loss.backward(); return loss; }`. Throws TensightError without one.
   */
  override step(closure?: () => Tensor): Tensor {
    if (typeof closure !== 'function')
      throw new TensightError(
        'LBFGS: step expects a function that computes the loss and its gradients',
        'Write optimizer.step(() => { optimizer.zeroGrad(); const loss = …; loss.backward(); return loss; }); in a train section use optim.Adam.',
      );
    const group = this.groups[0]! as Group<LBFGSOptions>;
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize } = group;
    const first = closure();
    if (first.isMeta || group.params.some(({ isMeta }) => isMeta)) return first;
    let loss = first.item();
    let evaluations = 1;
    let gradient = this.#gradient();
    if (largest(gradient) <= toleranceGrad) return first;
    for (let n = 0; n < maxIter; ) {
      n++;
      this.#iterations++;
      if (this.#iterations === 1 || this.#before === undefined) {
        this.#direction = gradient.map((g) => -g);
        [this.#steps, this.#changes, this.#scale] = [[], [], 1];
      } else {
        const before = this.#before;
        const change = gradient.map((g, i) => g - before[i]!);
        const step = this.#direction!.map((d) => d * this.#length);
        const curvature = dot(change, step);
        if (curvature > 1e-10) {
          if (this.#steps.length === historySize) {
            this.#steps.shift();
            this.#changes.shift();
          }
          this.#steps.push(step);
          this.#changes.push(change);
          this.#scale = curvature / dot(change, change);
        }
        this.#direction = this.#newton(gradient);
      }
      this.#before = gradient.slice();
      const previous = loss;
      this.#length =
        this.#iterations === 1 ? Math.min(1, 1 / gradient.reduce((sum, g) => sum + Math.abs(g), 0)) * lr : lr;
      const direction = this.#direction;
      const slope = dot(gradient, direction);
      if (slope > -toleranceChange) break;
      this.#move(direction, this.#length);
      if (n === maxIter) break;
      loss = closure().item();
      gradient = this.#gradient();
      evaluations++;
      if (evaluations >= maxEval) break;
      if (largest(gradient) <= toleranceGrad) break;
      if (largest(direction) * this.#length <= toleranceChange) break;
      if (Math.abs(loss - previous) < toleranceChange) break;
    }
    return first;
  }

  /** −H g, with H from the remembered steps: the loop of two passes. */
  #newton(gradient: Float64Array): Float64Array {
    const q = gradient.map((g) => -g);
    const [steps, changes] = [this.#steps, this.#changes];
    const factors = changes.map((change, i) => 1 / dot(change, steps[i]!));
    const shares = new Float64Array(steps.length);
    for (let i = steps.length - 1; i >= 0; i--) {
      const share = dot(steps[i]!, q) * factors[i]!;
      shares[i] = share;
      changes[i]!.forEach((change, k) => {
        q[k]! -= share * change;
      });
    }
    for (let k = 0; k < q.length; k++) q[k]! *= this.#scale;
    for (let i = 0; i < steps.length; i++) {
      const share = shares[i]! - dot(changes[i]!, q) * factors[i]!;
      steps[i]!.forEach((step, k) => {
        q[k]! += share * step;
      });
    }
    return q;
  }

  /** The gradients of all parameters, one after the other; 0 where there is none. */
  #gradient(): Float64Array {
    const { params } = this.groups[0]!;
    const all = new Float64Array(params.reduce((sum, p) => sum + p.numel, 0));
    let at = 0;
    for (const p of params) {
      if (p.grad !== undefined) all.set(elementsOf(p.grad), at);
      at += p.numel;
    }
    return all;
  }

  #move(direction: Float64Array, length: number): void {
    let at = 0;
    for (const p of this.groups[0]!.params) {
      const data = elements(p);
      for (let i = 0; i < data.length; i++) data[i]! += length * direction[at + i]!;
      at += p.numel;
    }
  }
}
