/**
 * Writes down a run while it happens. It watches through `context.observer`, keeps the tensors, and changes nothing: with
 * and without it a model computes the same numbers. `finish()` (in finish.ts) turns the notes into a `ModelTrace`.
 */
import type { Node } from '../autograd/node.ts';
import type { Observer } from '../context.ts';
import { context } from '../context.ts';
import { OutOfMemoryError, StopRun } from '../errors.ts';
import { bytes } from '../format/numbers.ts';
import { isDefinedModel } from '../model.ts';
import type { Module } from '../nn/module.ts';
import type { AnyOp, Attributes } from '../ops/op.ts';
import { formatSize } from '../tensor/memory.ts';
import { byteLength, type Spec } from '../tensor/shape.ts';
import { isTensor, type Tensor } from '../tensor/tensor.ts';
import { GradientStore } from './gradients.ts';
import type { Probe } from './probe.ts';
import { Shelf } from './shelf.ts';
import { surplusOf } from './surplus.ts';
import type { SiteId, TensorId, ValueRef } from './trace.ts';
import { isTensorOrModule, type Registry, refOf } from './values.ts';

export interface OpNote {
  readonly op: AnyOp;
  readonly attrs: Attributes;
  readonly inputs: readonly TensorId[];
  readonly output: TensorId;
  readonly call: number | undefined;
  readonly site: SiteId | undefined;
  readonly flops: number;
  readonly ms: number | undefined;
}

export interface CallNote {
  readonly module: Module;
  readonly parent: number | undefined;
  readonly site: SiteId | undefined;
  readonly inputs: readonly ValueRef[];
  /** How many operations ran before it. */
  readonly firstOp: number;
  output: ValueRef | undefined;
  flops: number;
  ms: number | undefined;
}

export type Phase = 'build' | 'forward' | 'loss' | 'backward' | 'statistics';

export interface RecorderOptions {
  readonly probe: Probe;
  readonly timed: boolean;
  readonly memoryLimit: number;
  /** What the limit is called where it can be changed. */
  readonly memoryLimitName?: string | undefined;
  now(): number;
  cancelled(): boolean;
  progress(phase: Phase, ops: number, bytes: number): void;
}

const keptValues = 32;
/** A program that goes on for ever must leave a trace that can still be written: what ran first is what is kept. */
const keptOps = 30_000;
/** A shape run that gets this far is in a loop: it is ended before its graph has eaten the memory. */
const mostShapeOps = 250_000;
const notKept = -1;
const mostRemarks = 100;

export class Recorder implements Observer, Registry {
  readonly tensors: Tensor[] = [];
  readonly ops: OpNote[] = [];
  readonly calls: CallNote[] = [];
  readonly modules: Module[] = [];
  readonly moduleSites = new Map<Module, SiteId>();
  readonly values = new Map<SiteId, { count: number; values: { value: ValueRef; call?: number }[] }>();
  /** Goes up with every tensor, module and holder of them that is met. */
  #met = 0;
  /** By site: `#met` when an object without any was looked through there. */
  readonly #lookedAt: number[] = [];
  /** Modules that were made while the model ran. */
  readonly madeInForward = new WeakSet<Module>();
  /** The op that made each tensor. */
  readonly madeBy = new Map<TensorId, number>();
  /** The innermost call that failed last; `hidden` where the expression under way is that of the call around it. */
  failed: { readonly module: Module; readonly hidden: boolean } | undefined;
  phase: Phase = 'build';
  /** What the model is given: its inputs and targets. */
  readonly given = new Set<TensorId>();
  /** Calls still to come before the run may stop, by module; the run stops when all are down to zero. */
  remaining: Map<Module, number> | undefined;
  bytes = 0;
  /** What operations and layers found odd, and where; each once a place. */
  readonly remarks = new Map<
    string,
    { readonly message: string; readonly hint: string; readonly site: SiteId | undefined }
  >();
  /** While true, what happens is of the file and not of this model: it is kept only as far as the model comes to use it. */
  shelving = false;
  readonly #shelf = new Shelf();
  readonly #gradients = new GradientStore();
  /** Before the step of backward that is under way. */
  #bytesBefore = 0;
  #executed = 0;
  #full = false;
  readonly #ids = new Map<Tensor, TensorId>();
  readonly #moduleIds = new Map<Module, number>();
  readonly #definitions = new Map<object, SiteId>();
  readonly #callStack: number[] = [];
  readonly #started: number[] = [];

