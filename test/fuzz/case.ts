/** One random case: inputs as they lie in memory, and one program over them, in our words and in PyTorch's. */
import { type DType, Tensor } from '../../core/index.ts';
import { unnamedAxes } from '../../core/tensor/axes.ts';
import { storageOf } from '../core/backends/views.ts';

/** A tensor to begin with. */
export interface Given {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  /** The memory it is a view of. */
  readonly data: readonly number[];
  /** Whether its gradient is wanted. */
  readonly grad: boolean;
}

/** What the inputs are called in both programs, in order. */
export const inputNames = 'abcdefghij';

export interface Case {
  /** `operation`, `call`, `layer` or `graph`. */
  readonly family: string;
  /** The operation or layer. */
  readonly name: string;
  readonly inputs: readonly Given[];
  /** Statements, and a last line that is the result: a tensor or a list of them. In JavaScript. */
  readonly ours: string;
  /** The same in Python; undefined where PyTorch has not what we have. */
  readonly theirs?: string | undefined;
  /** Values so large or small are among the inputs that sums in another order are other sums: only backends are compared, loosely. */
  readonly extreme?: boolean;
}

/** The case's input as a leaf, in the layout it was given. */
export function laidOut({ dtype, shape, strides, offset, data, grad }: Given): Tensor {
  const x = new Tensor({ shape, dtype, axes: unnamedAxes(shape.length) }, storageOf(dtype, data), strides, offset);
  x.requiresGrad = grad && dtype === 'f32';
  return x;
}

export function givenOf(x: Tensor): Given {
  const { dtype, shape, strides, offset, requiresGrad } = x;
  return { dtype, shape, strides, offset, data: [...x.storage.data], grad: requiresGrad };
}

/** A value of a program, in JavaScript and in Python: `ref` is the name of an input. */
export type Written = undefined | null | boolean | number | string | readonly Written[] | { readonly ref: string };

export function javascript(value: Written): string {
  if (Array.isArray(value)) return `[${value.map(javascript).join(', ')}]`;
  if (typeof value === 'object' && value !== null && 'ref' in value) return value.ref;
  if (typeof value === 'string') return `'${value}'`;
  return Object.is(value, -0) ? '-0' : String(value);
}

export function python(value: Written): string {
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object' && value !== null && 'ref' in value) return value.ref;
  switch (typeof value) {
    case 'string':
      return `'${value}'`;
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      if (Number.isNaN(value)) return 'math.nan';
      return Number.isFinite(value) ? javascript(value) : value > 0 ? 'inf' : '-inf';
    default:
      return 'None';
  }
}

/** An options object: `{ stride: 2 }`. */
export function optionsInJavascript(options: Readonly<Record<string, Written>>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return `{ ${given.map(([name, value]) => `${name}: ${javascript(value)}`).join(', ')} }`;
}

/** The same as keyword arguments: `stride=2`. */
export function optionsInPython(options: Readonly<Record<string, Written>>): string[] {
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${snake(name)}=${python(value)}`);
}
