import { TensightError } from '../../core/errors.ts';
import { type DefinedModel, isDefinedModel } from '../../core/model.ts';
import { Module } from '../../core/nn/module.ts';
import { nameOf } from '../../core/trace/definition.ts';
import { Probe } from '../../core/trace/probe.ts';
import { problemOf } from '../../core/trace/problem.ts';
import { Recorder } from '../../core/trace/recorder.ts';
import type { Problem } from '../../core/trace/trace.ts';
import { train } from '../../core/train.ts';
import type { TrainedModel, TrainReport, TrainRequest } from '../protocol/engine.ts';
import type { Loader } from './loader.ts';

/** Trains the models of one file, each in a fresh evaluation of it, as runs do. A problem ends its own model's training only. */
export function trainFile(
  request: TrainRequest,
  loader: Pick<Loader, 'load' | 'locate' | 'readable' | 'acknowledge' | 'cancelled'>,
  now: () => number,
): TrainReport {
  const started = now();
  const models: TrainedModel[] = [];
  const problems: Problem[] = [];
  let names: readonly string[] | undefined;
  for (let i = 0; names === undefined || i < names.length; i++) {
    const { probe, recorder } = unrecorded();
    const began = now();
    try {
      const known = definitionsOf(loader.load(probe));
      names ??= chosen(known, request.model);
      const exportName = names[i]!;
      const definition = known.get(exportName)!;
      const { model, losses, result } = train(definition, { steps: request.steps, cancelled: () => loader.cancelled });
      const root = model instanceof Module ? model : undefined;
      const name = definition.name ?? nameOf(exportName, root, request.entry);
      models.push({ name, exportName, seed: definition.seed ?? 0, losses, result: { ...result }, ms: now() - began });
    } catch (error) {
      const problem = problemOf(error, probe, recorder, (thrown) => loader.locate(thrown));
      problems.push({ ...placed(problem, request.entry), message: loader.readable(problem.message) });
      if (problem.code === 'cancelled') loader.acknowledge();
      if (names === undefined || problem.code === 'cancelled') break;
    }
  }
  const report = { format: 'tensight-training', version: 1, file: request.entry } as const;
  // The caller has the sites; they need not travel back.
  return { ...report, models, sites: [], problems, ms: now() - started };
}

/** A probe that knows where the run is and keeps nothing: training goes on for long. */
function unrecorded(): { probe: Probe; recorder: Recorder } {
  const probe = new Probe();
  const nothing = { now: () => 0, cancelled: () => false, progress: () => {} };
  const recorder = new Recorder({ probe, timed: false, memoryLimit: Number.POSITIVE_INFINITY, ...nothing });
  probe.onValue = () => {};
  return { probe, recorder };
}

function definitionsOf(exports: Record<string, unknown>): ReadonlyMap<string, DefinedModel> {
  const seen = new Set<unknown>();
  const known = new Map<string, DefinedModel>();
  for (const [name, value] of Object.entries(exports)) {
    if (!isDefinedModel(value) || seen.has(value)) continue;
    seen.add(value);
    known.set(name, value);
  }
  return known;
}

/** Names of the exports to train. */
function chosen(known: ReadonlyMap<string, DefinedModel>, wanted: string | undefined): readonly string[] {
  const all = [...known.keys()];
  if (wanted !== undefined) {
    if (known.has(wanted)) return [wanted];
    throw new TensightError(
      `this file exports no model named ${wanted}`,
      `It exports ${all.join(', ') || 'no model'}.`,
    );
  }
  const trained = all.filter((name) => known.get(name)!.train !== undefined);
  if (trained.length > 0) return trained;
  throw new TensightError(
    all.length === 0 ? 'this file exports no model' : `no model of this file has a train section: ${all.join(', ')}`,
    'Add train: { steps: 100, optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }) } to defineModel.',
  );
}

function placed(problem: Problem, file: string): Problem {
  if (problem.site !== undefined || problem.range !== undefined) return problem;
  const top = { line: 0, character: 0 };
  return { ...problem, file, range: { start: top, end: top } };
}
