/** What one row of the tree says: shapes from the latest shape run, numbers from the executed one. */
import type {
  CallRecord,
  ModelTrace,
  ModuleRecord,
  OpRecord,
  SiteId,
  Statistics,
  TensorRecord,
} from '../../core/trace/trace.ts';
import { executedCall, moduleByPath, type Scene } from './scene.ts';
import type { TreeNode } from './tree.ts';
import { tensorsIn } from './values.ts';

/** A tensor of a row, and the executed one it stands for. */
export interface RowTensor {
  readonly label: string;
  readonly role: 'in' | 'out' | 'parameter' | 'buffer';
  readonly shown: TensorRecord;
  readonly executed?: TensorRecord;
  readonly tiedTo?: string;
}

export interface RowFacts {
  readonly inputs: readonly RowTensor[];
  readonly outputs: readonly RowTensor[];
  readonly parameters?: number;
  readonly flops?: number;
  readonly ms?: number;
  readonly stats?: Statistics;
  readonly site?: SiteId;
  readonly calls: number;
}

export function factsOf(scene: Scene, node: TreeNode, turn = 0): RowFacts {
  return node.kind === 'op' ? opFacts(scene, node) : moduleFacts(scene, node, turn);
}

function moduleFacts(scene: Scene, node: TreeNode, turn: number): RowFacts {
  const { model } = scene.base;
  const module = model.modules[node.module];
  const call = callOf(scene, module, turn);
  const executed = call === undefined ? undefined : executedCall(scene, call);
  const outputs = tensorsOf(scene, call, executed, 'out');
  const site = call?.site ?? module?.site;
  return {
    inputs: tensorsOf(scene, call, executed, 'in'),
    outputs,
    calls: module?.calls.length ?? 0,
    ...(module === undefined ? {} : { parameters: module.parameters }),
    ...(call === undefined ? {} : { flops: call.flops }),
    ...(executed?.ms === undefined ? {} : { ms: executed.ms }),
    ...statsOf(outputs),
    ...(site === undefined ? {} : { site }),
  };
}

function callOf(scene: Scene, module: ModuleRecord | undefined, turn: number): CallRecord | undefined {
  const id = module?.calls[turn];
  return id === undefined ? undefined : scene.base.model.calls[id];
}

function tensorsOf(
  scene: Scene,
  call: CallRecord | undefined,
  executed: CallRecord | undefined,
  role: 'in' | 'out',
): RowTensor[] {
  const list = (of: CallRecord | undefined) =>
    role === 'in'
      ? (of?.inputs ?? []).flatMap((value, i) =>
          tensorsIn(value, of !== undefined && of.inputs.length > 1 ? `[${i}]` : ''),
        )
      : tensorsIn(of?.output);
  const twins = list(executed);
  return list(call).flatMap(({ way, tensor }, i) => {
    const shown = scene.base.model.tensors[tensor];
    const twin = twins[i];
    const own = twin === undefined ? undefined : scene.values?.model.tensors[twin.tensor];
    return shown === undefined
      ? []
      : [{ label: `${role}${way}`, role, shown, ...(own === undefined ? {} : { executed: own }) }];
  });
}

function opFacts(scene: Scene, node: TreeNode): RowFacts {
  const { model } = scene.base;
  const op = node.op === undefined ? undefined : model.ops[node.op];
  if (op === undefined) return { inputs: [], outputs: [], calls: 0 };
  const twin = scene.values?.model === model ? op : twinOp(scene, node);
  const pair = (id: number, other: number | undefined, label: string, role: 'in' | 'out'): RowTensor[] => {
    const shown = model.tensors[id];
    const own = other === undefined ? undefined : scene.values?.model.tensors[other];
    return shown === undefined ? [] : [{ label, role, shown, ...(own === undefined ? {} : { executed: own }) }];
  };
  const many = op.inputs.length > 1;
  const site = op.site ?? (op.call === undefined ? undefined : model.calls[op.call]?.site);
  const outputs = pair(op.output, twin?.output, 'out', 'out');
  return {
    inputs: op.inputs.flatMap((id, i) => pair(id, twin?.inputs[i], many ? `in[${i}]` : 'in', 'in')),
    outputs,
    calls: 1,
    flops: op.flops,
    ...(twin?.ms === undefined ? {} : { ms: twin.ms }),
    ...statsOf(outputs),
    ...(site === undefined ? {} : { site }),
  };
}

/** The same operation of the executed run: the n-th of the same call, of the same name. */
function twinOp(scene: Scene, node: TreeNode) {
  const owner = scene.base.model.modules[node.module]?.calls[0];
  const call = owner === undefined ? undefined : scene.base.model.calls[owner];
  const executed = call === undefined ? undefined : executedCall(scene, call);
  if (executed === undefined || scene.values === undefined) return undefined;
  const nth = Number(node.key.slice(node.key.lastIndexOf('#') + 1));
  const op = opsOfCall(scene.values.model, executed.id)[nth];
  return op?.name === node.label ? op : undefined;
}

const opsByCall = new WeakMap<ModelTrace, Map<number, OpRecord[]>>();

function opsOfCall(model: ModelTrace, call: number): readonly OpRecord[] {
  let known = opsByCall.get(model);
  if (known === undefined) {
    known = new Map();
    for (const op of model.ops) {
      if (op.call === undefined) continue;
      const list = known.get(op.call);
      if (list === undefined) known.set(op.call, [op]);
      else list.push(op);
    }
    opsByCall.set(model, known);
  }
  return known.get(call) ?? [];
}

function statsOf(tensors: readonly RowTensor[]): { stats?: Statistics } {
  const stats = tensors.find((each) => each.executed?.stats !== undefined)?.executed?.stats;
  return stats === undefined ? {} : { stats };
}

/** Parameters and buffers of a module's own. */
export function ownTensors(scene: Scene, node: TreeNode): readonly RowTensor[] {
  const module = node.kind === 'op' ? undefined : scene.base.model.modules[node.module];
  if (module === undefined) return [];
  const id = scene.values === undefined ? undefined : moduleByPath(scene.values.model, module.path);
  const twin = id === undefined ? undefined : scene.values?.model.modules[id];
  return module.own.flatMap((own) => {
    const shown = scene.base.model.tensors[own.tensor];
    if (shown === undefined) return [];
    const other = twin?.own.find((each) => each.name === own.name);
    const executed = other === undefined ? undefined : scene.values?.model.tensors[other.tensor];
    return [
      {
        label: own.name,
        role: own.kind,
        shown,
        ...(executed === undefined ? {} : { executed }),
        ...(own.tiedTo === undefined ? {} : { tiedTo: own.tiedTo }),
      },
    ];
  });
}
