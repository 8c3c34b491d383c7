import { formatShape, type Tensor } from '../../core/index.ts';
import type { Tolerance } from './cases.ts';

/** Throws, naming the worst element, unless |got − want| ≤ atol + rtol·|want| everywhere (integers: equal). */
export function expectClose(what: string, got: Tensor, want: Tensor, { rtol, atol }: Tolerance): void {
  if (String(got.shape) !== String(want.shape))
    throw new Error(`${what} is ${formatShape(got)}, PyTorch's is ${formatShape(want)}`);
  const ours = got.toTypedArray();
  const theirs = want.toTypedArray();
  const exact = want.dtype !== 'f32';
  let worst = 0;
  let message = '';
  for (let i = 0; i < theirs.length; i++) {
    const x = ours[i]!;
    const r = theirs[i]!;
    if (Object.is(x, r) || x === r) continue;
    const excess = exact ? Number.POSITIVE_INFINITY : Math.abs(x - r) / (atol + rtol * Math.abs(r));
    if (excess <= 1 || excess < worst) continue;
    worst = excess;
    message = `${what}${formatShape(want)} at ${indexOf(i, want.shape)}: ${x}, PyTorch has ${r} (${excess.toPrecision(3)} × the tolerance)`;
    if (Number.isNaN(excess)) break;
  }
  if (message !== '') throw new Error(message);
}

function indexOf(flat: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = flat;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${index.join(', ')}]`;
}
