/** Modules that hold modules, or parameters. */

import { TensightError } from '../errors.ts';
import { inWords, isClass } from '../inWords.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { Layer } from './layer.ts';
import { Module, type Parameter } from './module.ts';

/** A layer that takes one tensor and gives one. */
export interface TensorLayer extends Module {
  forward(x: Tensor): Tensor;
}

/** Layers by name, in order: an object, a Map, or pairs. */
export type NamedLayers = Readonly<Record<string, TensorLayer>> | Iterable<readonly [name: string, layer: TensorLayer]>;

/**
 * Layers one after the other: each gets what the one before gave. `new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU())`; with names, which
 * are its state's keys, `new nn.Sequential({ fc1: new nn.Linear(4, 8), act: new nn.ReLU() })`, PyTorch's OrderedDict.
 */
export class Sequential extends Layer implements Iterable<TensorLayer> {
  readonly #layers = new Map<string, TensorLayer>();

  constructor(...layers: TensorLayer[]);
  /** Throws TensightError for a name that is empty or has a dot in it. */
  constructor(layers: NamedLayers);
  constructor(...given: readonly (TensorLayer | NamedLayers)[]) {
    checkArguments(new.target, arguments);
    super();
    const named = given.length === 1 ? entriesOf(given[0]) : undefined;
    for (const [name, layer] of named ?? given.entries()) {
      if (!(layer instanceof Module))
        throw new TensightError(
          `Sequential: expected a layer at ${named === undefined ? name : `'${name}'`}, got ${inWords(layer)}`,
          whatIsALayer(layer),
        );
      this.#layers.set(moduleName('Sequential', String(name)), layer as TensorLayer);
    }
  }

