import type { HookHandle } from '../autograd/hooks.ts';
import { context } from '../context.ts';
import { notItself } from '../errors.ts';
import { writable } from '../tensor/keptDraws.ts';
import { isOnes, markOnes } from '../tensor/ones.ts';
import { isTensor, Tensor } from '../tensor/tensor.ts';
import { checkArguments, noTensor } from '../usage/arguments.ts';
import { watchModules } from '../usage/members.ts';
import type { FullBackwardHook, FullBackwardPreHook } from './backwardHooks.ts';
import { type ForwardHook, type ForwardPreHook, type Hooks, noHooks, registered, runHooked } from './hooks.ts';
import { matchState } from './loadState.ts';

/**
 * A tensor that is learnt: a leaf that wants its gradient, and part of its module's `stateDict`. It shares `data`'s memory,
 * or holds a copy where `data` is a view that does not lie row-major in memory: optimizers write through it in one sweep.
 */
export class Parameter extends Tensor {
  /** Throws TensightError where `data` is no tensor. */
  constructor(data: Tensor, requiresGrad = true) {
    checkArguments(new.target, arguments);
    if (!(data instanceof Tensor)) throw noTensor('Parameter', data);
    const own = compacted(data);
    super(own, own.isMeta ? undefined : own.storage, own.strides, own.offset);
    this.requiresGrad = requiresGrad;
  }
}

/** A tensor that belongs to a module and is not learnt (a running mean, a position table). */
export class Buffer extends Tensor {
  /** False keeps it out of `stateDict`. */
  readonly persistent: boolean;
  /** Throws TensightError where `data` is no tensor. */
  constructor(data: Tensor, persistent = true) {
    checkArguments(new.target, arguments);
    if (!(data instanceof Tensor)) throw noTensor('Buffer', data);
    const own = compacted(data);
    super(own, own.isMeta ? undefined : own.storage, own.strides, own.offset);
    this.persistent = persistent;
    if (data.isMeta && isOnes(data)) markOnes(this);
  }
}

function compacted(data: Tensor): Tensor {
  const spec = { shape: data.shape, dtype: data.dtype, axes: data.axes };
  if (data.isMeta) return new Tensor(spec, undefined);
  if (data.isContiguous) return data;
  const copy = new Tensor(spec, context.backend.allocate(data.dtype, data.numel));
  context.backend.copy(data, copy);
  return copy;
}

/** Parameters and buffers by their PyTorch names: what `save` writes and `loadStateDict` reads. */
export type StateDict = Record<string, Tensor>;

/** How a state is loaded. */
export interface LoadOptions {
  /** Whether every name must be in both. Default true. */
  readonly strict?: boolean;
}

/** Names that a model and a state loaded into it do not share. */
export interface Unmatched {
  /** Of the model alone: left as they were. */
  readonly missingKeys: readonly string[];
  /** Of the state alone: left out. */
  readonly unexpectedKeys: readonly string[];
}

/** A module's hooks, for `observeForward`. */
let hooksOf: (module: Module) => Hooks | undefined;
/** The same, made where there are none yet. */
let ownHooks: (module: Module) => Hooks;
/** Whether a value was made as a module: a Proxy of one was not. */
let isMade: (value: object) => boolean;

/** Whether a value is a module itself; false of a Proxy of one, and of a class's prototype. */
export function isModule(value: unknown): value is Module {
  return typeof value === 'object' && value !== null && isMade(value);
}

/**
 * Base of every layer and model, PyTorch's `nn.Module`: fields that are modules, parameters or buffers are its parts, by
 * field name. A plain array of modules or parameters in a field counts as PyTorch's `ModuleList` does: `blocks.0`, `blocks.1`.
 * Calling `forward` is what runs it; every call is recorded, so there is no second name for it.
 */
export abstract class Module {
  /** Train or evaluation mode (dropout, batch norm). */
  training = true;

  /** Where a field's name in TypeScript differs from PyTorch's: `{ selfAttn: 'self_attn' }`. */
  protected static readonly stateNames: Readonly<Record<string, string>> = {};
  /** What a saved state may lack, by PyTorch's name: it stays as it is. */
  protected static readonly optionalState: readonly string[] = [];

  /** Made with the first hook: most modules have none. */
  #hooks: Hooks | undefined;

  static {
    hooksOf = (module) => module.#hooks;
    isMade = (value) => #hooks in value;
    ownHooks = (module) => {
      if (!isModule(module)) throw notItself((module as Module).constructor.name, 'layer');
      module.#hooks ??= noHooks();
      return module.#hooks;
    };
  }

