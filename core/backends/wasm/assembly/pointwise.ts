/** Functions element by element. `n` is a multiple of 4: callers round up, what lies after the end is not looked at. */
import { erf4, exp4, phi4, sigmoid4, tanh4 } from './math';
import { madd } from './simd';

/** √(2/π), of the tanh approximation of GELU (Hendrycks & Gimpel 2016). */
const GELU_SCALE: f32 = 0.7978845608028654;
const GELU_CUBIC: f32 = 0.044715;
/** 1/√(2π) */
const DENSITY_0: f32 = 0.3989422804014327;

export function neg(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, f32x4.neg(v128.load(x)));
}
export function abs(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, f32x4.abs(v128.load(x)));
}
export function relu(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, f32x4.pmax(v128.load(x), f32x4.splat(0)));
}
export function square(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, f32x4.mul(v, v));
  }
}
export function sqrt(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, f32x4.sqrt(v128.load(x)));
}
export function rsqrt(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, f32x4.div(f32x4.splat(1), f32x4.sqrt(v128.load(x))));
}
export function reciprocal(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, f32x4.div(f32x4.splat(1), v128.load(x)));
}
export function exp(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, exp4(v128.load(x)));
}
export function tanh(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, tanh4(v128.load(x)));
}
export function sigmoid(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, sigmoid4(v128.load(x)));
}
export function erf(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) v128.store(y, erf4(v128.load(x)));
}
export function silu(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, f32x4.mul(v, sigmoid4(v)));
  }
}
export function gelu(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, f32x4.mul(v, phi4(v)));
  }
}
/** ½ (1 + tanh u) = sigmoid(2u), which keeps its digits in the lower tail; u = √(2/π) (x + 0.044715 x³). */
// @ts-ignore: decorator
@inline function geluGate(v: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(v, v), v);
  return sigmoid4(f32x4.mul(f32x4.splat(2 * GELU_SCALE), madd(f32x4.splat(GELU_CUBIC), cube, v)));
}
export function geluTanh(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, f32x4.mul(v, geluGate(v)));
  }
}

// Gradients: `g` upstream, `x` the input (or, for tanh and sigmoid, the output), `y` where it goes.

export function geluBackward(g: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, g += 16, x += 16, y += 16) {
    const v = v128.load(x);
    const density = f32x4.mul(f32x4.splat(DENSITY_0), exp4(f32x4.mul(f32x4.mul(f32x4.splat(-0.5), v), v)));
    v128.store(y, f32x4.mul(v128.load(g), madd(v, density, phi4(v))));
  }
}
export function geluTanhBackward(g: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, g += 16, x += 16, y += 16) {
    const v = v128.load(x);
    const s = geluGate(v);
    const one = f32x4.splat(1);
    // Where s is 0 or 1 already, x³ would overflow, and 0·∞ is no number.
    const u = f32x4.max(f32x4.min(v, f32x4.splat(1e4)), f32x4.splat(-1e4));
    const slope = f32x4.mul(f32x4.splat(2 * GELU_SCALE), madd(f32x4.splat(3 * GELU_CUBIC), f32x4.mul(u, u), one));
    const inner = f32x4.mul(f32x4.mul(u, f32x4.sub(one, s)), slope);
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(g), s), f32x4.add(one, inner)));
  }
}
export function siluBackward(g: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4, g += 16, x += 16, y += 16) {
    const v = v128.load(x);
    const s = sigmoid4(v);
    const one = f32x4.splat(1);
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(g), s), madd(v, f32x4.sub(one, s), one)));
  }
}
