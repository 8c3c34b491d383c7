/**
 * What tells one operation of a layer from its equals: what it is for in attention (which of three products makes the keys), the
 * name its result is bound to, the parameters it computes with, or else the expression it stands in.
 */
import type { FileTrace, ModelTrace, OpRecord, TensorId } from '../../core/trace/trace.ts';

export interface Identity {
  /** `key`, `h`, `in_proj_weight`; empty where nothing tells it from others. */
  readonly name: string;
  /** Its expression in the file, where that is its own and not its layer's. */
  readonly text?: string;
}

export function identityOf(file: FileTrace, model: ModelTrace, id: number): Identity {
  const op = model.ops[id];
  if (op === undefined) return { name: '' };
  const { roles, bound } = namesIn(file, model);
  const names = [...(roles.get(id) ?? []), ...(bound.get(`${op.output} ${op.call}`) ?? [])];
  const parameters = parametersOf(model, op);
  const text = textOf(file, model, op);
  const name = [[...new Set(names)].join(', '), parameters.join(', ')].filter((part) => part !== '').join(' · ');
  return { name, ...(text === undefined ? {} : { text }) };
}

/** Operations between what attention reads and the product that made it, at most. */
const mostBetween = 16;

interface Names {
  /** By operation. */
  readonly roles: ReadonlyMap<number, readonly string[]>;
  /** Names of variables, by tensor and call. */
  readonly bound: ReadonlyMap<string, readonly string[]>;
}
const known = new WeakMap<ModelTrace, Names>();

function namesIn(file: FileTrace, model: ModelTrace): Names {
  const found = known.get(model);
  if (found !== undefined) return found;
  const roles = new Map<number, string[]>();
  const bound = new Map<string, string[]>();
  const add = <K>(map: Map<K, string[]>, key: K, name: string): void => {
    const names = map.get(key);
    if (names === undefined) map.set(key, [name]);
    else if (!names.includes(name)) names.push(name);
  };
  for (const { query, key, value, scores, weights, call } of model.attention) {
    for (const [role, tensor] of Object.entries({ query, key, value }))
      for (const op of makersOf(model, tensor, call)) add(roles, op, role);
    for (const [role, tensor] of Object.entries({ scores, weights })) {
      const op = model.tensors[tensor]?.op;
      if (op !== undefined) add(roles, op, role);
    }
  }
  for (const [site, { values }] of Object.entries(model.values)) {
    const place = file.sites[Number(site)];
    if (place?.kind !== 'declaration') continue;
    for (const { value, call } of values)
      if (value.kind === 'tensor') add(bound, `${value.tensor} ${call}`, place.text);
  }
  const names = { roles, bound };
  known.set(model, names);
  return names;
}

/** What made a tensor in a call, back to and with what multiplied it by parameters. */
function makersOf(model: ModelTrace, tensor: TensorId | undefined, call: number | undefined): readonly number[] {
  const makers: number[] = [];
  let next = tensor;
  while (next !== undefined && makers.length < mostBetween) {
    const id = model.tensors[next]?.op;
    const op = id === undefined ? undefined : model.ops[id];
    if (id === undefined || op === undefined || op.call !== call) break;
    makers.push(id);
    // What has parameters made it; what has several inputs is another matter, but for a number it is scaled by.
    const [first, ...others] = op.inputs.filter((input) => model.tensors[input]?.role !== 'constant');
    const learned = op.inputs.some((input) => parameterOf(model, input) !== undefined);
    next = learned || others.length > 0 ? undefined : first;
  }
  return makers;
}

/** A parameter, or a part or another layout of one. */
function parameterOf(model: ModelTrace, id: TensorId): string | undefined {
  let tensor = model.tensors[id];
  for (let i = 0; i < mostBetween && tensor !== undefined; i++) {
    if (tensor.role === 'parameter') return tensor.name;
    const op: OpRecord | undefined = tensor.op === undefined ? undefined : model.ops[tensor.op];
    if (op?.inputs.length !== 1) return undefined;
    tensor = model.tensors[op.inputs[0] ?? -1];
  }
  return undefined;
}

/** By their names from the operation's layer on. */
function parametersOf(model: ModelTrace, op: OpRecord): readonly string[] {
  const path = model.modules[model.calls[op.call ?? -1]?.module ?? -1]?.path ?? '';
  const names = op.inputs.flatMap((input) => parameterOf(model, input) ?? []);
  return [...new Set(names)].map((name) =>
    path !== '' && name.startsWith(`${path}.`) ? name.slice(path.length + 1) : name,
  );
}

/** Operations of a layer of the library all stand at the call of that layer. */
function textOf(file: FileTrace, model: ModelTrace, op: OpRecord): string | undefined {
  if (op.site === undefined || op.site === model.calls[op.call ?? -1]?.site) return undefined;
  return file.sites[op.site]?.text;
}