  readonly probe: Probe;

  constructor(private readonly options: RecorderOptions) {
    this.probe = options.probe;
    options.probe.onValue = (site, value) => this.#value(site, value);
  }

  tensorId(tensor: Tensor): TensorId {
    let id = this.#ids.get(tensor);
    if (id === undefined) {
      id = this.tensors.length;
      this.tensors.push(tensor);
      this.#ids.set(tensor, id);
      this.#unshelve(tensor, id);
    }
    return id;
  }

  /** What the file's own statements noted of a tensor becomes part of the trace. */
  #unshelve(tensor: Tensor, id: TensorId): void {
    const { op, sites } = this.#shelf.take(tensor);
    for (const site of sites) this.#keep(site, { kind: 'tensor', tensor: id }, undefined);
    if (op === undefined) return;
    const inputs = op.inputs.map((input) => this.tensorId(input));
    this.madeBy.set(id, this.ops.length);
    this.ops.push({ ...op, inputs, output: id, call: undefined });
  }

  /** The id of a tensor that was seen already. */
  knownTensor(tensor: Tensor): TensorId | undefined {
    return this.#ids.get(tensor);
  }

  moduleId(module: Module): number {
    let id = this.#moduleIds.get(module);
    if (id === undefined) {
      id = this.modules.length;
      this.modules.push(module);
      this.#moduleIds.set(module, id);
    }
    return id;
  }

  /** The first expression that held this tensor. */
  firstSite(id: TensorId): SiteId | undefined {
    for (const [site, { values }] of this.values)
      if (values.some(({ value }) => value.kind === 'tensor' && value.tensor === id)) return site;
    return undefined;
  }

  /** The `defineModel(...)` that gave this definition. */
  definitionSite(definition: object): SiteId | undefined {
    return this.#definitions.get(definition);
  }

  /** Operations that ran in all, where they were too many to keep. */
  get ran(): number | undefined {
    return this.#full ? this.#executed : undefined;
  }

  opStart(_op: AnyOp, _inputs: readonly Tensor[]): number {
    if (this.options.cancelled()) throw new StopRun('cancelled');
    if (!this.options.timed && this.#executed >= mostShapeOps) throw new StopRun('timeout');
    if ((++this.#executed & 63) === 0) this.options.progress(this.phase, this.#executed, this.bytes);
    return this.options.timed ? this.options.now() : 0;
  }

  opEnd(token: number, op: AnyOp, inputs: readonly Tensor[], attrs: Attributes, output: Tensor): void {
    this.#met++;
    if (this.#full) return;
    // Gradients are told by `gradient`; the operations that compute them are not part of what the person wrote.
    if (this.phase === 'backward') return;
    const flops = op.flops(inputs, output, attrs);
    const site = this.options.probe.current;
    const ms = this.options.timed ? this.options.now() - token : undefined;
    if (this.shelving) return this.#shelf.putOp(output, { op, attrs, inputs, site, flops, ms });
    const call = this.#callStack[this.#callStack.length - 1];
    if (call !== undefined) this.calls[call]!.flops += flops;
    this.#full = this.ops.length + 1 >= keptOps;
    const operands = inputs.map((input) => this.tensorId(input));
    const out = this.tensorId(output);
    this.madeBy.set(out, this.ops.length);
    this.ops.push({ op, attrs, inputs: operands, output: out, call, site, flops, ms });
  }

  moduleCreated(module: Module): void {
    if (this.phase === 'forward') this.madeInForward.add(module);
    this.#met++;
    const site = this.options.probe.current;
    if (site !== undefined) this.moduleSites.set(module, site);
  }

  callStart(module: Module, args: readonly unknown[]): number {
    const surplus = surplusOf(module, args);
    if (surplus !== undefined) this.remark(surplus.message, surplus.hint);
    const id = this.calls.length;
    this.#full ||= this.ops.length >= keptOps || id >= keptOps;
    if (this.#full || this.shelving) return notKept;
    this.calls.push({
      module,
      parent: this.#callStack[this.#callStack.length - 1],
      site: this.options.probe.current,
      inputs: args.flatMap((arg) => refOf(arg, this) ?? []),
      firstOp: this.ops.length,
      output: undefined,
      flops: 0,
      ms: undefined,
    });
    this.#callStack.push(id);
    this.#started.push(this.options.timed ? this.options.now() : 0);
    return id;
  }

  callEnd(token: number, module: Module, result: unknown, failed: boolean): void {
    if (token === notKept) {
      if (!failed) this.#countDown(module);
      return;
    }
    const call = this.calls[token]!;
    this.#callStack.pop();
    const started = this.#started.pop() ?? 0;
    if (this.options.timed) call.ms = this.options.now() - started;
    if (call.parent !== undefined) this.calls[call.parent]!.flops += call.flops;
    if (failed) {
      const outer = call.parent === undefined ? undefined : this.calls[call.parent];
      this.failed ??= { module, hidden: outer !== undefined && outer.site === call.site };
      return;
    }
    this.failed = undefined;
    call.output = refOf(result, this);
    this.#countDown(module);
  }

  remark(message: string, hint: string): void {
    const site = this.probe.current;
    if (this.remarks.size < mostRemarks) this.remarks.set(`${site} ${message}`, { message, hint, site });
  }

  gradient(tensor: Tensor, gradient: Tensor, part?: Node): void {
    const id = this.#ids.get(tensor);
    const partId = part && this.#ids.get(part.output);
    if (id !== undefined)
      this.bytes += this.#gradients.keep(
        id,
        tensor,
        gradient,
        partId === undefined ? undefined : { id: partId, by: part! },
      );
    this.#bytesBefore = this.bytes;
  }

  /** ∂L/∂tensor, by the tensor's id. */
  get gradients(): ReadonlyMap<TensorId, Tensor> {
    return this.#gradients.all;
  }

  backwardOp(_node: Node, bytes: number): void {
    this.bytes = this.#bytesBefore + bytes;
  }

  allocate(spec: Spec, what: string): void {
    const held = this.bytes;
    this.bytes += byteLength(spec);
    context.kept?.makeRoom(this.bytes);
    if (this.bytes > this.options.memoryLimit)
      throw new OutOfMemoryError(
        `${what}: a tensor ${formatSize(spec)} does not fit: the run holds ${bytes(held)}, its limit is ${bytes(this.options.memoryLimit)}`,
        `Use a smaller sample input, or raise ${this.options.memoryLimitName ?? 'the memory limit'}.`,
      );
  }

  #countDown(module: Module): void {
    const left = this.remaining?.get(module);
    if (left === undefined) return;
    if (left > 1) this.remaining!.set(module, left - 1);
    else this.remaining!.delete(module);
    if (this.remaining!.size === 0) throw new StopRun('reached');
  }

  /**
   * Code that computes without tensors brings millions of objects here, and looking through one takes as long as all else it does. No
   * tensor gets into an object without being met on its way there; where none was since the last look, there is none to be found.
   */
  #value(site: SiteId, value: object): void {
    if (ArrayBuffer.isView(value)) return;
    const definition = isDefinedModel(value);
    if (definition && !this.#definitions.has(value)) this.#definitions.set(value, site);
    if (!definition && !isTensorOrModule(value) && this.#lookedAt[site] === this.#met) return;
    if (this.shelving) {
      if (isTensor(value)) this.#shelf.putSite(value, site);
      return;
    }
    const seen = this.values.get(site);
    if (seen !== undefined && seen.values.length >= keptValues) {
      seen.count++;
      this.#met++;
      return;
    }
    const ref = refOf(value, this);
    if (ref === undefined && !definition) {
      this.#lookedAt[site] = this.#met;
      return;
    }
    this.#met++;
    if (ref !== undefined) this.#keep(site, ref, this.#callStack[this.#callStack.length - 1]);
  }

  #keep(site: SiteId, value: ValueRef, call: number | undefined): void {
    const entry = call === undefined ? { value } : { value, call };
    const seen = this.values.get(site);
    if (seen === undefined) this.values.set(site, { count: 1, values: [entry] });
    else {
      seen.count++;
      if (seen.values.length < keptValues) seen.values.push(entry);
    }
  }
}
