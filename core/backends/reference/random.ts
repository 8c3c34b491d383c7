/**
 * Floats by the many, uniform and normal, as PyTorch fills a contiguous tensor on an x64 processor with AVX2. Every step is rounded
 * to float32, and where PyTorch multiplies and adds in one rounding, so do these: that is what makes them equal to the last bit.
 */
import type { MersenneTwister } from '../../tensor/mersenneTwister.ts';

/** The language's own: with others the numbers would change. */
const { fround, sqrt, trunc } = Math;

const double = new Float64Array(1);
/** Its low and its high half. */
const halves = new Int32Array(double.buffer);

/**
 * a · b + c of floats, rounded once. The product is exact in double precision; the sum is rounded to odd, which leaves the second
 * rounding what it has to know (Boldo & Melquiond 2008).
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const added = sum - product;
  const error = product - (sum - added) + (c - added);
  if (error === 0) return fround(sum);
  double[0] = sum;
  const low = halves[0]!;
  if ((low & 1) === 0) {
    // The odd neighbour on the error's side.
    if (error > 0 === sum > 0) halves[0] = low | 1;
    else {
      halves[0] = low - 1;
      if (low === 0) halves[1]!--;
    }
  }
  return fround(double[0]!);
}

/** `Backend.uniform`. */
export function uniform(twister: MersenneTwister, low: number, high: number, out: Float32Array): void {
  const from = fround(low);
  const width = fround(fround(high) - from);
  for (let i = 0; i < out.length; i++) {
    const u = (twister.next() & 0xffffff) * 2 ** -24;
    out[i] = width === 1 && from === 0 ? u : fusedMultiplyAdd(u, width, from);
  }
}

/** `Backend.normal`: Box & Muller's transform of blocks of 16, the last of which may take back what was there. */
export function normal(twister: MersenneTwister, mean: number, std: number, out: Float32Array): void {
  const [m, s, n] = [fround(mean), fround(std), out.length];
  uniform(twister, 0, 1, out);
  for (let i = 0; i + 16 <= n; i += 16) transform(out, i, m, s);
  if (n % 16 === 0) return;
  uniform(twister, 0, 1, out.subarray(n - 16));
  transform(out, n - 16, m, s);
}

const turn = fround(2 * Math.PI);

function transform(v: Float32Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + 8; j++) {
    const radius = fround(sqrt(-2 * log(1 - v[j]!)));
    const angle = fround(turn * v[j + 8]!);
    sineAndCosine(angle);
    v[j] = fusedMultiplyAdd(fround(radius * cosine), std, mean);
    v[j + 8] = fusedMultiplyAdd(fround(radius * sine), std, mean);
  }
}

const floats = (...values: readonly number[]) => Float32Array.from(values);
/** The coefficients of Cephes' single-precision functions (Moshier 1989), the highest power's first. */
const ofLog = floats(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);
const ofCosine = floats(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
const ofSine = floats(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1);
/** log 2 and π/4 in parts, of which all but the last have few digits. */
const log2Low = fround(-2.1219444e-4);
const log2High = fround(0.693359375);
const quarter = floats(-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8);
const perQuarter = fround(1.27323954473516);
const halfRoot = fround(Math.SQRT1_2);

function polynomial(coefficients: Float32Array, x: number): number {
  let y = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) y = fusedMultiplyAdd(y, x, coefficients[i]!);
  return y;
}

const single = new Float32Array(1);
const word = new Int32Array(single.buffer);

/** The logarithm of a float above 0. */
function log(of: number): number {
  single[0] = of;
  let exponent = (word[0]! >>> 23) - 126;
  word[0] = (word[0]! & 0x7fffff) | 0x3f000000;
  let x = single[0]!;
  if (x < halfRoot) {
    exponent -= 1;
    x = 2 * x - 1;
  } else x -= 1;
  const square = fround(x * x);
  let y = fround(polynomial(ofLog, x) * x);
  y = fusedMultiplyAdd(y, square, fround(exponent * log2Low));
  y = fround(y - square / 2);
  return fusedMultiplyAdd(exponent, log2High, fround(x + y));
}

let sine = 0;
let cosine = 0;

/** Leaves those of an angle of 0 or more in `sine` and `cosine`. */
function sineAndCosine(angle: number): void {
  const n = (trunc(fround(angle * perQuarter)) + 1) & ~1;
  let x = angle;
  for (let i = 0; i < 3; i++) x = fusedMultiplyAdd(n, quarter[i]!, x);
  const square = fround(x * x);
  let c = fround(polynomial(ofCosine, square) * square);
  c = fround(fusedMultiplyAdd(c, square, -square / 2) + 1);
  let s = fround(polynomial(ofSine, square) * square);
  s = fusedMultiplyAdd(s, x, x);
  if ((n & 2) !== 0) [s, c] = [c, s];
  sine = (n & 4) === 0 ? s : -s;
  cosine = ((n - 2) & 4) === 0 ? -c : c;
}
