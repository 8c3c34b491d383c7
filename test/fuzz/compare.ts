/** Whether two answers to a case agree, and where they do not. */
import type { Answer, Numbers } from './evaluate.ts';

/** How far apart two numbers may lie: relative to them, and to the largest of their tensor. */
export interface Tolerance {
  readonly relative: number;
  readonly ofLargest: number;
}

/** Above this, a tensor's largest number says nothing about the error of its small ones. */
const ordinary = 1e4;

/** What differs first, in words; undefined where nothing does. `want` is the measure. */
export function difference(got: Answer, want: Answer, tolerance: Tolerance): string | undefined {
  if (got.refused !== undefined || want.refused !== undefined) {
    if ((got.refused === undefined) === (want.refused === undefined)) return undefined;
    return got.refused === undefined ? `is computed, expected: ${want.refused}` : `is refused: ${got.refused}`;
  }
  if (got.outputs.length !== want.outputs.length)
    return `gives ${got.outputs.length} tensors, expected ${want.outputs.length}`;
  for (const [i, expected] of want.outputs.entries()) {
    const found = apart(got.outputs[i]!, expected, tolerance, true);
    if (found !== undefined) return `output ${i} ${found}`;
  }
  for (const [i, expected] of want.gradients.entries()) {
    const found = gradientApart(got.gradients[i], expected, tolerance);
    if (found !== undefined) return `gradient of ${'abcdefghij'[i]} ${found}`;
  }
  const names = new Set([...Object.keys(got.parameters), ...Object.keys(want.parameters)]);
  for (const name of names) {
    const found = gradientApart(got.parameters[name], want.parameters[name], tolerance);
    if (found !== undefined) return `gradient of parameter ${name} ${found}`;
  }
  return undefined;
}

/** No gradient and one of zeros are the same. */
function gradientApart(got: Numbers | undefined, want: Numbers | undefined, tolerance: Tolerance): string | undefined {
  if (got === undefined && want === undefined) return undefined;
  const zeros = (like: Numbers): Numbers => ({ ...like, values: new Float32Array(like.values.length) });
  return apart(got ?? zeros(want!), want ?? zeros(got!), tolerance, false);
}

function apart(got: Numbers, want: Numbers, tolerance: Tolerance, exactDtype: boolean): string | undefined {
  if (String(got.shape) !== String(want.shape)) return `is [${got.shape}], expected [${want.shape}]`;
  if (exactDtype && got.dtype !== want.dtype) return `is ${got.dtype}, expected ${want.dtype}`;
  const scale = scaleOf(want.values);
  const { relative, ofLargest } = want.dtype === 'f32' ? tolerance : { relative: 0, ofLargest: 0 };
  for (let i = 0; i < want.values.length; i++) {
    const x = got.values[i]!;
    const r = want.values[i]!;
    if (x === r || Object.is(x, r)) continue;
    if (Math.abs(x - r) <= relative * Math.abs(r) + ofLargest * scale) continue;
    return `element ${i} is ${x}, expected ${r}`;
  }
  return undefined;
}

function scaleOf(values: ArrayLike<number>): number {
  let largest = 1;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > largest && size < ordinary) largest = size;
  }
  return largest;
}
