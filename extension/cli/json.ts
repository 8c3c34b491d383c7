/**
 * A trace as plain data for other programs: what `tensight inspect --json` prints. Described for its readers in
 * docs/json.md; a change here is a change there, and of the version where it takes something away.
 */
import type {
  CallRecord,
  FileTrace,
  ModelTrace,
  ModuleRecord,
  Problem,
  Site,
  SiteId,
  TensorRecord,
  ValueRef,
} from '../../core/trace/trace.ts';
import type { TrainReport } from '../protocol/engine.ts';
import { gradientsOf } from '../reading/gradients.ts';
import { tensorsIn } from '../reading/values.ts';

/** One-based, columns in UTF-16 units; `file` only where it is not the file that was asked for. */
export interface JsonPlace {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
}

export interface JsonTensorType {
  readonly shape: readonly number[];
  /** A name, or null, for each dimension. */
  readonly axes: readonly (string | null)[];
  readonly dtype: string;
}

export function toJson(trace: FileTrace, nameOfFile: (file: string) => string = (file) => file) {
  const context: Context = { trace, nameOfFile };
  return {
    format: 'tensight-inspect',
    version: 1,
    file: nameOfFile(trace.file),
    mode: trace.mode,
    ms: trace.ms,
    models: trace.models.map((model) => modelOf(context, model)),
    diagnostics: trace.problems.map((problem) => diagnosticOf(context, problem)),
  } as const;
}

/** What `tensight train --json` prints. */
export function trainingToJson(report: TrainReport, nameOfFile: (file: string) => string = (file) => file) {
  const { sites: _, problems, file, ...rest } = report;
  const diagnostics = problems.map((problem) => diagnosticOf({ trace: report, nameOfFile }, problem));
  return { ...rest, file: nameOfFile(file), diagnostics };
}

export type JsonReport = ReturnType<typeof toJson>;

/** As text: indented, with rows of numbers and names on one line each. */
export function jsonText(report: JsonReport): string {
  return escaped(JSON.stringify(report, null, 2)).replace(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (_all, items: string) => `[${items.replace(/,\n\s+/g, ', ')}]`,
  );
}

/** The same JSON, with what a terminal would obey and JSON allows written by its number. */
export function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What a place is told by. */
interface Places {
  readonly trace: Pick<FileTrace, 'file' | 'sites'>;
  nameOfFile(file: string): string;
}

interface Context extends Places {
  readonly trace: FileTrace;
}

function modelOf(context: Context, model: ModelTrace) {
  const tensorTypes = (value: ValueRef | undefined) =>
    tensorsIn(value).map(({ tensor }) => typeOf(model.tensors[tensor]));
  return {
    name: model.name,
    export: model.exportName,
    class: model.className,
    ...placeOf(context, model.site),
    provenance: model.provenance,
    ...(model.fallback === undefined ? {} : { fallback: model.fallback }),
    complete: model.complete,
    seed: model.seed,
    inputs: model.inputs.map(({ name, value }) => ({ name, tensors: tensorTypes(value) })),
    outputs: tensorTypes(model.output),
    ...(model.loss === undefined ? {} : { loss: { value: model.loss.value ?? null, source: model.loss.source } }),
    modules: model.modules.map((module) => moduleOf(context, model, module)),
    tensors: tensorsBySource(context, model),
    ...(context.trace.mode === 'backward' ? { gradients: gradientRows(context, model) } : {}),
    attention: model.attention.map((record) => ({
      path: record.module === undefined ? null : (model.modules[record.module]?.path ?? null),
      ...placeOf(context, record.site),
      kind: record.kind,
      causal: record.causal ?? null,
      over: record.over,
      heads: record.heads,
      batch: record.batch,
      queryLength: record.queryLength,
      keyLength: record.keyLength,
    })),
    totals: model.totals,
  };
}

function moduleOf(context: Context, model: ModelTrace, module: ModuleRecord) {
  const calls = module.calls.map((id) => model.calls[id]!);
  const [first] = calls;
  const types = (values: readonly (ValueRef | undefined)[]) =>
    values.flatMap((value) => tensorsIn(value).map(({ tensor }) => typeOf(model.tensors[tensor])));
  const timed = calls.some(({ ms }) => ms !== undefined);
  return {
    path: module.path,
    class: module.className,
    ...placeOf(context, module.site),
    ...(module.detail === undefined ? {} : { detail: module.detail }),
    ...(module.config === undefined ? {} : { config: module.config }),
    /** Of the first call. */
    inputs: types(first?.inputs ?? []),
    outputs: types([first?.output]),
    calls: calls.length,
    parameters: module.parameters,
    trainable: module.trainable,
    own: module.own.map(({ name, kind, tensor, tiedTo }) => ({
      name,
      kind,
      shape: model.tensors[tensor]?.shape ?? [],
      dtype: model.tensors[tensor]?.dtype ?? 'f32',
      ...(tiedTo === undefined ? {} : { tiedTo }),
      ...statisticsOf(model.tensors[tensor]),
    })),
    flops: sum(outermost(model, calls), ({ flops }) => flops),
    ...(timed ? { ms: sum(outermost(model, calls), ({ ms }) => ms ?? 0) } : {}),
  };
}

