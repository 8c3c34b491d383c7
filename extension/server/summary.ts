import type { FileTrace } from '../../core/trace/trace.ts';
import { formatParameters } from '../protocol/format.ts';
import { duration } from '../protocol/numbers.ts';

/** `TinyGPT · 108 k parameters · 12 ms`, for the status bar. */
export function summary(trace: FileTrace): string {
  const [first] = trace.models;
  if (first === undefined) return '';
  const more = trace.models.length > 1 ? ` and ${trace.models.length - 1} more` : '';
  const name = first.name === 'default' || first.name === '' ? first.className : first.name;
  return `${name}${more} · ${formatParameters(first.totals.parameters)} · ${duration(trace.ms)}`;
}
