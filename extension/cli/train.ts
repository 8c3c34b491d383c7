/** `tensight train`: a file's models learn, and what it came to is printed. */
import type { EngineEvents, TrainedModel, TrainReport } from '../protocol/engine.ts';
import { duration, integer, number } from '../reading/numbers.ts';
import { type FileOptions, withEngine } from './inspect.ts';
import type { Paint } from './paint.ts';

export interface TrainOptions extends FileOptions {
  readonly steps?: number;
  /** Stops it; what it came to until then is reported. */
  readonly signal: AbortSignal;
}

/** How far a training had come when it was last heard of. */
type LastStep = Omit<EngineEvents['step'], 'curve'>;

/** What a training came to. */
export interface ReportedTraining extends TrainReport {
  /** Where the engine had to be ended, and its report with it. */
  readonly last?: LastStep;
}

/** Trains one model file's models. */
export async function train({ steps, signal, ...options }: TrainOptions): Promise<ReportedTraining> {
  let last: LastStep | undefined;
  const report = await withEngine<TrainReport>(options, {
    broken: (file, compiled, ms) => ({
      ...{ format: 'tensight-training', version: 1, file, models: [], ms },
      ...compiled,
    }),
    run: (host, program) =>
      host.train(
        { ...program, mode: 'backward', ...(steps === undefined ? {} : { steps }) },
        {
          timeoutMs: options.timeoutMs,
          signal,
          onStep: ({ curve: _, ...step }) => {
            last = step;
          },
        },
      ),
  });
  return report.models.length > 0 || last === undefined ? report : { ...report, last };
}

/** Everything but the problems. */
export function trainingReport({ models, last }: ReportedTraining, paint: Paint): string {
  const reports = models.map((model) => modelReport(model, paint));
  return [...reports, ...(last === undefined ? [] : [lastReport(last, paint)])].join('\n\n');
}

function lastReport({ step, steps, firstLoss, loss, ms }: LastStep, paint: Paint): string {
  const made = paint.dim(`${integer(step)} of ${integer(steps)} steps in ${duration(ms)}`);
  const first = step > 1 ? `step 1: ${number(firstLoss)}${paint.dim(' · ')}` : '';
  return `${made}\n${paint.dim('loss'.padEnd(6))}${first}step ${integer(step)}: ${number(loss)}`;
}

const curveWidth = 40;
const shownSteps = 6;

function modelReport({ name, steps: asked, losses, result, ms }: TrainedModel, paint: Paint): string {
  const made = losses.length < asked ? `${integer(losses.length)} of ${integer(asked)}` : integer(asked);
  const head = `${paint.bold(name)}  ${paint.dim(`${made} steps in ${duration(ms)}`)}`;
  if (losses.length === 0) return head;
  const steps = [
    ...new Set(Array.from({ length: shownSteps }, (_, i) => Math.round((i * (losses.length - 1)) / (shownSteps - 1)))),
  ];
  const table = steps.map((step) => `step ${integer(step + 1)}: ${number(losses[step]!)}`).join(paint.dim(' · '));
  const names = Object.keys(result);
  const width = Math.max(4, ...names.map(({ length }) => length)) + 2;
  const rows = Object.entries(result).map(([key, value]) => `${paint.dim(key.padEnd(width))}${shown(value)}`);
  return [head, `${paint.dim('loss'.padEnd(width))}${curve(losses)}`, `${' '.repeat(width)}${table}`, ...rows].join(
    '\n',
  );
}

function shown(value: number | string): string {
  return typeof value === 'number' ? number(value) : value;
}

/** The losses as a line of blocks, on a log scale where all are above 0: eight heights between the least and the most. */
function curve(losses: readonly number[], width = curveWidth): string {
  const count = Math.min(width, losses.length);
  const log = losses.every((loss) => loss > 0);
  const heights = Array.from({ length: count }, (_, i) => {
    const part = losses.slice(Math.floor((i * losses.length) / count), Math.floor(((i + 1) * losses.length) / count));
    const mean = part.reduce((sum, loss) => sum + loss, 0) / part.length;
    return log ? Math.log(mean) : mean;
  });
  const least = Math.min(...heights);
  const span = Math.max(...heights) - least || 1;
  return heights.map((height) => '▁▂▃▄▅▆▇█'[Math.round(((height - least) / span) * 7)]).join('');
}
