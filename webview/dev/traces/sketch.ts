/** Draws a trace by hand, as a run would have left it: for the development page and the tests, which have no engine. */
import type {
  AttentionRecord,
  CallRecord,
  FileTrace,
  ModelTrace,
  ModuleRecord,
  OpRecord,
  Problem,
  RunMode,
  Site,
  Statistics,
  TensorRecord,
} from '../../../core/trace/trace.ts';
import { random } from './random.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft<T> = Mutable<T>;
export type Ailment = 'nan' | 'dead' | 'vanishing' | 'exploding';

export interface SketchOptions {
  readonly name: string;
  readonly exportName?: string;
  readonly className: string;
  readonly mode: RunMode;
  readonly run: number;
  readonly file?: string;
  readonly lossSource?: 'defined' | 'sum of output';
  /** What is wrong with the gradient (and for `nan` the value) of a layer. */
  readonly ailments?: Readonly<Record<string, Ailment>>;
}

export class Sketch {
  readonly modules: Draft<ModuleRecord>[] = [];
  readonly calls: Draft<CallRecord>[] = [];
  readonly ops: OpRecord[] = [];
  readonly tensors: Draft<TensorRecord>[] = [];
  readonly attention: AttentionRecord[] = [];
  readonly sites: Site[] = [];
  readonly problems: Problem[] = [];
  readonly #random = random(7);
  readonly #stack: number[] = [];
  #failed = false;

  constructor(readonly options: SketchOptions) {}

  get executed(): boolean {
    return this.options.mode !== 'shape';
  }

  site(line: number, text: string, scope = ''): number {
    const range = { start: { line: line - 1, character: 4 }, end: { line: line - 1, character: 4 + text.length } };
    return this.sites.push({ file: this.file, range, text, kind: 'expression', scope }) - 1;
  }

  get file(): string {
    return this.options.file ?? 'file:///project/examples/transformer.model.ts';
  }