  /** What the first layer takes → what the last one gives. */
  forward(x: Tensor): Tensor {
    let h = x;
    for (const layer of this.#layers.values()) h = layer.forward(h);
    return h;
  }

  /** Number of layers. */
  get length(): number {
    return this.#layers.size;
  }

  /** The layer at `index`; −1 is the last. */
  at(index: number): TensorLayer {
    return layerAt('Sequential', [...this.#layers.values()], index);
  }

  /** The layer of this name; without names of their own they are numbered. Throws TensightError where there is none. */
  get(name: string): TensorLayer {
    return moduleOf('Sequential', this.#layers, name);
  }

  /** Adds a layer at the end, by its number. */
  append(layer: TensorLayer): this {
    this.#layers.set(String(this.#layers.size), layer);
    return this;
  }

  /** Adds a layer under a name, or puts it in another's place. */
  set(name: string, layer: TensorLayer): this {
    this.#layers.set(moduleName('Sequential', name), layer);
    return this;
  }

  /** The layers in order. */
  [Symbol.iterator](): IterableIterator<TensorLayer> {
    return this.#layers.values();
  }

  override namedChildren(): [string, Module][] {
    return [...this.#layers];
  }
}

/** Names and layers, where they were given so: in a Map, in pairs, in an object whose values are layers. */
function entriesOf(given: unknown): Iterable<readonly [string, unknown]> | undefined {
  if (typeof given !== 'object' || given === null || given instanceof Module) return undefined;
  if (given instanceof Map) return given as Map<string, unknown>;
  if (Array.isArray(given)) {
    const pairs = given.length > 0 && given.every((each) => Array.isArray(each) && typeof each[0] === 'string');
    return pairs ? (given as [string, unknown][]) : undefined;
  }
  if (Symbol.iterator in given) return given as Iterable<readonly [string, unknown]>;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === null || Object.getPrototypeOf(prototype) === null ? Object.entries(given) : undefined;
}

/** Throws TensightError for a name that would not be told from a path. */
function moduleName(owner: string, name: string): string {
  if (name === '' || name.includes('.'))
    throw new TensightError(`${owner}: '${name}' can't be the name of a module`, 'Choose a name without a dot.');
  return name;
}

function moduleOf<M>(owner: string, modules: ReadonlyMap<string, M>, name: string): M {
  const module = modules.get(name);
  if (module === undefined)
    throw new TensightError(`${owner}: no module '${name}'`, `There are ${[...modules.keys()].join(', ')}.`);
  return module;
}

function whatIsALayer(value: unknown): string {
  if (Array.isArray(value)) return 'Pass the layers one by one: new nn.Sequential(...layers).';
  if (typeof value === 'object' && value !== null && Object.values(value).some((item) => item instanceof Module))
    return 'Pass the layers one by one, or all by name in one object: new nn.Sequential(a, b), new nn.Sequential({ a, b }).';
  if (typeof value === 'function')
    return isClass(value)
      ? `Make an object of the class: new nn.${value.name}().`
      : 'Write the layer of that name, such as new nn.ReLU(), or a module whose forward calls the function.';
  return 'Every layer is an nn.Module.';
}

/** A list of modules that its owner calls as it likes: `for (const block of this.blocks) x = block.forward(x)`. */
export class ModuleList<M extends Module = Module> extends Layer implements Iterable<M> {
  readonly #modules: M[];

  constructor(modules: Iterable<M> = []) {
    checkArguments(new.target, arguments);
    super();
    this.#modules = [...modules];
  }

  /** A list is not a layer: its owner, or a class of your own that extends it, says how its modules are called. Always throws. */
  forward(..._args: never[]): unknown {
    throw new TensightError(
      'ModuleList: has no forward of its own',
      'Loop over it: for (const layer of this.layers) x = layer.forward(x). Or use nn.Sequential.',
    );
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at `index`; −1 is the last. */
  at(index: number): M {
    return layerAt('ModuleList', this.#modules, index);
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this.#modules.push(module);
    return this;
  }

  /** The modules in order. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.#modules[Symbol.iterator]();
  }

  override namedChildren(): [string, Module][] {
    return this.#modules.map((module, i) => [String(i), module]);
  }
}

/** Modules by name, that their owner calls as it likes: `this.heads.get('colour').forward(x)`. State keys are the names. */
export class ModuleDict<M extends Module = Module> extends Layer implements Iterable<[string, M]> {
  readonly #modules: Map<string, M>;

  /** Throws TensightError for a name that is empty or has a dot in it, which would not be told from a path. */
  constructor(modules: Readonly<Record<string, M>> = {}) {
    checkArguments(new.target, arguments);
    super();
    this.#modules = new Map();
    for (const [name, module] of Object.entries(modules)) this.set(name, module);
  }

  /** A dictionary is not a layer: its owner, or a class of your own that extends it, says how its modules are called. Always throws. */
  forward(..._args: never[]): unknown {
    throw new TensightError(
      'ModuleDict: has no forward of its own',
      "Call one of its modules: this.heads.get('name').forward(x).",
    );
  }

  /** The module of this name. Throws TensightError where there is none. */
  get(name: string): M {
    return moduleOf('ModuleDict', this.#modules, name);
  }

  /** Adds a module, or puts it in another's place. */
  set(name: string, module: M): this {
    this.#modules.set(moduleName('ModuleDict', name), module);
    return this;
  }

  /** Number of modules. */
  get size(): number {
    return this.#modules.size;
  }

  /** Names and modules, in order of addition. */
  [Symbol.iterator](): IterableIterator<[string, M]> {
    return this.#modules[Symbol.iterator]();
  }

  override namedChildren(): [string, Module][] {
    return [...this.#modules];
  }
}

/** Parameters in a row, that their owner uses as it likes: `for (const scale of this.scales) …`. State keys are their numbers. */
export class ParameterList extends Layer implements Iterable<Parameter> {
  readonly #parameters: Parameter[];

  constructor(parameters: Iterable<Parameter> = []) {
    checkArguments(new.target, arguments);
    super();
    this.#parameters = [...parameters];
  }

  /** A list is not a layer: its owner says how its parameters are used. Always throws. */
  forward(..._args: never[]): unknown {
    throw new TensightError(
      'ParameterList: has no forward of its own',
      'Use one of its parameters: x.mul(this.scales.at(0)).',
    );
  }

  /** Number of parameters. */
  get length(): number {
    return this.#parameters.length;
  }

  /** The parameter at `index`; −1 is the last. */
  at(index: number): Parameter {
    const parameter = this.#parameters.at(index);
    if (parameter === undefined)
      throw new TensightError(`ParameterList: no parameter ${index}, it has ${this.#parameters.length}`);
    return parameter;
  }

  /** Adds a parameter at the end. */
  append(parameter: Parameter): this {
    this.#parameters.push(parameter);
    return this;
  }

  /** The parameters in order. */
  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.#parameters[Symbol.iterator]();
  }

  override ownParameters(): [string, Parameter][] {
    return this.#parameters.map((parameter, i) => [String(i), parameter]);
  }
}

/** Parameters by name, that their owner uses as it likes: `this.scales.get('left')`. State keys are the names. */
export class ParameterDict extends Layer implements Iterable<[string, Parameter]> {
  readonly #parameters: Map<string, Parameter>;

  /** Throws TensightError for a name that is empty or has a dot in it, which would not be told from a path. */
  constructor(parameters: Readonly<Record<string, Parameter>> = {}) {
    checkArguments(new.target, arguments);
    super();
    this.#parameters = new Map();
    for (const [name, parameter] of Object.entries(parameters)) this.set(name, parameter);
  }

  /** A dictionary is not a layer: its owner says how its parameters are used. Always throws. */
  forward(..._args: never[]): unknown {
    throw new TensightError(
      'ParameterDict: has no forward of its own',
      "Use one of its parameters: this.scales.get('name').",
    );
  }

  /** The parameter of this name. Throws TensightError where there is none. */
  get(name: string): Parameter {
    const parameter = this.#parameters.get(name);
    if (parameter === undefined)
      throw new TensightError(
        `ParameterDict: no parameter '${name}'`,
        `There are ${[...this.#parameters.keys()].join(', ')}.`,
      );
    return parameter;
  }

  /** Adds a parameter, or puts it in another's place. */
  set(name: string, parameter: Parameter): this {
    if (name === '' || name.includes('.'))
      throw new TensightError(
        `ParameterDict: '${name}' can't be the name of a parameter`,
        'Choose a name without a dot.',
      );
    this.#parameters.set(name, parameter);
    return this;
  }

  /** Number of parameters. */
  get size(): number {
    return this.#parameters.size;
  }

  /** Names and parameters, in order of addition. */
  [Symbol.iterator](): IterableIterator<[string, Parameter]> {
    return this.#parameters[Symbol.iterator]();
  }

  override ownParameters(): [string, Parameter][] {
    return [...this.#parameters];
  }
}

function layerAt<M>(owner: string, layers: readonly M[], index: number): M {
  const layer = layers.at(index);
  if (layer === undefined) throw new TensightError(`${owner}: no layer ${index}, it has ${layers.length}`);
  return layer;
}
