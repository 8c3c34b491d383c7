import type { FileTrace } from '../../core/trace/trace.ts';
import type { Training } from '../protocol/training.ts';
import { formatParameters } from '../reading/format.ts';
import { integer, number } from '../reading/numbers.ts';

/** `TinyGPT · 108 k parameters`, for the status bar. */
export function summary(trace: FileTrace): string {
  const [first] = trace.models;
  if (first === undefined) return '';
  const more = trace.models.length > 1 ? ` and ${trace.models.length - 1} more` : '';
  const name = first.name === 'default' || first.name === '' ? first.className : first.name;
  return `${name}${more} · ${formatParameters(first.totals.parameters)}`;
}

/** `Linear model · step 120 of 300 · loss 0.12`. */
export function trainingSummary({ name, state, step, steps, loss }: Training): string {
  const parts = [name, step === 0 ? 'starts' : `step ${integer(step)} of ${integer(steps)}`];
  if (loss !== undefined) parts.push(`loss ${number(loss)}`);
  if (state === 'stopping') parts.push('stops');
  return parts.join(' · ');
}
