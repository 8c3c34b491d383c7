import { integer } from '../../core/format/numbers.ts';
import type { Problem } from '../../core/trace/trace.ts';
import type { EngineEvents, RunRequest } from '../protocol/engine.ts';
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

type Phase = EngineEvents['progress']['phase'];

/** What goes on where no line of the model's does. */
const between: Readonly<Record<Phase, string>> = {
  build: 'while the model was made',
  forward: 'between two lines of the model',
  loss: 'between two lines of the model',
  backward: 'while gradients were computed',
  statistics: 'while the statistics of its tensors were computed',
};

/** Says why a run was ended, where it was, and what can be done. */
export function problemOfStop(
  stop: Stop,
  request: Pick<RunRequest, 'mode' | 'sites' | 'entry'>,
  { site: here, loop, phase }: Pick<WorkState, 'site' | 'loop'> & { readonly phase?: Phase | undefined },
  memoryLimit: number,
  names: LimitNames = settingNames,
  training?: TrainingPlace,
): Problem {
  const site = loop?.site ?? here;
  const at = site === undefined ? atDefinition(request) : { site };
  const scope = site === undefined ? undefined : request.sites[site]?.scope;
  const inScope = scope === undefined ? '' : `, in ${scope}`;
  const where =
    loop !== undefined
      ? `, after ${integer(loop.rounds)} iterations of this loop${inScope}`
      : site !== undefined
        ? `; it was here${inScope}`
        : phase === undefined
          ? ''
          : `, ${between[phase]}`;
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
      const loops =
        loop !== undefined
          ? 'Make sure the loop ends'
          : site !== undefined
            ? 'Look for a loop that never ends'
            : 'Use a smaller model or sample input';
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

/** Where the model is defined, or else where its file begins. */
function atDefinition({ sites, entry }: Pick<RunRequest, 'sites' | 'entry'>): Pick<Problem, 'site' | 'file' | 'range'> {
  const site = sites.findLastIndex(({ file, text }) => file === entry && text.startsWith('defineModel('));
  if (site >= 0) return { site };
  return { file: entry, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}
