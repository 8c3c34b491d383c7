/** Whether two answers to a case agree, and where they do not. */

import { near } from '../core/near.ts';
import { inputNames } from './case.ts';
import type { Answer, Numbers } from './evaluate.ts';

/** How far apart two numbers may lie: relative to them, and to the largest of their tensor. */
export interface Tolerance {
  readonly relative: number;
  readonly ofLargest: number;
}

/** Above this, a tensor's largest number says nothing about the error of its small ones. */
const ordinary = 1e4;

/** One number, or one tensor, that is not as expected. */
export interface Difference {
  readonly what: string;
  /** The number, where it is one: in which tensor, where in it row by row, and both values. */
  readonly at?: {
    readonly of: 'output' | 'gradient' | 'parameter';
    /** The output's number, the input's name or the parameter's. */
    readonly name: string;
    readonly element: number;
    readonly got: number;
    readonly want: number;
  };
}

/** All that differs, one after the other. `want` is the measure. */
export function* differences(got: Answer, want: Answer, tolerance: Tolerance): Generator<Difference, void> {
  if (got.refused !== undefined || want.refused !== undefined) {
    if ((got.refused === undefined) === (want.refused === undefined)) return;
    yield {
      what: got.refused === undefined ? `is computed, expected: ${want.refused}` : `is refused: ${got.refused}`,
    };
    return;
  }
  if (got.outputs.length !== want.outputs.length) {
    yield { what: `gives ${got.outputs.length} tensors, expected ${want.outputs.length}` };
    return;
  }
  for (const [i, expected] of want.outputs.entries())
    yield* apart('output', String(i), got.outputs[i]!, expected, tolerance);
  for (const [i, expected] of want.gradients.entries())
    yield* gradientApart('gradient', inputNames[i]!, got.gradients[i], expected, tolerance);
  const names = new Set([...Object.keys(got.parameters), ...Object.keys(want.parameters)]);
  for (const name of names)
    yield* gradientApart('parameter', name, got.parameters[name], want.parameters[name], tolerance);
}

/** What differs first, in words; undefined where nothing does. */
export function difference(got: Answer, want: Answer, tolerance: Tolerance): string | undefined {
  for (const { what } of differences(got, want, tolerance)) return what;
  return undefined;
}

type Of = NonNullable<Difference['at']>['of'];

/** No gradient and one of zeros are the same. */
function* gradientApart(
  of: Of,
  name: string,
  got: Numbers | undefined,
  want: Numbers | undefined,
  tolerance: Tolerance,
): Generator<Difference, void> {
  if (got === undefined && want === undefined) return;
  const zeros = (like: Numbers): Numbers => ({ ...like, values: new Float32Array(like.values.length) });
  yield* apart(of, name, got ?? zeros(want!), want ?? zeros(got!), tolerance);
}

const called: Readonly<Record<Of, string>> = {
  output: 'output',
  gradient: 'gradient of',
  parameter: 'gradient of parameter',
};

function* apart(of: Of, name: string, got: Numbers, want: Numbers, tolerance: Tolerance): Generator<Difference, void> {
  const tensor = `${called[of]} ${name}`;
  if (String(got.shape) !== String(want.shape)) {
    yield { what: `${tensor} is [${got.shape}], expected [${want.shape}]` };
    return;
  }
  if (of === 'output' && got.dtype !== want.dtype) {
    yield { what: `${tensor} is ${got.dtype}, expected ${want.dtype}` };
    return;
  }
  const scale = scaleOf(want.values);
  const { relative, ofLargest } = want.dtype === 'f32' ? tolerance : { relative: 0, ofLargest: 0 };
  for (let i = 0; i < want.values.length; i++) {
    const x = got.values[i]!;
    const r = want.values[i]!;
    if (near(x, r, relative, ofLargest * scale)) continue;
    yield {
      what: `${tensor} element ${i} is ${x}, expected ${r}`,
      at: { of, name, element: i, got: x, want: r },
    };
  }
}

function scaleOf(values: ArrayLike<number>): number {
  let largest = 1;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > largest && size < ordinary) largest = size;
  }
  return largest;
}
