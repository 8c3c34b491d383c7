import { TensightError } from '../errors.ts';
import type { Parameter } from '../nn/module.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** Learning rate. */
  lr?: number;
  /** How much of each parameter joins its gradient (or, in AdamW, is taken off it): L2 regularisation. */
  weightDecay?: number;
  /** Climbs instead of descending. */
  maximize?: boolean;
}

/** Parameters with options of their own; what is left out is the optimizer's. */
export type ParameterGroup<O> = Partial<O> & {
  /** Which they are. */
  params: Iterable<Parameter | Tensor>;
};

/** What an optimizer learns: `model.parameters()`, or groups of them. */
export type Params<O> = Iterable<Parameter | Tensor> | readonly ParameterGroup<O>[];

/** A group as the optimizer keeps it. A scheduler changes `lr` between steps. */
export type Group<O> = Required<O> & {
  /** Which they are. */
  readonly params: readonly Tensor[];
};

/** Any of `optim`'s optimizers. */
export type AnyOptimizer = Optimizer<OptimizerOptions, unknown>;

/**
 * Base of all optimizers. `step()` changes parameters in place from their `grad`; nothing of it is recorded for
 * differentiation. Parameters without a gradient are left alone. A subclass says how one parameter moves.
 */
export abstract class Optimizer<O extends OptimizerOptions, S> {
  /** Parameters by their options. Change `lr` here between steps, or let a scheduler do it. */
  readonly groups: Group<O>[];
  readonly #states = new Map<Tensor, S>();

  /** Throws TensightError where there is nothing to learn, or a parameter is named twice. */
  constructor(params: Params<O>, options: Required<O>) {
    const given = [...params] as (Tensor | ParameterGroup<O>)[];
    const name = new.target.name;
    const isGroup = (item: Tensor | ParameterGroup<O>): item is ParameterGroup<O> => 'params' in item;
    this.groups = given.every(isGroup)
      ? given.map((group) => ({ ...options, ...group, params: [...group.params] }))
      : [{ ...options, params: given as Tensor[] }];
    const seen = new Set<Tensor>();
    for (const { params: list, lr } of this.groups as readonly Group<OptimizerOptions>[]) {
      if (!(lr >= 0)) throw new TensightError(`${name}: the learning rate is ${lr}`, 'It is a number of 0 or more.');
      for (const p of list) {
        if (seen.has(p)) throw new TensightError(`${name}: a parameter ${formatShape(p)} is there twice`);
        if (!p.isLeaf)
          throw new TensightError(`${name}: ${formatShape(p)} is the result of an operation, no parameter`);
        seen.add(p);
      }
    }
    if (seen.size === 0)
      throw new TensightError(
        `${name}: there are no parameters to learn`,
        'Hand over model.parameters(); layers must be fields of the module to be found.',
      );
  }

  /** Moves every parameter that has a gradient by one step. */
  step(): void {
    for (const group of this.groups) {
      for (const p of group.params) {
        if (p.grad === undefined || p.isMeta || p.grad.isMeta) continue;
        let state = this.#states.get(p);
        if (state === undefined) {
          state = this.startState(p.numel, group);
          this.#states.set(p, state);
        }
        this.update(elements(p), p.grad.toTypedArray() as Float32Array, state, group);
      }
    }
  }

  /** Forgets all gradients. Call it before each `backward()`, which adds to what is there. */
  zeroGrad(): void {
    for (const { params } of this.groups) for (const p of params) p.grad = undefined;
  }

  /** What is remembered of a parameter between steps. */
  protected abstract startState(count: number, group: Group<O>): S;

  /** Writes new values into `p`; `grad` is not to be changed. Both row-major. */
  protected abstract update(p: Float32Array, grad: Float32Array, state: S, group: Group<O>): void;
}

/** The elements of a parameter, to be written to. */
function elements(p: Tensor): Float32Array {
  if (!p.isContiguous)
    throw new TensightError(`optimizer: ${formatShape(p)} is a view that can't be written to in place`);
  return p.storage.data.subarray(p.offset, p.offset + p.numel) as Float32Array;
}
