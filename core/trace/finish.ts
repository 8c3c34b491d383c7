/** Turns a recorder's notes into the plain data of a `ModelTrace`. */
import { Layer } from '../nn/layer.ts';
import { Buffer, type Module, Parameter } from '../nn/module.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { toPlain } from '../toPlain.ts';
import { findAttention } from './attention.ts';
import type { Recorder } from './recorder.ts';
import { statistician } from './statistics.ts';
import type {
  AxisRecord,
  CallRecord,
  ModelTrace,
  ModuleRecord,
  OpRecord,
  SiteId,
  SiteValues,
  TensorId,
  TensorRecord,
  Totals,
  TrainedFor,
  ValueRef,
} from './trace.ts';

export interface FinishOptions {
  readonly name: string;
  readonly exportName: string;
  readonly site: SiteId | undefined;
  readonly seed: number;
  /** Whether values were computed. */
  readonly executed: boolean;
  readonly fallback: string | undefined;
  readonly root: Module | undefined;
  readonly inputs: readonly { readonly name: string; readonly value: ValueRef }[];
  readonly output: ValueRef | undefined;
  readonly loss:
    | { readonly tensor: Tensor; readonly source: 'defined' | 'sum of output'; readonly isConstant?: true }
    | undefined;
  readonly complete: boolean;
  readonly stoppedAt: string | undefined;
  readonly train: { readonly steps: number } | undefined;
  readonly trained: TrainedFor | undefined;
  readonly ms: number | undefined;
}

/** Lists of lists (padding before and after) are kept; the words along an axis are in the tensor's record already. */
const attributeDepth = 3;

export function finish(recorder: Recorder, options: FinishOptions): ModelTrace {
  const tree = new ModuleTree(recorder, options.root);
  const modules = tree.records();
  const names = tensorNames(recorder, tree, options);
  const patch = (ref: ValueRef): ValueRef => tree.renumber(ref);

  // There are thousands of these: fields that are not there are left out one by one, since a spread costs more than the record.
  const calls = recorder.calls.map((call, id): CallRecord => {
    const record: Writable<CallRecord> = {
      id,
      module: tree.idOf(call.module),
      inputs: call.inputs.map(patch),
      firstOp: call.firstOp,
      flops: call.flops,
    };
    if (call.parent !== undefined) record.parent = call.parent;
    if (call.site !== undefined) record.site = call.site;
    if (call.output !== undefined) record.output = patch(call.output);
    if (call.ms !== undefined) record.ms = call.ms;
    return record;
  });
  const ops = recorder.ops.map(({ op, attrs, inputs, output, call, site, flops, ms }): OpRecord => {
    const record: Writable<OpRecord> = { name: op.name, inputs, output, flops };
    if (attrs !== undefined) record.attrs = toPlain(attrs, attributeDepth) as NonNullable<OpRecord['attrs']>;
    if (call !== undefined) record.call = call;
    if (site !== undefined) record.site = site;
    if (ms !== undefined) record.ms = ms;
    return record;
  });
  const values: Record<SiteId, SiteValues> = {};
  for (const [site, { count, values: list }] of recorder.values) {
    values[site] = {
      count,
      values: list.map(({ value, call }) =>
        call === undefined ? { value: patch(value) } : { value: patch(value), call },
      ),
    };
  }
  const lossId = options.loss === undefined ? undefined : recorder.tensorId(options.loss.tensor);
  const attention = findAttention(
    recorder,
    (call) => (call === undefined ? undefined : calls[call]!.module),
    options.executed,
  );
  // Ids are all given out by now.
  const statisticsOf = options.executed ? statistician() : undefined;
  const tensors = recorder.tensors.map((tensor, id) => tensorRecord(tensor, id, recorder, names.get(id), statisticsOf));

  return {
    name: options.name,
    exportName: options.exportName,
    className: options.root?.constructor.name ?? '',
    provenance: options.executed ? 'executed' : 'inferred',
    seed: options.seed,
    inputs: options.inputs.map(({ name, value }) => ({ name, value: patch(value) })),
    modules,
    calls,
    ops,
    tensors,
    values,
    attention,
    totals: totalsOf(recorder, options.root?.parameters() ?? tree.allParameters(), options.ms),
    ...(recorder.ran === undefined ? {} : { ran: recorder.ran }),
    complete: options.complete,
    ...(options.site === undefined ? {} : { site: options.site }),
    ...(options.train === undefined ? {} : { train: { steps: options.train.steps } }),
    ...(options.trained === undefined ? {} : { trained: options.trained }),
    ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
    ...(options.output === undefined ? {} : { output: patch(options.output) }),
    ...(options.stoppedAt === undefined ? {} : { stoppedAt: options.stoppedAt }),
    ...(lossId === undefined || options.loss === undefined ? {} : { loss: lossOf(lossId, options.loss) }),
  };
}