  constructor() {
    // A layer without a constructor of its own hands on whatever it is given.
    if (arguments.length > 0) checkArguments(new.target, arguments);
    context.observer?.moduleCreated(this);
    observeForward(this);
  }

  /**
   * Computes the output; shapes and errors are those of the class. Write it for a model of your own, and call it by
   * this name: every call is recorded.
   */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses narrow the arguments; TypeScript has no other type that allows it
  abstract forward(...args: any[]): unknown;

  /** Constructor arguments worth seeing in a table, PyTorch's `extra_repr`: `64 → 256`. */
  extraRepr(): string {
    return '';
  }

  /** Direct children, `[name, module]`, in order of definition. */
  namedChildren(): [string, Module][] {
    return partsOf(this, Module);
  }

  /** Direct children, in order of definition. */
  children(): Module[] {
    return this.namedChildren().map(([, module]) => module);
  }

  /** This module and all below, `[path, module]`, parents first; a module met twice is listed once. */
  namedModules(prefix = '', seen: Set<Module> = new Set()): [string, Module][] {
    if (seen.has(this)) return [];
    if (!isModule(this)) throw notItself((this as Module).constructor.name, 'layer');
    seen.add(this);
    const out: [string, Module][] = [[prefix, this]];
    for (const [name, child] of this.namedChildren())
      out.push(...child.namedModules(prefix ? `${prefix}.${name}` : name, seen));
    return out;
  }

  /** Its own parameters, not its children's. */
  ownParameters(): [string, Parameter][] {
    return partsOf(this, Parameter);
  }

  /** Its own buffers, not its children's. */
  ownBuffers(): [string, Buffer][] {
    return partsOf(this, Buffer);
  }

  /** This module and all below, parents first. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
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

  /** All parameters, each once: what an optimizer is given. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** All buffers with their paths, those outside `stateDict` too. */
  namedBuffers(): [string, Buffer][] {
    return this.namedModules().flatMap(([path, module]) =>
      module.ownBuffers().map(([name, buffer]): [string, Buffer] => [path ? `${path}.${name}` : name, buffer]),
    );
  }

