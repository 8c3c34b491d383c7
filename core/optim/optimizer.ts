import { TensightError } from '../errors.ts';
import type { Parameter, StateDict } from '../nn/module.ts';
import { tensor } from '../ops/creation.ts';
import { writable } from '../tensor/keptDraws.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';

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
  /** The learning rate that schedulers start from; there is none before the first. */
  initialLr?: number;
};

/** A group in an optimizer's state. */
export type SavedGroup<O> = Required<O> & {
  /** The numbers of its parameters, counted through all groups. */
  readonly params: readonly number[];
  /** As of a group. */
  initialLr?: number;
};

/** What an optimizer knows between steps: `save(state)` writes the tensors, `JSON.stringify(paramGroups)` the rest. */
export interface OptimizerState<O = OptimizerOptions> {
  /** What is remembered of each parameter, by its number and PyTorch's name: `0.exp_avg`. Copies. */
  readonly state: StateDict;
  /** The options of each group, and which parameters are its own. */
  readonly paramGroups: readonly SavedGroup<O>[];
}

/** Any of `optim`'s optimizers. */
export type AnyOptimizer = Optimizer<Pick<OptimizerOptions, 'lr'>, object>;

/**
 * Base of all optimizers. `step()` changes parameters in place from their `grad`; nothing of it is recorded for
 * differentiation. Parameters without a gradient are left alone. A subclass says how one parameter moves.
 */
export abstract class Optimizer<O extends Pick<OptimizerOptions, 'lr'>, S extends object> {
  /** Parameters by their options. Change `lr` here between steps, or let a scheduler do it. */
  readonly groups: Group<O>[] = [];
  readonly #defaults: Required<O>;
  readonly #states = new Map<Tensor, S>();

  /** Throws TensightError where there is nothing to learn, or a parameter is named twice. */
  constructor(params: Params<O>, options: Required<O>) {
    this.#defaults = options;
    const list: unknown = params;
    const iterable = typeof list === 'object' && list !== null && Symbol.iterator in list;
    const given = (iterable ? [...params] : []) as (Tensor | ParameterGroup<O>)[];
    if (!iterable || given.some((item: unknown) => typeof item !== 'object' || item === null))
      throw new TensightError(
        `${new.target.name}: expected parameters, or groups of them`,
        'Pass model.parameters(), or [{ params: model.parameters(), lr: 0.1 }].',
      );
    const isGroup = (item: Tensor | ParameterGroup<O>): item is ParameterGroup<O> => 'params' in item;
    if (given.every(isGroup)) for (const group of given) this.addParamGroup(group);
    else this.addParamGroup({ params: given as Tensor[] } as unknown as ParameterGroup<O>);
    if (this.groups.every((group) => group.params.length === 0))
      throw new TensightError(
        `${new.target.name}: there are no parameters to learn`,
        'Pass model.parameters(); layers must be fields of the module to be found.',
      );
  }

  /** Learns more parameters, of a layer that is thawed, say. Throws TensightError where one is there already. */
  addParamGroup(group: ParameterGroup<O>): void {
    const name = this.constructor.name;
    const added = { ...this.#defaults, ...group, params: [...group.params] } as Group<O>;
    const { lr } = added as { lr: number };
    if (!(lr >= 0))
      throw new TensightError(
        `${name}: expected a learning rate of 0 or more, got ${lr}`,
        'Write { lr: 0.001 }, or what it is.',
      );
    this.checkOptions(added);
    const seen = new Set(this.#parameters());
    for (const p of added.params) {
      if (seen.has(p)) throw new TensightError(`${name}: a parameter ${formatShape(p)} is given twice`);
      if (!p.isLeaf)
        throw new TensightError(`${name}: ${formatShape(p)} is the result of an operation, not a parameter`);
      seen.add(p);
    }
    this.groups.push(added);
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
        this.update(elements(p), elementsOf(p.grad) as Float32Array, state, group);
      }
    }
  }

  /** Forgets all gradients. Call it before each `backward()`, which adds to what is there. */
  zeroGrad(): void {
    for (const { params } of this.groups) for (const p of params) p.grad = undefined;
  }

