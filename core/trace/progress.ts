/** How far a run has got, and how what went wrong in it is placed. */
import type { Module } from '../nn/module.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Recorder } from './recorder.ts';
import type { Problem, SiteId, TrainedFor, ValueRef } from './trace.ts';

/** What a run has got to; read even when it failed half-way. */
export interface Progress {
  exportName: string;
  root?: Module;
  /** The same, once its forward has run. */
  ran?: Module;
  trained?: TrainedFor | undefined;
  site?: SiteId | undefined;
  inputs: { name: string; value: ValueRef }[];
  output?: ValueRef | undefined;
  loss?: { tensor: Tensor; source: 'defined' | 'sum of output'; isConstant?: true };
  /** Parameters of `forward` that no input is for. */
  missing: readonly string[];
  /** While a result is checked: the expression that gave it. */
  givenBy?: SiteId | undefined;
  /** What is odd, though nothing failed. */
  readonly remarks: Problem[];
  complete: boolean;
  stoppedAt?: string | undefined;
}

/** Why a run is not complete, if it is not, and whether values are needed to complete it. */
export interface Failure {
  readonly problem?: Problem;
  readonly needsValue?: { readonly text: string; readonly note: Problem };
}

/** In a Sequential, which of its layers failed, and where that was made: the expression under way is the whole one's. */
export function insideOf(problem: Problem, { failed, moduleSites }: Recorder, run: Progress): Problem {
  if (failed === undefined || !failed.hidden || run.root === undefined) return problem;
  const path = run.root.namedModules().find(([, module]) => module === failed.module)?.[0];
  if (path === undefined || path === '') return problem;
  const site = moduleSites.get(failed.module);
  const made = site === undefined ? [] : [{ site, message: `${path} is made here` }];
  return { ...problem, message: `${path}: ${problem.message}`, related: [...made, ...(problem.related ?? [])] };
}

/** Where nothing of the person's own was being evaluated, the nearest place there is: what gave a result, the model's definition. */
export function placed(problem: Problem, run: Progress): Problem {
  if (run.givenBy !== undefined) return { ...problem, site: run.givenBy };
  const homeless = problem.site === undefined && problem.range === undefined;
  return homeless && run.site !== undefined ? { ...problem, site: run.site } : problem;
}