/** Of a module's calls, those that are not made by another of them: what a layer that calls itself does is counted once. */
function outermost(model: ModelTrace, calls: readonly CallRecord[]): CallRecord[] {
  return calls.filter(({ module, parent }) => {
    for (let id = parent; id !== undefined; id = model.calls[id]?.parent)
      if (model.calls[id]?.module === module) return false;
    return true;
  });
}

/** Every expression, name and parameter that held a tensor, in the order of the source. */
function tensorsBySource(context: Context, model: ModelTrace) {
  const rows = Object.keys(model.values)
    .map(Number)
    .flatMap((site) => tensorsOfSite(context, model, site));
  return rows
    .sort((a, b) => a.order - b.order || a.line - b.line || a.column - b.column)
    .map(({ order, ...row }) => row);
}

function tensorsOfSite(context: Context, model: ModelTrace, id: SiteId) {
  const site = context.trace.sites[id];
  const seen = model.values[id];
  if (site === undefined || seen === undefined) return [];
  const known = new Set<string>();
  return seen.values.flatMap(({ value }, execution) =>
    tensorsIn(value).flatMap(({ tensor, way }) => {
      const record = model.tensors[tensor];
      if (record === undefined) return [];
      // A loop gives one entry a shape, not one a round.
      const key = JSON.stringify([way, record.shape, record.dtype]);
      if (known.has(key)) return [];
      known.add(key);
      const { start, end } = site.range;
      const row = {
        order: site.file === context.trace.file ? 0 : 1,
        ...fileOf(context, site.file),
        line: start.line + 1,
        column: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
        text: site.text,
        kind: site.kind,
        ...(site.scope === undefined ? {} : { scope: site.scope }),
        ...(way === '' ? {} : { part: way }),
        execution,
        executions: seen.count,
        ...typeOf(record),
        bytes: record.bytes,
        role: record.role,
        ...(record.name === undefined ? {} : { name: record.name }),
        provenance: model.provenance,
        ...statisticsOf(record),
      };
      return [row];
    }),
  );
}

function gradientRows(context: Context, model: ModelTrace) {
  return gradientsOf(model, 'all').rows.map((row) => ({
    path: row.path,
    class: row.className,
    ...placeOf(context, row.site),
    call: row.turn === 0 ? 1 : row.turn,
    ...(row.output === undefined ? {} : { output: row.output.gradient }),
    parameters: row.parameters.map(({ name, gradient }) => ({ name, gradient })),
    ...(row.verdict === undefined ? {} : { verdict: row.verdict }),
  }));
}

function diagnosticOf(context: Places, problem: Problem) {
  const site = problem.site === undefined ? undefined : context.trace.sites[problem.site];
  const range = site?.range ?? problem.range;
  return {
    severity: problem.severity,
    code: problem.code,
    file: context.nameOfFile(site?.file ?? problem.file ?? context.trace.file),
    line: (range?.start.line ?? 0) + 1,
    column: (range?.start.character ?? 0) + 1,
    endLine: (range?.end.line ?? 0) + 1,
    endColumn: (range?.end.character ?? 0) + 1,
    message: problem.message,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    related: (problem.related ?? []).map(({ message, site: id }) => ({ message, ...placeOf(context, id) })),
  };
}

function typeOf(record: TensorRecord | undefined): JsonTensorType {
  return {
    shape: record?.shape ?? [],
    axes: record?.axes.map(({ name }) => name ?? null) ?? [],
    dtype: record?.dtype ?? 'f32',
  };
}

function statisticsOf(record: TensorRecord | undefined) {
  return {
    ...(record?.stats === undefined ? {} : { stats: record.stats }),
    ...(record?.gradient === undefined ? {} : { gradient: record.gradient }),
  };
}

function placeOf(context: Places, id: SiteId | undefined): Partial<JsonPlace> {
  const site: Site | undefined = id === undefined ? undefined : context.trace.sites[id];
  if (site === undefined) return {};
  const { line, character } = site.range.start;
  return { ...fileOf(context, site.file), line: line + 1, column: character + 1 };
}

function fileOf(context: Places, file: string): { readonly file?: string } {
  return file === context.trace.file ? {} : { file: context.nameOfFile(file) };
}

function sum(calls: readonly CallRecord[], of: (call: CallRecord) => number): number {
  return calls.reduce((total, call) => total + of(call), 0);
}