  /** What a fresh optimizer of these parameters has to know to go on as this one would, to the last bit. */
  stateDict(): OptimizerState<O> {
    const state: StateDict = {};
    for (const [number, p] of this.#parameters().entries()) {
      const own: Readonly<Record<string, unknown>> = { ...this.#states.get(p) };
      for (const [field, name] of this.#names()) {
        const value = own[field];
        if (value instanceof Float32Array) state[`${number}.${name}`] = tensor(value, { shape: p.shape });
        else if (typeof value === 'number')
          state[`${number}.${name}`] = tensor(value, { dtype: Number.isInteger(value) ? 'i32' : 'f32' });
      }
    }
    let next = 0;
    const paramGroups = this.groups.map((group) => ({ ...group, params: group.params.map(() => next++) }));
    return { state, paramGroups };
  }

  /**
   * Goes on from where the optimizer stood that gave this state, one of the same class with as many parameters in each group.
   * Throws TensightError, and changes nothing, where groups, names or shapes do not fit.
   */
  loadStateDict(saved: OptimizerState<O>): void {
    const { state, paramGroups } = (saved as OptimizerState<O> | null) ?? ({} as OptimizerState<O>);
    const wrong: string[] = [];
    if (typeof state !== 'object' || state === null || !Array.isArray(paramGroups))
      throw new TensightError(
        `loadStateDict: expected { state, paramGroups } for ${this.constructor.name}`,
        'Pass what the stateDict() of an optimizer gives.',
      );
    for (const [i, { lr }] of (paramGroups as readonly { lr?: unknown }[]).entries())
      if (!(typeof lr === 'number' && lr >= 0))
        wrong.push(`expected a learning rate of 0 or more for group ${i}, got ${String(lr)}`);
    if (paramGroups.length !== this.groups.length)
      wrong.push(`expected ${this.groups.length} groups, got ${paramGroups.length}`);
    const numbers = paramGroups.flatMap(({ params }) => params);
    for (const [i, group] of this.groups.slice(0, paramGroups.length).entries()) {
      const { params, ...options } = paramGroups[i]!;
      if (params.length !== group.params.length)
        wrong.push(`expected ${group.params.length} parameters in group ${i}, got ${params.length}`);
      for (const option of Object.keys(options))
        if (!(option in group) && option !== 'initialLr')
          wrong.push(`group ${i} has an option ${option}, which is unknown here`);
    }
    const loaded = wrong.length > 0 ? [] : this.#read(state, numbers, paramGroups, wrong);
    if (wrong.length > 0)
      throw new TensightError(
        `loadStateDict: the state does not fit this ${this.constructor.name}: ${wrong.join('; ')}`,
        'It comes from an optimizer of the same class, made of the same groups of parameters.',
      );
    for (const [i, group] of this.groups.entries()) {
      const { params: _, ...options } = paramGroups[i]!;
      Object.assign(group, options);
    }
    this.#states.clear();
    for (const [p, own] of loaded) if (!p.isMeta) this.#states.set(p, own);
  }

  /** The states that the tensors tell of; what does not fit is added to `wrong`. */
  #read(state: StateDict, numbers: readonly number[], groups: readonly object[], wrong: string[]): [Tensor, S][] {
    const left = new Set(Object.keys(state));
    const loaded: [Tensor, S][] = [];
    const groupOf = this.groups.flatMap((group, i) => group.params.map(() => ({ ...group, ...groups[i] })));
    for (const [at, p] of this.#parameters().entries()) {
      const names = this.#names().map(([field, name]) => [field, `${numbers[at]}.${name}`] as const);
      if (!names.some(([, name]) => left.has(name))) continue;
      const own = this.startState(p.isMeta ? 0 : p.numel, { ...groupOf[at]!, params: [] }) as Record<string, unknown>;
      for (const [field, name] of names) {
        const given = state[name];
        left.delete(name);
        if (given === undefined) {
          if (own[field] !== undefined) wrong.push(`${name} is missing`);
          continue;
        }
        const shape = typeof own[field] === 'number' ? [] : p.shape;
        if (!sameShape(given.shape, shape))
          wrong.push(`expected ${formatShape({ shape })} for ${name}, got ${formatShape(given)}`);
        else if (typeof own[field] === 'number') own[field] = given.item();
        else if (!p.isMeta) own[field] = Float32Array.from(elementsOf(given));
      }
      loaded.push([p, own as S]);
    }
    for (const name of left) wrong.push(`${name} is unknown here`);
    return loaded;
  }

  #parameters(): Tensor[] {
    return this.groups.flatMap(({ params }) => [...params]);
  }

  /** Fields of a state, and PyTorch's names for them. */
  #names(): [string, string][] {
    return Object.entries<string>(this.stateNames);
  }

  /** PyTorch's name of everything that is remembered of a parameter. */
  protected abstract readonly stateNames: { readonly [F in keyof S]-?: string };

  /** Throws TensightError for options that make no sense. Called before a group is there; uses no fields. */
  protected checkOptions(_group: Group<O>): void {}

  /** What is remembered of a parameter between steps: numbers, and as many numbers as it has elements. */
  protected abstract startState(count: number, group: Group<O>): S;

  /** Writes new values into `p`; `grad` is not to be changed. Both row-major. */
  protected abstract update(p: Float32Array, grad: Float32Array, state: S, group: Group<O>): void;
}

/** The elements of a parameter, to be written to. */
export function elements(p: Tensor): Float32Array {
  if (!p.isContiguous)
    throw new TensightError(`optimizer: ${formatShape(p)} is a view that can't be written to in place`);
  return writable(p.storage).subarray(p.offset, p.offset + p.numel) as Float32Array;
}
