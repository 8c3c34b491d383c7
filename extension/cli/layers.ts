import type { CallRecord, ModelTrace, ModuleRecord, OpRecord, Statistics } from '../../core/trace/trace.ts';
import { formatStatistics, formatValue } from '../reading/format.ts';
import { count, duration, flopCount } from '../reading/numbers.ts';
import { hasValues } from '../reading/provenance.ts';
import { tensorsIn } from '../reading/values.ts';
import type { Paint } from './paint.ts';
import { type Column, fits, tableOf } from './table.ts';

/** One line of the table: a layer (all its calls from one place together) or an operation in a layer's own `forward`. */
interface LayerRow {
  readonly depth: number;
  readonly name: string;
  readonly className: string;
  readonly input: string;
  readonly output: string;
  readonly parameters: string;
  readonly flops: number;
  readonly ms: number | undefined;
  readonly stats: Statistics | undefined;
  readonly quiet: boolean;
}

interface Cell extends Column {
  of(row: LayerRow): string;
}

/** The model as a table in the order it ran: layers within layers, and the operations between them. */
export function layerTable(model: ModelTrace, paint: Paint): string {
  const rows = layerRows(model);
  const layer: Cell = {
    head: 'Layer',
    of({ depth, name, className, quiet }) {
      const text = `${'  '.repeat(depth)}${name}${className === '' ? '' : ` ${paint.dim(className)}`}`;
      return quiet ? paint.dim(text) : text;
    },
  };
  const both: Cell = {
    head: 'Input → output',
    wraps: true,
    of: ({ input, output }) => (input ? `${input} → ${output}` : output),
  };
  const output: Cell = { head: 'Output', wraps: true, of: (row) => row.output };
  const sizes: Cell[] = [
    { head: 'Parameters', align: 'right', of: ({ parameters }) => parameters },
    {
      head: 'FLOPs',
      align: 'right',
      of: ({ flops }) => (flops === 0 ? '' : flopCount(flops)),
    },
  ];
  const time: Cell = { head: 'Time', align: 'right', of: ({ ms }) => (ms === undefined ? '' : duration(ms)) };
  const values: Cell = { head: 'Values', of: ({ stats }) => (stats === undefined ? '' : valueText(stats, paint)) };

  // What the terminal is too narrow for is left out, the least first: the section by line has statistics, too.
  const ran = hasValues(model) ? [time] : [];
  const layouts = [
    ...(ran.length > 0 ? [[layer, both, ...sizes, ...ran, values]] : []),
    [layer, both, ...sizes, ...ran],
    [layer, output, ...sizes, ...ran],
  ];
  const cells = (layout: readonly Cell[]) => rows.map((row) => layout.map((cell) => cell.of(row)));
  const layout = layouts.find((each) => fits(each, cells(each), paint)) ?? layouts[layouts.length - 1]!;
  return tableOf(layout, cells(layout), paint);
}

/** Statistics in one line, in red where something is not a number. */
export function valueText(stats: Statistics, paint: Paint): string {
  const text = formatStatistics(stats);
  return stats.nan + stats.posInf + stats.negInf > 0 ? paint.red(text) : text;
}

function layerRows(model: ModelTrace): LayerRow[] {
  const tree = new CallTree(model);
  const rows: LayerRow[] = [];
  for (const root of tree.roots) tree.visit([root], 0, undefined, rows);
  const shown = new Set(model.calls.map(({ module }) => module));
  for (const module of model.modules) {
    const owns = module.own.some(({ kind }) => kind === 'parameter');
    if (shown.has(module.id) || !owns) continue;
    rows.push({
      ...blank,
      depth: 1,
      name: module.path,
      className: module.className,
      output: 'not called',
      parameters: parametersOf(module),
      quiet: true,
    });
  }
  const outside = model.ops.filter(({ call }) => call === undefined);
  for (const group of grouped(outside)) rows.push(opRow(model, group, 0));
  return rows;
}

const blank = {
  input: '',
  output: '',
  parameters: '',
  flops: 0,
  ms: undefined,
  stats: undefined,
  quiet: false,
} as const;

/** Layers within layers are written down to this depth: a layer that calls itself has no end. */
const deepest = 32;

class CallTree {
  readonly roots: CallRecord[] = [];
  readonly #children = new Map<number, CallRecord[]>();
  readonly #ops = new Map<number, { readonly op: OpRecord; readonly index: number }[]>();

