import { full, zeros } from '../ops/creation.ts';
import { Parameter } from './module.ts';

/** A fresh parameter of zeros, for an initialiser to fill; `axes` says what each axis counts. */
export function parameter(shape: readonly number[], axes?: readonly (string | undefined)[]): Parameter {
  return new Parameter(zeros(shape, axes ? { axes } : {}));
}

/** A fresh parameter, all elements `value`. */
export function constantParameter(shape: readonly number[], value: number): Parameter {
  return new Parameter(full(shape, value));
}
