/** How far a training is. */
import type { Training } from '../protocol/training.ts';

/** Whether it is still under way. */
export function isTraining({ state }: Pick<Training, 'state'>): boolean {
  return state === 'running' || state === 'stopping';
}

/** What is left of a training when the engine that held its parameters has ended, and why it has. */
export function leftOf(training: Training, why: string): Training {
  const going = isTraining(training);
  if (!going && training.parameters === 'none') return training;
  const remark = `${why}, ${going ? 'which ended this training' : 'so the trained parameters were lost'}.`;
  return { ...training, state: going ? 'stopped' : training.state, parameters: 'none', remark };
}

/** Steps a second, of all that were made. */
export function stepRate({ step, ms }: Pick<Training, 'step' | 'ms'>): number | undefined {
  return step > 0 && ms > 0 ? (1000 * step) / ms : undefined;
}

/** Milliseconds to the last step, at the speed so far. */
export function timeLeft(training: Pick<Training, 'state' | 'step' | 'steps' | 'ms'>): number | undefined {
  const rate = stepRate(training);
  return !isTraining(training) || rate === undefined
    ? undefined
    : Math.round((1000 * (training.steps - training.step)) / rate);
}
