/** What is wrong with a tensor's numbers, worst first. */
import type { Statistics } from '../../core/trace/trace.ts';
import { count, share } from './numbers.ts';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly text: string;
  readonly why: string;
}

/** Zeros are ordinary after a ReLU; more than this share of them is worth a word. */
const manyZeros = 0.9;

export function findings(stats: Statistics): readonly Finding[] {
  const found: Finding[] = [];
  if (stats.nan > 0)
    found.push({
      severity: 'error',
      text: `${count(stats.nan)} NaN`,
      why: `${stats.nan} of ${stats.count} elements are not a number`,
    });
  const infinite = stats.posInf + stats.negInf;
  if (infinite > 0)
    found.push({
      severity: 'error',
      text: `${count(infinite)} ∞`,
      why: `${stats.posInf} elements are ∞, ${stats.negInf} are −∞`,
    });
  if (stats.count > 0 && stats.zeros === stats.count)
    found.push({ severity: 'warning', text: 'all zero', why: 'every element is exactly zero' });
  else if (stats.zeros > manyZeros * stats.count)
    found.push({
      severity: 'warning',
      text: `${share(stats.zeros, stats.count)} zero`,
      why: `${stats.zeros} of ${stats.count} elements are exactly zero`,
    });
  else if (stats.count > 1 && stats.std === 0 && infinite + stats.nan === 0)
    found.push({ severity: 'warning', text: 'constant', why: 'every element is the same' });
  return found;
}
