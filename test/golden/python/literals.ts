/** Python's numbers and texts as they are written. */
import { PythonError } from './values.ts';

export function numberOf(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isNaN(value)) throw new PythonError(`${text} is no number here`);
  return value;
}

export function textOf(text: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted === null || quoted[2]!.includes('\\')) throw new PythonError(`${text} is not known here`);
  return quoted[2]!;
}