function lossOf(
  id: TensorId,
  { tensor, ...loss }: NonNullable<FinishOptions['loss']>,
): NonNullable<ModelTrace['loss']> {
  return tensor.isMeta || tensor.numel !== 1 ? { tensor: id, ...loss } : { tensor: id, ...loss, value: tensor.item() };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The model's modules in order, then those that were called or seen without being part of it. */
class ModuleTree {
  readonly #paths = new Map<Module, string>();
  readonly #parents = new Map<Module, Module>();
  readonly #order: Module[] = [];
  readonly #ids = new Map<Module, number>();
  /** What each module holds itself: asking a module goes through all its fields. */
  readonly #own = new Map<Module, readonly (readonly [name: string, tensor: Parameter | Buffer])[]>();
  readonly #children = new Map<Module, readonly Module[]>();
  readonly #parameters = new Map<Module, readonly Parameter[]>();

  constructor(
    private readonly recorder: Recorder,
    root: Module | undefined,
  ) {
    if (root !== undefined) this.#addTree(root, '');
    for (const module of recorder.modules) this.#add(module, `(outside) ${module.constructor.name}`);
    for (const { module } of recorder.calls) this.#add(module, `(outside) ${module.constructor.name}`);
  }

  /** As `namedModules` lists them: parents first, a module met twice under its first path. */
  #addTree(module: Module, path: string): void {
    if (this.#ids.has(module)) return;
    this.#add(module, path);
    for (const [name, child] of this.#childrenOf(module)) {
      if (!this.#parents.has(child)) this.#parents.set(child, module);
      this.#addTree(child, path ? `${path}.${name}` : name);
    }
  }

  #childrenOf(module: Module): readonly (readonly [string, Module])[] {
    const named = module.namedChildren();
    this.#children.set(
      module,
      named.map(([, child]) => child),
    );
    return named;
  }

  #ownOf(module: Module): readonly (readonly [string, Parameter | Buffer])[] {
    let own = this.#own.get(module);
    if (own === undefined) {
      own = [...module.ownParameters(), ...module.ownBuffers()];
      this.#own.set(module, own);
    }
    return own;
  }

  /** Its own and those of all below, each once. */
  #parametersOf(module: Module): readonly Parameter[] {
    let list = this.#parameters.get(module);
    if (list === undefined) {
      const all = new Set<Parameter>();
      // A module that holds itself ends here.
      this.#parameters.set(module, []);
      for (const [, tensor] of this.#ownOf(module)) if (tensor instanceof Parameter) all.add(tensor);
      const children = this.#children.get(module) ?? this.#childrenOf(module).map(([, child]) => child);
      for (const child of children) for (const parameter of this.#parametersOf(child)) all.add(parameter);
      list = [...all];
      this.#parameters.set(module, list);
    }
    return list;
  }

  #add(module: Module, path: string): void {
    if (this.#ids.has(module)) return;
    this.#ids.set(module, this.#order.length);
    this.#order.push(module);
    this.#paths.set(module, path);
  }

  idOf(module: Module): number {
    return this.#ids.get(module)!;
  }

  /** From the order in which modules were met to the order of the tree. */
  renumber(ref: ValueRef): ValueRef {
    switch (ref.kind) {
      case 'module':
        return { kind: 'module', module: this.idOf(this.recorder.modules[ref.module]!) };
      case 'list':
        return { kind: 'list', items: ref.items.map((item) => this.renumber(item)) };
      case 'dict':
        return {
          kind: 'dict',
          entries: Object.fromEntries(Object.entries(ref.entries).map(([key, item]) => [key, this.renumber(item)])),
        };
      default:
        return ref;
    }
  }

  /** Where there is no model, those of all that was made. */
  allParameters(): Parameter[] {
    return this.owned().flatMap(({ tensor }) => (tensor instanceof Parameter ? [tensor] : []));
  }

  /** Parameters and buffers with their full paths, a tied one under its first path only. */
  owned(): { readonly tensor: Parameter | Buffer; readonly path: string }[] {
    const seen = new Set<Tensor>();
    return this.#order.flatMap((module) =>
      this.#ownOf(module).flatMap(([name, tensor]) => {
        if (seen.has(tensor)) return [];
        seen.add(tensor);
        const path = this.#paths.get(module)!;
        return [{ tensor, path: path ? `${path}.${name}` : name }];
      }),
    );
  }

  records(): ModuleRecord[] {
    const firstPath = new Map<Tensor, string>(this.owned().map(({ tensor, path }) => [tensor, path]));
    const callsOf = new Map<Module, number[]>();
    this.recorder.calls.forEach(({ module }, id) => {
      const list = callsOf.get(module);
      if (list) list.push(id);
      else callsOf.set(module, [id]);
    });
    return this.#order.map((module, id) => {
      const path = this.#paths.get(module)!;
      const parameters = this.#parametersOf(module);
      const size = (list: readonly Tensor[]) => list.reduce((n, p) => n + p.numel, 0);
      const parent = this.#parents.get(module);
      const site = this.recorder.moduleSites.get(module);
      const detail = module.extraRepr();
      const config = module instanceof Layer ? module.config() : {};
      return {
        id,
        path,
        name: path.slice(path.lastIndexOf('.') + 1) || module.constructor.name,
        className: module.constructor.name,
        ...(parent === undefined ? {} : { parent: this.idOf(parent) }),
        ...(site === undefined ? {} : { site }),
        own: this.#ownOf(module).map(([name, tensor]) => {
          const full = path ? `${path}.${name}` : name;
          const first = firstPath.get(tensor);
          return {
            name,
            tensor: this.recorder.tensorId(tensor),
            kind: tensor instanceof Parameter ? ('parameter' as const) : ('buffer' as const),
            ...(first === undefined || first === full ? {} : { tiedTo: first }),
          };
        }),
        parameters: size(parameters),
        trainable: size(parameters.filter((p) => p.requiresGrad)),
        ...(detail ? { detail } : {}),
        ...(Object.keys(config).length === 0 ? {} : { config }),
        training: module.training,
        calls: callsOf.get(module) ?? [],
      };
    });
  }
}