  /** All buffers, those outside `stateDict` too. */
  buffers(): Buffer[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /** Calls `visit` with every module below, then with this one, each once: to draw start values, `model.apply((m) => { … })`. */
  apply(visit: (module: Module) => void, seen: Set<Module> = new Set()): this {
    if (seen.has(this)) return this;
    seen.add(this);
    for (const [, child] of this.namedChildren()) child.apply(visit, seen);
    visit(this);
    return this;
  }

  /** Sets whether all parameters get gradients: `encoder.requiresGrad_(false)` freezes it. */
  requiresGrad_(wanted = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = wanted;
    return this;
  }

  /**
   * Parameters and persistent buffers by PyTorch's names: a tied parameter under each of its names, and the parts of a module that
   * stands in several places under each of its paths, as PyTorch does.
   */
  stateDict(): StateDict {
    const out: StateDict = {};
    collectState(this, out, '', new Set());
    return out;
  }

  /**
   * Copies values in, by name. Names that are missing or unexpected and shapes that do not fit are one TensightError, and nothing is
   * changed. Not `strict`: what is missing stays as it is and what is unexpected is left out; both are given back. As in PyTorch a batch
   * norm's count of batches may be missing; a tied tensor may be there under one of its names.
   */
  loadStateDict(state: StateDict, { strict = true }: LoadOptions = {}): Unmatched {
    const optional = new Set(
      this.namedModules().flatMap(([path, module]) =>
        (module.constructor as typeof Module).optionalState.map((name) => (path ? `${path}.${name}` : name)),
      ),
    );
    const owner = this.constructor.name;
    const { pairs, missing, unexpected } = matchState(this.stateDict(), state, { strict, optional, owner });
    for (const [target, source] of pairs) {
      if (target.isMeta) continue;
      writable(target.storage);
      context.backend.copy(source, target);
    }
    return { missingKeys: missing, unexpectedKeys: unexpected };
  }

  /** Sets train (or evaluation) mode here and below. */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  /** Sets evaluation mode here and below: dropout does nothing, batch norm uses its running statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Has `hook` called before each `forward`, in order of registration; a list it returns takes the arguments' place. */
  registerForwardPreHook(hook: ForwardPreHook): HookHandle {
    return registered(ownHooks(this).before, hook);
  }

  /** Has `hook` called after each `forward`, in order of registration; what it returns takes the result's place. */
  registerForwardHook(hook: ForwardHook): HookHandle {
    return registered(ownHooks(this).after, hook);
  }

  /**
   * Has `hook` called in each `backward()` with the gradients of the result, before they go into the module; a list it returns takes
   * their place. A result that is a list has a gradient for each of its tensors.
   */
  registerFullBackwardPreHook(hook: FullBackwardPreHook): HookHandle {
    return registered(ownHooks(this).backwardBefore, hook);
  }

  /**
   * Has `hook` called in each `backward()` with the gradients of arguments and result, once all are there; a list it returns takes
   * the place of the arguments'. What is no tensor, or wants no gradient, has none. Register it before `forward`.
   */
  registerFullBackwardHook(hook: FullBackwardHook): HookHandle {
    return registered(ownHooks(this).backward, hook);
  }

  /** Forgets the gradients of all parameters. Call it before each `backward()`, which adds to what is there. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = undefined;
  }

  /** The module tree, one line a module, as PyTorch prints it. */
  toString(): string {
    const children = this.namedChildren();
    const head = `${this.constructor.name}(${this.extraRepr()}`;
    if (children.length === 0) return `${head})`;
    const lines = children.map(([name, child]) => `  (${name}): ${String(child).replaceAll('\n', '\n  ')}`);
    return `${head}\n${lines.join('\n')}\n)`;
  }

  /** What Node's console prints of it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** `around`: the modules this one is part of, since one that holds itself would have no end. */
function collectState(module: Module, out: StateDict, prefix: string, around: Set<Module>): void {
  if (around.has(module)) return;
  around.add(module);
  for (const [name, parameter] of module.ownParameters()) out[prefix + name] = parameter;
  for (const [name, buffer] of module.ownBuffers()) if (buffer.persistent) out[prefix + name] = buffer;
  for (const [name, child] of module.namedChildren()) collectState(child, out, `${prefix}${name}.`, around);
  around.delete(module);
}

/** A module's fields, and items of plain arrays in them, that are of this class, by PyTorch's names. */
function partsOf<T>(module: Module, kind: abstract new (...args: never[]) => T): [string, T][] {
  const { stateNames: names } = module.constructor as unknown as {
    readonly stateNames: Readonly<Record<string, string>>;
  };
  const out: [string, T][] = [];
  if (!isModule(module)) throw notItself((module as Module).constructor.name, 'layer');
  // A trace asks every module: most fields are numbers, and an iterator costs more than what it goes through.
  for (const field of Object.keys(module)) {
    const value = (module as unknown as Record<string, unknown>)[field];
    if (typeof value !== 'object' || value === null) continue;
    const name = names[field] ?? field;
    if (value instanceof kind) out.push([itself(module, name, value), value]);
    else if (Array.isArray(value))
      for (let i = 0; i < value.length; i++)
        if (value[i] instanceof kind) out.push([itself(module, `${name}.${i}`, value[i]), value[i]]);
  }
  return out;
}

/** The name of a part. Throws TensightError where it only passes for one. */
function itself(module: Module, name: string, value: unknown): string {
  if (isModule(value) || isTensor(value)) return name;
  throw notItself(`${module.constructor.name}.${name}`, value instanceof Module ? 'layer' : 'tensor');
}

watchModules(Module.prototype, () => Object.getOwnPropertyNames(Module.prototype));

const observed = Symbol('observed');
type Forward = ((...args: unknown[]) => unknown) & { [observed]?: Forward };

/** A module's `forward` as it was written, without the recorder around it. */
export function writtenForward(module: Module): (...args: unknown[]) => unknown {
  const forward = module.forward as Forward;
  return forward[observed] ?? forward;
}

/** Puts the recorder around this object's `forward`, once. Called again after construction for models whose `forward` is a field. */
export function observeForward(module: Module): void {
  const forward = module.forward as Forward;
  if (typeof forward !== 'function' || forward[observed]) return;
  const recorded = (...args: unknown[]): unknown => {
    const observer = context.observer;
    const hooks = hooksOf(module);
    if (observer === undefined)
      return hooks === undefined ? forward.apply(module, args) : runHooked(module, forward, args, hooks);
    const token = observer.callStart(module, args);
    let result: unknown;
    let failed = true;
    try {
      result = hooks === undefined ? forward.apply(module, args) : runHooked(module, forward, args, hooks);
      failed = false;
      return result;
    } finally {
      observer.callEnd(token, module, result, failed);
    }
  };
  // In a stack it goes by the name of what it records.
  const wrapped: Forward = Object.defineProperty(recorded, 'name', { value: 'forward' });
  wrapped[observed] = forward;
  Object.defineProperty(module, 'forward', { value: wrapped, enumerable: false, writable: true, configurable: true });
}
