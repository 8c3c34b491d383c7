import { integer } from '../../core/format/numbers.ts';
import type { Problem } from '../../core/trace/trace.ts';
import type { RunRequest } from '../protocol/engine.ts';
import type { WorkState } from '../protocol/watch.ts';

/** Why a run was ended from outside, or has no answer. */
export type Stop =
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'crashed'; readonly message: string }
  /** The run changed the language so that nothing works any more. */
  | { readonly kind: 'spoiled'; readonly changed: string }
  /** The engine is as well as before. */
  | { readonly kind: 'failed'; readonly message: string };

/** What the limits are called where the person can change them. */
export interface LimitNames {
  readonly shapeRunTimeout: string;
  readonly runTimeout: string;
  readonly memoryLimit: string;
}

/** How far a training has come, and whether its limit is that of each step. */
export interface TrainingPlace {
  readonly step: number;
  readonly steps: number;
  readonly eachStep: boolean;
}

/** As the editor calls them. */
export const settingNames: LimitNames = {
  shapeRunTimeout: 'the setting tensight.shapeRunTimeout',
  runTimeout: 'the setting tensight.runTimeout',
  memoryLimit: 'the setting tensight.memoryLimit',
};

/** Says why a run was ended, where it was, and what can be done. */
export function problemOfStop(
  stop: Stop,
  request: Pick<RunRequest, 'mode' | 'sites' | 'entry'>,
  { site: here, loop }: Pick<WorkState, 'site' | 'loop'>,
  memoryLimit: number,
  names: LimitNames = settingNames,
  training?: TrainingPlace,
): Problem {
  const site = loop?.site ?? here;
  const at = site === undefined ? atTop(request.entry) : { site };
  const scope = site === undefined ? undefined : request.sites[site]?.scope;
  const inScope = scope === undefined ? '' : `, in ${scope}`;
  const where =
    loop === undefined
      ? `; it was here${inScope}`
      : `, after ${integer(loop.rounds)} iterations of this loop${inScope}`;
  switch (stop.kind) {
    case 'timeout': {
      const name = request.mode === 'shape' ? names.shapeRunTimeout : names.runTimeout;
      if (training !== undefined && !training.eachStep)
        return {
          severity: 'error',
          code: 'timeout',
          message: `the training was ended after ${seconds(stop.ms)}, at step ${integer(training.step)} of ${integer(training.steps)}`,
          hint: `Raise ${name}, or train fewer steps.`,
          ...at,
        };
      const what =
        training === undefined
          ? 'the run was ended'
          : `the training was ended: step ${integer(training.step + 1)} was not done`;
      const loops = loop === undefined ? 'Look for a loop that never ends' : 'Make sure the loop ends';
      return {
        severity: 'error',
        code: 'timeout',
        message: `${what} after ${seconds(stop.ms)}${where}`,
        hint: `${loops}, or raise ${name} where the model needs longer.`,
        ...at,
      };
    }
    case 'memory':
      return {
        severity: 'error',
        code: 'memory',
        message: `the run was ended because it took more than ${memoryLimit} MB${where}`,
        hint: `Look for something that grows in a loop, use a smaller sample input, or raise ${names.memoryLimit}.`,
        ...at,
      };
    case 'cancelled':
      return {
        severity: 'warning',
        code: 'cancelled',
        message: training === undefined ? 'the run was cancelled' : 'the training was stopped',
        ...at,
      };
    case 'crashed':
      return {
        severity: 'error',
        code: 'crashed',
        message: `the engine stopped: ${stop.message.split('\n', 1)[0]}`,
        hint: 'The next run starts a new one.',
        stack: stop.message,
        ...at,
      };
    case 'spoiled':
      return {
        severity: 'error',
        code: 'exception',
        message: `the run changed ${stop.changed} in a way that can't be undone, so the engine no longer works`,
        hint: 'Do not change built-in objects.',
        ...at,
      };
    case 'failed':
      return {
        severity: 'error',
        code: 'crashed',
        message: `the run failed: ${stop.message.split('\n', 1)[0]}`,
        hint: 'This is a bug in Tensight, not in the model.',
        stack: stop.message,
        ...at,
      };
    default:
      return stop satisfies never;
  }
}

function atTop(file: string): Pick<Problem, 'file' | 'range'> {
  return { file, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}
