import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { Tensor } from '../tensor/tensor.ts';

/** A tensor that is learnt: a leaf that wants its gradient, and part of its module's `stateDict`. */
export class Parameter extends Tensor {
  constructor(data: Tensor, requiresGrad = true) {
    super(data, data.isMeta ? undefined : data.storage, data.strides, data.offset);
    this.requiresGrad = requiresGrad;
  }
}

/** A tensor that belongs to a module and is not learnt (a running mean, a position table). */
export class Buffer extends Tensor {
  /** False keeps it out of `stateDict`. */
  readonly persistent: boolean;
  constructor(data: Tensor, persistent = true) {
    super(data, data.isMeta ? undefined : data.storage, data.strides, data.offset);
    this.persistent = persistent;
  }
}

export type StateDict = Record<string, Tensor>;

/**
 * Base of every layer and model, PyTorch's `nn.Module`: fields that are modules, parameters or buffers are its parts, by
 * field name. Calling `forward` is what runs it; every call is recorded, so there is no second name for it.
 */
export abstract class Module {
  /** Train or evaluation mode (dropout, batch norm). */
  training = true;

  /** Where a field's name in TypeScript differs from PyTorch's: `{ selfAttn: 'self_attn' }`. */
  protected static readonly stateNames: Readonly<Record<string, string>> = {};

  constructor() {
    context.observer?.moduleCreated(this);
    observeForward(this);
  }

  // biome-ignore lint/suspicious/noExplicitAny: subclasses narrow the arguments; TypeScript has no other type that allows it
  abstract forward(...args: any[]): unknown;

  /** Constructor arguments worth seeing in a table, PyTorch's `extra_repr`: `64 → 256`. */
  extraRepr(): string {
    return '';
  }

  /** Direct children, `[name, module]`, in order of definition. */
  namedChildren(): [string, Module][] {
    const out: [string, Module][] = [];
    for (const [field, value] of Object.entries(this))
      if (value instanceof Module) out.push([this.#stateName(field), value]);
    return out;
  }

  /** This module and all below, `[path, module]`, parents first; a module met twice is listed once. */
  namedModules(prefix = '', seen: Set<Module> = new Set()): [string, Module][] {
    if (seen.has(this)) return [];
    seen.add(this);
    const out: [string, Module][] = [[prefix, this]];
    for (const [name, child] of this.namedChildren())
      out.push(...child.namedModules(prefix ? `${prefix}.${name}` : name, seen));
    return out;
  }

  /** Its own parameters, not its children's. */
  ownParameters(): [string, Parameter][] {
    return Object.entries(this).flatMap(([field, value]): [string, Parameter][] =>
      value instanceof Parameter ? [[this.#stateName(field), value]] : [],
    );
  }

  ownBuffers(): [string, Buffer][] {
    return Object.entries(this).flatMap(([field, value]): [string, Buffer][] =>
      value instanceof Buffer ? [[this.#stateName(field), value]] : [],
    );
  }

  /** All parameters with their paths; a tied parameter is listed once, under its first path. */
  namedParameters(): [string, Parameter][] {
    const seen = new Set<Parameter>();
    const out: [string, Parameter][] = [];
    for (const [path, module] of this.namedModules()) {
      for (const [name, parameter] of module.ownParameters()) {
        if (seen.has(parameter)) continue;
        seen.add(parameter);
        out.push([path ? `${path}.${name}` : name, parameter]);
      }
    }
    return out;
  }

  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** Parameters and persistent buffers by PyTorch's names (a tied parameter under each of its names, as PyTorch does). */
  stateDict(): StateDict {
    const out: StateDict = {};
    for (const [path, module] of this.namedModules()) {
      const prefix = path ? `${path}.` : '';
      for (const [name, parameter] of module.ownParameters()) out[prefix + name] = parameter;
      for (const [name, buffer] of module.ownBuffers()) if (buffer.persistent) out[prefix + name] = buffer;
    }
    return out;
  }

  /** Copies values in, by name. Missing, unexpected or misshapen entries are one error that lists them all. */
  loadStateDict(state: StateDict): void {
    const own = this.stateDict();
    const missing = Object.keys(own).filter((name) => !(name in state));
    const unexpected = Object.keys(state).filter((name) => !(name in own));
    const misfit = Object.keys(own).filter(
      (name) => name in state && String(own[name]!.shape) !== String(state[name]!.shape),
    );
    if (missing.length + unexpected.length + misfit.length > 0) {
      const lines = [
        ...missing.map((name) => `missing ${name} [${own[name]!.shape}]`),
        ...unexpected.map((name) => `unexpected ${name} [${state[name]!.shape}]`),
        ...misfit.map((name) => `${name} is [${own[name]!.shape}], the state has [${state[name]!.shape}]`),
      ];
      throw new TensightError(
        `loadStateDict: the state does not fit this ${this.constructor.name}: ${lines.join('; ')}`,
      );
    }
    for (const [name, tensor] of Object.entries(own)) if (!tensor.isMeta) context.backend.copy(state[name]!, tensor);
  }

  /** Sets train (or evaluation) mode here and below. */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = undefined;
  }

  #stateName(field: string): string {
    return (this.constructor as typeof Module).stateNames[field] ?? field;
  }
}

const observed = Symbol('observed');
type Forward = ((...args: unknown[]) => unknown) & { [observed]?: true };

/** Puts the recorder around this object's `forward`, once. Called again after construction for models whose `forward` is a field. */
export function observeForward(module: Module): void {
  const forward = module.forward as Forward;
  if (typeof forward !== 'function' || forward[observed]) return;
  const wrapped: Forward = (...args) => {
    const observer = context.observer;
    if (observer === undefined) return forward.apply(module, args);
    const token = observer.callStart(module, args);
    let result: unknown;
    let failed = true;
    try {
      result = forward.apply(module, args);
      failed = false;
      return result;
    } finally {
      observer.callEnd(token, module, result, failed);
    }
  };
  wrapped[observed] = true;
  Object.defineProperty(module, 'forward', { value: wrapped, enumerable: false, writable: true, configurable: true });
}