  constructor(private readonly model: ModelTrace) {
    for (const call of model.calls) {
      if (call.parent === undefined) this.roots.push(call);
      else push(this.#children, call.parent, call);
    }
    model.ops.forEach((op, index) => {
      if (op.call === undefined) return;
      push(this.#ops, op.call, { op, index });
    });
  }

  /** Rows of several calls of one module, made from one place. */
  visit(calls: readonly CallRecord[], depth: number, parentPath: string | undefined, rows: LayerRow[]): void {
    const [first] = calls;
    const module = first && this.model.modules[first.module];
    if (first === undefined || module === undefined) return;
    if (depth > deepest) {
      rows.push({ ...blank, depth, name: '… and what it calls', className: '', quiet: true });
      return;
    }
    const timed = calls.filter(({ ms }) => ms !== undefined);
    const [output] = tensorsIn(first.output);
    rows.push({
      depth,
      name: `${nameIn(module, parentPath)}${calls.length > 1 ? ` ×${calls.length}` : ''}`,
      className: module.path === '' ? '' : module.className,
      input: inputsText(first.inputs.map((value) => formatValue(value, this.model))),
      output: first.output === undefined ? '?' : formatValue(first.output, this.model),
      parameters: parametersOf(module),
      flops: calls.reduce((n, { flops }) => n + flops, 0),
      ms: timed.length === 0 ? undefined : timed.reduce((n, { ms }) => n + (ms ?? 0), 0),
      stats: output === undefined ? undefined : this.model.tensors[output.tensor]?.stats,
      quiet: false,
    });
    for (const part of this.#parts(calls)) {
      if (part.kind === 'calls') this.visit(part.calls, depth + 1, module.path, rows);
      else rows.push(opRow(this.model, part.ops, depth + 1));
    }
  }

  /** What ran directly inside, in order; repeated calls and operations of a loop together, where the first stands. */
  #parts(calls: readonly CallRecord[]): Part[] {
    const parts = new Map<string, Part & { readonly at: number }>();
    for (const call of calls) {
      for (const child of this.#children.get(call.id) ?? []) {
        const key = `module ${child.module}`;
        const known = parts.get(key);
        if (known?.kind === 'calls') known.calls.push(child);
        else parts.set(key, { kind: 'calls', calls: [child], at: child.firstOp });
      }
      for (const { op, index } of this.#ops.get(call.id) ?? []) {
        // Operations of a library layer belong to the expression that called it: they are that layer.
        if (op.site === undefined || op.site === call.site) continue;
        const key = `op ${op.site} ${op.name}`;
        const known = parts.get(key);
        if (known?.kind === 'ops') known.ops.push(op);
        else parts.set(key, { kind: 'ops', ops: [op], at: index });
      }
    }
    // A call comes before the operation that ran next.
    return [...parts.values()].sort((a, b) => a.at - b.at || Number(a.kind === 'ops') - Number(b.kind === 'ops'));
  }
}

type Part =
  | { readonly kind: 'calls'; readonly calls: CallRecord[] }
  | { readonly kind: 'ops'; readonly ops: OpRecord[] };

/** Operations of one name from one expression. */
function grouped(ops: readonly OpRecord[]): OpRecord[][] {
  const groups = new Map<string, OpRecord[]>();
  for (const op of ops) push(groups, `${op.site} ${op.name}`, op);
  return [...groups.values()];
}

function opRow(model: ModelTrace, ops: readonly OpRecord[], depth: number): LayerRow {
  const first = ops[0]!;
  const shape = (tensor: number) => formatValue({ kind: 'tensor', tensor }, model);
  const timed = ops.filter(({ ms }) => ms !== undefined);
  return {
    depth,
    name: `${first.name}${ops.length > 1 ? ` ×${ops.length}` : ''}`,
    className: '',
    input: inputsText(first.inputs.map(shape)),
    output: shape(first.output),
    parameters: '',
    flops: ops.reduce((n, { flops }) => n + flops, 0),
    ms: timed.length === 0 ? undefined : timed.reduce((n, { ms }) => n + (ms ?? 0), 0),
    stats: model.tensors[first.output]?.stats,
    quiet: true,
  };
}

/** `3 × [seq 8, 64]` where query, key and value are alike. */
function inputsText(shapes: readonly string[]): string {
  const runs: { text: string; count: number }[] = [];
  for (const text of shapes) {
    const last = runs.at(-1);
    if (text === '') continue;
    if (last?.text === text) last.count++;
    else runs.push({ text, count: 1 });
  }
  return runs
    .map(({ text, count }) => (count > 2 ? `${count} × ${text}` : Array(count).fill(text).join(', ')))
    .join(', ');
}

/** `blocks.0` as its parent would say it. */
function nameIn(module: ModuleRecord, parentPath: string | undefined): string {
  if (module.path === '') return module.className;
  return parentPath && module.path.startsWith(`${parentPath}.`)
    ? module.path.slice(parentPath.length + 1)
    : module.path;
}

function parametersOf(module: ModuleRecord): string {
  if (module.parameters === 0) return '';
  const own = module.own.filter(({ kind }) => kind === 'parameter');
  const tied = own.length > 0 && own.every(({ tiedTo }) => tiedTo !== undefined);
  return tied ? `${count(module.parameters)} tied` : count(module.parameters);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