type TensorName = { readonly role: TensorRecord['role']; readonly name: string };

function tensorNames(recorder: Recorder, tree: ModuleTree, { inputs }: FinishOptions): Map<TensorId, TensorName> {
  const names = new Map<TensorId, TensorName>();
  for (const { tensor, path } of tree.owned())
    names.set(recorder.tensorId(tensor), { role: tensor instanceof Buffer ? 'buffer' : 'parameter', name: path });
  for (const { name, value } of inputs) if (value.kind === 'tensor') names.set(value.tensor, { role: 'input', name });
  return names;
}

function tensorRecord(
  tensor: Tensor,
  id: TensorId,
  recorder: Recorder,
  named: TensorName | undefined,
  statisticsOf: ReturnType<typeof statistician> | undefined,
): TensorRecord {
  const op = recorder.madeBy.get(id);
  const record: Writable<TensorRecord> = {
    id,
    shape: tensor.shape,
    axes: tensor.axes as readonly AxisRecord[],
    dtype: tensor.dtype,
    bytes: tensor.bytes,
    role: named?.role ?? (op === undefined ? 'constant' : 'activation'),
    requiresGrad: tensor.requiresGrad,
    held: !tensor.isMeta,
  };
  if (op !== undefined) record.op = op;
  if (named !== undefined) record.name = named.name;
  if (statisticsOf === undefined) return record;
  const gradient = recorder.gradients.get(id);
  if (!tensor.isMeta) record.stats = statisticsOf(tensor);
  if (gradient !== undefined && !gradient.isMeta) record.gradient = statisticsOf(gradient);
  return record;
}

/** `parameters`: the model's own. One that it only used, or that a layer beside it has, is not counted. */
function totalsOf(recorder: Recorder, parameters: readonly Parameter[], ms: number | undefined): Totals {
  const sum = (list: readonly Tensor[], of: (t: Tensor) => number) => list.reduce((n, t) => n + of(t), 0);
  return {
    parameters: sum(parameters, (p) => p.numel),
    trainable: sum(
      parameters.filter((p) => p.requiresGrad),
      (p) => p.numel,
    ),
    parameterBytes: sum(parameters, (p) => p.bytes),
    activationBytes: recorder.ops.reduce(
      (n, note) => (note.op.isView ? n : n + recorder.tensors[note.output]!.bytes),
      0,
    ),
    // Of the model's own forward: a loss is not part of it. Where it was never called, of whatever ran.
    flops: (recorder.calls.find(({ parent }) => parent === undefined) ?? { flops: 0 }).flops,
    ...(ms === undefined ? {} : { ms }),
  };
}
