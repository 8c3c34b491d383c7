import type { TypedArray } from '../../tensor/dtype.ts';
import type { Strided, UnaryKernel } from '../backend.ts';
import { erf } from './erf.ts';
import { count, eachRow, isContiguous, plan } from './loops.ts';

const inverseSqrt2 = Math.SQRT1_2;
/** √(2/π), of the tanh approximation of GELU (Hendrycks & Gimpel 2016). */
export const geluScale = Math.sqrt(2 / Math.PI);
export const geluCubic = 0.044715;

export function sigmoid(x: number): number {
  // Both forms keep the exponent negative, so that neither overflows.
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** x to the power of y, as C and PyTorch have it: JavaScript makes NaN of 1 to the power of NaN and of ±1 to that of ±∞. */
export function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;
}

/** The same of integers, in 32 bits: products wrap, and powers below 0 are 0 but of ±1. */
export function wholePower(x: number, y: number): number {
  if (y < 0) return x === 1 ? 1 : x === -1 ? (y % 2 === 0 ? 1 : -1) : 0;
  let [result, square, rest] = [1, x, y];
  for (; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

/** Half to even, as PyTorch. */
function round(x: number): number {
  const r = Math.round(x);
  return Math.abs(x - Math.trunc(x)) === 0.5 ? 2 * Math.round(x / 2) : r;
}

const functions: Readonly<Record<UnaryKernel, (x: number, p: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  // (0 < x) − (x < 0): 0 at NaN, as PyTorch.
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  square: (x) => x * x,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  erf,
  sigmoid,
  relu: (x) => Math.max(x, 0),
  gelu: (x) => 0.5 * x * (1 + erf(x * inverseSqrt2)),
  geluTanh: (x) => 0.5 * x * (1 + Math.tanh(geluScale * (x + geluCubic * x * x * x))),
  silu: (x) => x * sigmoid(x),
  softplus: (x, beta) => (x * beta > 20 ? x : Math.log1p(Math.exp(x * beta)) / beta),
  leakyRelu: (x, slope) => (x > 0 ? x : x * slope),
  elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  floor: Math.floor,
  ceil: Math.ceil,
  round,
  powScalar: power,
  clampMin: (x, low) => Math.max(x, low),
  clampMax: (x, high) => Math.min(x, high),
  logicalNot: (x) => (x === 0 ? 1 : 0),
  isnan: (x) => (Number.isNaN(x) ? 1 : 0),
  isinf: (x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? 1 : 0),
  isfinite: (x) => (Number.isFinite(x) ? 1 : 0),
  log2: Math.log2,
  log10: Math.log10,
  atan: Math.atan,
  trunc: Math.trunc,
};

type Run = (x: TypedArray, i: number, step: number, out: TypedArray, o: number, n: number, p: number) => void;

/** One loop each, where a call for each element would cost more than the function itself. */
const fast: { readonly [K in UnaryKernel]?: Run } = {
  neg(x, i, step, out, o, n) {
    for (const end = o + n; o < end; o++, i += step) out[o] = -x[i]!;
  },
  square(x, i, step, out, o, n) {
    for (const end = o + n; o < end; o++, i += step) out[o] = x[i]! * x[i]!;
  },
  relu(x, i, step, out, o, n) {
    for (const end = o + n; o < end; o++, i += step) out[o] = Math.max(x[i]!, 0);
  },
  exp(x, i, step, out, o, n) {
    for (const end = o + n; o < end; o++, i += step) out[o] = Math.exp(x[i]!);
  },
  sqrt(x, i, step, out, o, n) {
    for (const end = o + n; o < end; o++, i += step) out[o] = Math.sqrt(x[i]!);
  },
  gelu(x, i, step, out, o, n) {
    for (const end = o + n; o < end; o++, i += step) {
      const v = x[i]!;
      out[o] = 0.5 * v * (1 + erf(v * inverseSqrt2));
    }
  },
};

/** Of integers, whose products are right to the last bit before they wrap. */
const whole: { readonly [K in UnaryKernel]?: Run } = {
  square(x, i, step, out, o, n) {
    for (const end = o + n; o < end; o++, i += step) out[o] = Math.imul(x[i]!, x[i]!);
  },
  powScalar(x, i, step, out, o, n, p) {
    for (const end = o + n; o < end; o++, i += step) out[o] = wholePower(x[i]!, p);
  },
};

export function unary(kernel: UnaryKernel, x: Strided, out: Strided, p = 0): void {
  const run = (out.dtype === 'i32' ? whole[kernel] : undefined) ?? fast[kernel];
  const f = functions[kernel];
  const source = x.storage.data;
  const target = out.storage.data;
  const row: Run =
    run ??
    ((from, i, step, to, o, n) => {
      for (const end = o + n; o < end; o++, i += step) to[o] = f(from[i]!, p);
    });
  if (isContiguous(x)) {
    row(source, x.offset, 1, target, out.offset, count(out.shape), p);
    return;
  }
  let o = out.offset;
  eachRow(plan(x.shape, [x.strides]), [x.offset], (at, n, step) => {
    row(source, at[0]!, step[0]!, target, o, n, p);
    o += n;
  });
}