  tensor(shape: readonly number[], names: readonly string[], rest: Partial<TensorRecord> = {}): number {
    const count = shape.reduce((a, b) => a * b, 1);
    const id = this.tensors.length;
    const stats = this.executed
      ? { stats: this.stats(count, 0.02 * (this.#random() - 0.5), 0.6 + 0.6 * this.#random()) }
      : {};
    this.tensors.push({
      id,
      shape,
      axes: shape.map((_, i) => (names[i] === undefined || names[i] === '' ? {} : { name: names[i] })),
      dtype: 'f32',
      bytes: count * 4,
      role: 'activation',
      requiresGrad: true,
      held: this.executed,
      ...stats,
      ...rest,
    });
    return id;
  }

  labels(tensor: number, axis: number, labels: readonly string[]): void {
    const record = this.tensors[tensor];
    if (record !== undefined) record.axes = record.axes.map((own, i) => (i === axis ? { ...own, labels } : own));
  }

  stats(count: number, mean: number, std: number): Statistics {
    const reach = 2 + 1.6 * this.#random();
    return {
      count,
      min: mean - std * reach,
      max: mean + std * reach * 1.1,
      mean,
      std,
      norm: Math.sqrt(count) * Math.hypot(mean, std),
      nan: 0,
      posInf: 0,
      negInf: 0,
      zeros: 0,
    };
  }

  module(
    path: string,
    className: string,
    rest: { detail?: string; line?: number; own?: Readonly<Record<string, readonly number[]>> } = {},
  ): number {
    const parentPath = path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
    const parent = path === '' ? undefined : this.modules.findIndex((module) => module.path === parentPath);
    const own = Object.entries(rest.own ?? {}).map(([name, shape]) => ({
      name,
      kind: 'parameter' as const,
      tensor: this.tensor(shape, [], { role: 'parameter', name: `${path}.${name}` }),
    }));
    const id = this.modules.length;
    this.modules.push({
      id,
      path,
      name: path.slice(path.lastIndexOf('.') + 1),
      className,
      ...(parent === undefined ? {} : { parent }),
      site: this.site(rest.line ?? 10 + (id % 60), `new nn.${className}(…)`),
      own,
      parameters: 0,
      trainable: 0,
      ...(rest.detail === undefined ? {} : { detail: rest.detail }),
      training: true,
      calls: [],
    });
    return id;
  }

  /** One call of a module: what happens inside is recorded as its own. */
  call(module: number, inputs: readonly number[], line: number, body: () => number): number {
    const record = this.modules[module];
    if (record === undefined || this.#failed) return inputs[0] ?? 0;
    const id = this.calls.length;
    const parent = this.#stack.at(-1);
    const call: Draft<CallRecord> = {
      id,
      module,
      ...(parent === undefined ? {} : { parent }),
      site: this.site(line, `this.${record.name}.forward(…)`),
      inputs: inputs.map((tensor) => ({ kind: 'tensor', tensor })),
      firstOp: this.ops.length,
      flops: 0,
    };
    this.calls.push(call);
    record.calls = [...record.calls, id];
    this.#stack.push(id);
    const output = body();
    this.#stack.pop();
    if (this.#failed) return output;
    call.output = { kind: 'tensor', tensor: output };
    call.flops = this.ops
      .filter((op) => op.call !== undefined && this.#inside(op.call, id))
      .reduce((sum, op) => sum + op.flops, 0);
    if (this.executed) call.ms = call.flops / 4e8 + 0.004 + 0.01 * this.#random();
    return output;
  }

  #inside(call: number, ancestor: number): boolean {
    for (let at: number | undefined = call; at !== undefined; at = this.calls[at]?.parent)
      if (at === ancestor) return true;
    return false;
  }

  op(
    name: string,
    inputs: readonly number[],
    shape: readonly number[],
    names: readonly string[],
    flops = 0,
    line?: number,
  ): number {
    if (this.#failed) return inputs[0] ?? 0;
    const call = this.#stack.at(-1);
    const op = this.ops.length;
    const output = this.tensor(shape, names, { op });
    const first = this.tensors[inputs[0] ?? -1];
    const made = this.tensors[output];
    if (made !== undefined && first !== undefined)
      made.axes = made.axes.map((axis, i) => {
        const labels = first.axes.find((other) => other.name === axis.name)?.labels;
        return labels === undefined || shape[i] !== labels.length ? axis : { ...axis, labels };
      });
    this.ops.push({
      name,
      inputs,
      output,
      flops,
      ...(call === undefined ? {} : { call }),
      ...(line === undefined ? {} : { site: this.site(line, `.${name}(…)`) }),
    });
    return output;
  }

  attend(record: Omit<AttentionRecord, 'id' | 'call' | 'site'>): void {
    const call = this.#stack.at(-1);
    const site = call === undefined ? undefined : this.calls[call]?.site;
    if (!this.#failed)
      this.attention.push({
        id: this.attention.length,
        ...record,
        ...(call === undefined ? {} : { call }),
        ...(site === undefined ? {} : { site }),
      });
  }

  /** Ends the run here, as an error would. */
  fail(problem: Omit<Problem, 'severity'>): void {
    if (this.#failed) return;
    this.problems.push({ severity: 'error', ...problem });
    this.#failed = true;
  }

  model(rest: Partial<ModelTrace> = {}): ModelTrace {
    this.#parameters();
    if (this.options.mode === 'backward') this.#gradients();
    const output = this.calls[0]?.output;
    const activations = this.tensors
      .filter((tensor) => tensor.role === 'activation')
      .reduce((sum, tensor) => sum + tensor.bytes, 0);
    const parameters = this.modules[0]?.parameters ?? 0;
    const ms = this.calls[0]?.ms;
    return {
      name: this.options.name,
      exportName: this.options.exportName ?? 'default',
      className: this.options.className,
      provenance: this.executed ? 'executed' : 'inferred',
      seed: 0,
      inputs: [],
      ...(output === undefined ? {} : { output }),
      ...(this.options.mode === 'backward'
        ? { loss: { tensor: 0, value: 3.2189, source: this.options.lossSource ?? 'defined' } }
        : {}),
      modules: this.modules,
      calls: this.calls,
      ops: this.ops,
      tensors: this.tensors,
      values: {},
      attention: this.attention,
      totals: {
        parameters,
        trainable: parameters,
        parameterBytes: parameters * 4,
        activationBytes: activations,
        flops: this.calls[0]?.flops ?? 0,
        ...(ms === undefined ? {} : { ms }),
      },
      complete: !this.#failed,
      ...rest,
    };
  }

  trace(models: readonly ModelTrace[] = [this.model()]): FileTrace {
    return {
      format: 'tensight-trace',
      version: 1,
      file: this.file,
      run: this.options.run,
      mode: this.options.mode,
      models,
      sites: this.sites,
      problems: this.problems,
      ms: 12,
    };
  }

  #parameters(): void {
    for (const module of [...this.modules].reverse()) {
      const own = module.own.reduce(
        (sum, each) => sum + (each.tiedTo === undefined ? (this.tensors[each.tensor]?.bytes ?? 0) / 4 : 0),
        0,
      );
      const below = this.modules
        .filter((child) => child.parent === module.id)
        .reduce((sum, child) => sum + child.parameters, 0);
      module.parameters = own + below;
      module.trainable = own + below;
    }
  }

  /** Gradients that shrink a little from layer to layer on the way back, and go wrong where asked. */
  #gradients(): void {
    let size = 0.02;
    for (const { weights } of this.attention) {
      const record = this.tensors[weights];
      if (record !== undefined) record.gradient = this.stats(record.bytes / 4, 0, 1e-3);
    }
    for (const call of [...this.calls].reverse()) {
      const module = this.modules[call.module];
      size *= 0.9 + 0.22 * this.#random();
      const ailment = this.options.ailments?.[module?.path ?? ''];
      if (ailment === 'vanishing') size *= 1e-13;
      if (ailment === 'exploding') size *= 1e5;
      for (const tensor of [
        call.output?.kind === 'tensor' ? call.output.tensor : -1,
        ...(module?.own.map((own) => own.tensor) ?? []),
      ]) {
        const record = this.tensors[tensor];
        if (record === undefined || record.gradient !== undefined) continue;
        const count = record.bytes / 4;
        const scale = record.role === 'parameter' ? 0.4 + this.#random() : 1;
        const gradient = { ...this.stats(count, 0, (size * scale) / Math.sqrt(count)) };
        if (ailment === 'dead') Object.assign(gradient, { min: 0, max: 0, mean: 0, std: 0, norm: 0, zeros: count });
        if (ailment === 'nan') Object.assign(gradient, { nan: Math.ceil(count / 7), posInf: 2 });
        record.gradient = gradient;
        if (ailment === 'nan' && record.stats !== undefined)
          record.stats = { ...record.stats, nan: Math.ceil(count / 9), negInf: 3 };
      }
    }
  }
}
