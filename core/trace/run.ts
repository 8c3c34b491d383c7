/**
 * Runs the models of one file, for shapes or for values, and hands back the trace and the tensors it speaks of. Knows
 * nothing of files or threads: `load` evaluates the program, the caller owns time and memory limits.
 */

import { ModelRun } from './modelRun.ts';
import type { HeldModel, RunOptions, RunResult } from './runOptions.ts';
import type { FileTrace, ModelTrace, Problem } from './trace.ts';

export function runFile(options: RunOptions): RunResult {
  const started = options.now();
  const kept = options.mode === 'shape' ? undefined : options.kept;
  kept?.begin(options.memoryLimit);
  const problems: Problem[] = [];
  const models: ModelTrace[] = [];
  const held: HeldModel[] = [];
  let names: readonly string[] | undefined;
  for (let i = 0; names === undefined || i < names.length; i++) {
    const result = new ModelRun(options, names?.[i]).execute();
    problems.push(...result.problems);
    if (names === undefined) names = result.names;
    if (result.trace !== undefined && result.held !== undefined) {
      models.push(result.trace);
      held.push(result.held);
    }
    if (result.names.length === 0) break;
  }
  // One that failed early has not drawn what the next will.
  if (models.every(({ complete }) => complete)) kept?.end();
  const trace: FileTrace = {
    format: 'tensight-trace',
    version: 1,
    file: options.file,
    run: options.run,
    mode: options.mode,
    models,
    sites: options.sites,
    problems: unique(problems),
    ms: options.now() - started,
  };
  return { trace, held };
}

/** A mistake in what several models share is one mistake. */
function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = JSON.stringify([problem.site, problem.range, problem.file, problem.message]);
    return seen.size < seen.add(key).size;
  });
}
