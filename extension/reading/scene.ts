/**
 * What is looked at: one model of the file, from the run that says most about its present text. Structure and shapes come
 * from `base`; numbers of an executed run are laid over it by module path and call, so that they stay visible (marked as
 * out of date) while the code under them is edited, and when a run stopped after one layer.
 */
import type { CallRecord, FileTrace, ModelTrace, Site } from '../../core/trace/trace.ts';
import type { TraceUpdate } from '../protocol/server.ts';
import { hasValues } from './provenance.ts';

/** What is known of a file. */
export interface Known extends TraceUpdate {
  /** The engine that held the tensors of `run` has ended: only what was asked for before is left of them. */
  readonly ended?: boolean;
}

/** One model in one run. */
export interface RunOf {
  readonly file: FileTrace;
  readonly model: ModelTrace;
  /** Position in `FileTrace.models`. */
  readonly index: number;
}

export interface Scene {
  readonly uri: string;
  readonly base: RunOf;
  /** Where numbers and tensors come from; absent when nothing was executed. */
  readonly values?: RunOf;
  /** `values` belongs to an earlier text. */
  readonly outOfDate: boolean;
  /** The engine that held the tensors of `values` has ended. */
  readonly ended: boolean;
  /** `base` is of an earlier text, because the present one ends before the model is called. */
  readonly earlier: boolean;
  /** Modules of `base` that the present text fails at. */
  readonly failing: ReadonlySet<number>;
}

function pick(file: FileTrace | undefined, name: string | undefined): RunOf | undefined {
  if (file === undefined) return undefined;
  const index = name === undefined ? 0 : file.models.findIndex((model) => model.exportName === name);
  const model = file.models[index];
  return model === undefined ? undefined : { file, model, index };
}

/** The models there are to choose from, by export name. */
export function modelsOf(update: TraceUpdate): readonly ModelTrace[] {
  const shape = update.shape?.models ?? [];
  return shape.length > 0 ? shape : ((update.before ?? update.run)?.models ?? []);
}

export function sceneOf(update: Known | null, name?: string): Scene | undefined {
  if (update === null) return undefined;
  const chosen = modelsOf(update).some((model) => model.exportName === name) ? name : modelsOf(update)[0]?.exportName;
  const present = pick(update.shape, chosen);
  const before = pick(update.before, chosen);
  const earlier = before !== undefined && (present === undefined || endedEarly(present.model));
  const shape = earlier ? before : present;
  const run = pick(update.run, chosen);
  const base = run !== undefined && !update.outOfDate && run.model.complete ? run : (shape ?? run);
  if (base === undefined) return undefined;
  const computed = shape !== undefined && hasValues(shape.model) ? shape : undefined;
  const values = run ?? computed;
  const scene = {
    ...{ uri: update.uri, base, outOfDate: run !== undefined && update.outOfDate },
    ended: run !== undefined && update.ended === true,
    ...{ earlier: earlier && base === before, failing: failingIn(base, update.shape) },
  };
  return values === undefined ? scene : { ...scene, values };
}

const endedEarly = ({ complete, calls }: ModelTrace): boolean => !complete && calls.length === 0;

/** Layers that were made on the lines where the present text has its errors. */
function failingIn({ file, model }: RunOf, present: FileTrace | undefined): ReadonlySet<number> {
  const failing = new Set<number>();
  if (present === undefined || present === file) return failing;
  const lineOf = (site: Site | undefined): string | undefined => site && `${site.file} ${site.range.start.line}`;
  const lines = new Set(
    present.problems.flatMap(({ severity, site, range, file: at }) => {
      if (severity !== 'error') return [];
      const line = site === undefined ? undefined : lineOf(present.sites[site]);
      return line ?? (range === undefined ? [] : `${at ?? present.file} ${range.start.line}`);
    }),
  );
  // What a layer holds was made on the same line.
  for (const { id, site, parent } of model.modules)
    if (
      site !== undefined &&
      !(parent !== undefined && failing.has(parent)) &&
      lines.has(lineOf(file.sites[site]) ?? '')
    )
      failing.add(id);
  return failing;
}

const lookups = new WeakMap<ModelTrace, Map<string, number>>();

/** The call of the executed run that corresponds to a call of `base`: the same module path, the same turn. */
export function executedCall(scene: Scene, call: CallRecord): CallRecord | undefined {
  const { base, values } = scene;
  if (values === undefined) return undefined;
  if (values.model === base.model) return call;
  const module = base.model.modules[call.module];
  if (module === undefined) return undefined;
  const id = moduleByPath(values.model, module.path);
  const twin = id === undefined ? undefined : values.model.modules[id];
  const turn = module.calls.indexOf(call.id);
  const twinCall = twin?.className === module.className ? twin.calls[turn] : undefined;
  return twinCall === undefined ? undefined : values.model.calls[twinCall];
}

/** A module's id, by its path. */
export function moduleByPath(model: ModelTrace, path: string): number | undefined {
  let lookup = lookups.get(model);
  if (lookup === undefined) {
    lookup = new Map(model.modules.map((module) => [module.path, module.id]));
    lookups.set(model, lookup);
  }
  return lookup.get(path);
}

/** `a/b/tiny.model.ts` → `tiny.model.ts`. */
export function fileName(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** `line 12`, with the file's name where it is not the one shown. */
export function placeText(site: Site, entry: string): string {
  const line = `line ${site.range.start.line + 1}`;
  return site.file === entry ? line : `${fileName(site.file)}, ${line}`;
}
