import type { TypedArray } from '../../tensor/dtype.ts';
import type { BinaryKernel, Strided } from '../backend.ts';
import { erf } from './erf.ts';
import { count, eachRow, isContiguous, plan } from './loops.ts';
import { geluCubic, geluScale, power, sigmoid, wholePower } from './unary.ts';

/** 1/√(2π), the density of the standard normal at 0. */
const density0 = 1 / Math.sqrt(2 * Math.PI);

const functions: Readonly<Record<BinaryKernel, (a: number, b: number, p: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: power,
  // With the sign of the divisor, as Python's.
  remainder(a, b) {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  },
  fmod: (a, b) => a % b,
  atan2: Math.atan2,
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
  logicalAnd: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  logicalOr: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
  logicalXor: (a, b) => ((a !== 0) !== (b !== 0) ? 1 : 0),
  reluBackward: (g, x) => (x <= 0 ? 0 : g),
  geluBackward: (g, x) => g * (0.5 * (1 + erf(x * Math.SQRT1_2)) + x * density0 * Math.exp(-0.5 * x * x)),
  geluTanhBackward(g, x) {
    const t = Math.tanh(geluScale * (x + geluCubic * x * x * x));
    // Where t is ±1 already, ∞·0 would be no number.
    const u = Math.min(Math.max(x, -1e4), 1e4);
    return g * (0.5 * (1 + t) + 0.5 * u * (1 - t * t) * geluScale * (1 + 3 * geluCubic * u * u));
  },
  sigmoidBackward: (g, y) => g * y * (1 - y),
  tanhBackward: (g, y) => g * (1 - y * y),
  siluBackward(g, x) {
    const s = sigmoid(x);
    return g * s * (1 + x * (1 - s));
  },
  softplusBackward: (g, x, beta) => (x * beta > 20 ? g : g * sigmoid(x * beta)),
  leakyReluBackward: (g, x, slope) => (x > 0 ? g : g * slope),
  eluBackward: (g, x, alpha) => (x <= 0 ? g * alpha * Math.exp(x) : g),
};

type Run = (
  a: TypedArray,
  i: number,
  si: number,
  b: TypedArray,
  j: number,
  sj: number,
  out: TypedArray,
  o: number,
  n: number,
) => void;

/** One loop each, where a call for each element would cost more than the arithmetic. */
const fast: { readonly [K in BinaryKernel]?: Run } = {
  add(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i]! + b[j]!;
  },
  sub(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i]! - b[j]!;
  },
  mul(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i]! * b[j]!;
  },
  div(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i]! / b[j]!;
  },
  reluBackward(g, i, si, x, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = x[j]! <= 0 ? 0 : g[i]!;
  },
};

/** Of integers, whose products are right to the last bit before they wrap. */
const whole: { readonly [K in BinaryKernel]?: Run } = {
  mul(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = Math.imul(a[i]!, b[j]!);
  },
  pow(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = wholePower(a[i]!, b[j]!);
  },
};

export function binary(kernel: BinaryKernel, a: Strided, b: Strided, out: Strided, p = 0): void {
  const f = functions[kernel];
  const left = a.storage.data;
  const right = b.storage.data;
  const target = out.storage.data;
  const row: Run =
    (out.dtype === 'i32' ? whole[kernel] : undefined) ??
    fast[kernel] ??
    ((x, i, si, y, j, sj, to, o, n) => {
      for (const end = o + n; o < end; o++, i += si, j += sj) to[o] = f(x[i]!, y[j]!, p);
    });
  if (isContiguous(a) && isContiguous(b)) {
    row(left, a.offset, 1, right, b.offset, 1, target, out.offset, count(out.shape));
    return;
  }
  let o = out.offset;
  eachRow(plan(out.shape, [a.strides, b.strides]), [a.offset, b.offset], (at, n, step) => {
    row(left, at[0]!, step[0]!, right, at[1]!, step[1]!, target, o, n);
    o += n;
  });
}

export function where(condition: Strided, a: Strided, b: Strided, out: Strided): void {
  const c = condition.storage.data;
  const left = a.storage.data;
  const right = b.storage.data;
  const target = out.storage.data;
  let o = out.offset;
  eachRow(
    plan(out.shape, [condition.strides, a.strides, b.strides]),
    [condition.offset, a.offset, b.offset],
    (at, n, step) => {
      let [k, i, j] = at as [number, number, number];
      const [sk, si, sj] = step as [number, number, number];
      for (const end = o + n; o < end; o++, k += sk, i += si, j += sj) target[o] = c[k] !== 0 ? left[i]! : right[j]!;
    },
  );
}
