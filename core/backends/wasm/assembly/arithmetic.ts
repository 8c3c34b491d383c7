/** Plain arithmetic of two operands, row by row, and sums. */
import { addWide, total } from './simd';

const ADD: i32 = 0;
const SUB: i32 = 1;
const MUL: i32 = 2;
const DIV: i32 = 3;
const MAXIMUM: i32 = 4;
const MINIMUM: i32 = 5;
const RELU_BACKWARD: i32 = 6;
const SIGMOID_BACKWARD: i32 = 7;
const TANH_BACKWARD: i32 = 8;

/** `kernel` is a constant wherever this is inlined, so one branch is left. */
// @ts-ignore: decorator
@inline function each(kernel: i32, a: v128, b: v128): v128 {
  if (kernel == ADD) return f32x4.add(a, b);
  else if (kernel == SUB) return f32x4.sub(a, b);
  else if (kernel == MUL) return f32x4.mul(a, b);
  else if (kernel == DIV) return f32x4.div(a, b);
  else if (kernel == MAXIMUM) return f32x4.max(a, b);
  else if (kernel == MINIMUM) return f32x4.min(a, b);
  else if (kernel == RELU_BACKWARD) return v128.andnot(a, f32x4.le(b, f32x4.splat(0)));
  else if (kernel == SIGMOID_BACKWARD) return f32x4.mul(f32x4.mul(a, b), f32x4.sub(f32x4.splat(1), b));
  else return f32x4.mul(a, f32x4.sub(f32x4.splat(1), f32x4.mul(b, b)));
}

/** The last vector of a row writes up to 12 bytes further: the next row comes after it. */
// @ts-ignore: decorator
@inline function rowsOf(kernel: i32, a: usize, aRow: i32, aStep: i32, b: usize, bRow: i32, bStep: i32, out: usize, rows: i32, n: i32): void {
  for (let r = 0; r < rows; r++, a += aRow << 2, b += bRow << 2, out += n << 2) {
    const end = out + (n << 2);
    let p = a, q = b, o = out;
    if (aStep != 0 && bStep != 0) for (; o < end; o += 16, p += 16, q += 16) v128.store(o, each(kernel, v128.load(p), v128.load(q)));
    else if (aStep != 0) {
      const y = v128.load32_splat(q);
      for (; o < end; o += 16, p += 16) v128.store(o, each(kernel, v128.load(p), y));
    } else {
      const x = v128.load32_splat(p);
      if (bStep != 0) for (; o < end; o += 16, q += 16) v128.store(o, each(kernel, x, v128.load(q)));
      else {
        const z = each(kernel, x, v128.load32_splat(q));
        for (; o < end; o += 16) v128.store(o, z);
      }
    }
  }
}

/**
 * out [rows, n] of a and b. Steps are 1 or 0 (one number for the whole row), rows' strides in elements. `out` overlaps
 * neither operand.
 */
export function binary(
  kernel: i32, a: usize, aRow: i32, aStep: i32, b: usize, bRow: i32, bStep: i32, out: usize, rows: i32, n: i32,
): void {
  switch (kernel) {
    case ADD: rowsOf(ADD, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    case SUB: rowsOf(SUB, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    case MUL: rowsOf(MUL, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    case DIV: rowsOf(DIV, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    case MAXIMUM: rowsOf(MAXIMUM, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    case MINIMUM: rowsOf(MINIMUM, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    case RELU_BACKWARD: rowsOf(RELU_BACKWARD, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    case SIGMOID_BACKWARD: rowsOf(SIGMOID_BACKWARD, a, aRow, aStep, b, bRow, bStep, out, rows, n); break;
    default: rowsOf(TANH_BACKWARD, a, aRow, aStep, b, bRow, bStep, out, rows, n);
  }
}

/** The sum of n floats (or of their squares). */
export function sum(x: usize, n: i32, squares: bool): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  let k = 0;
  if (squares) {
    for (; k + 4 <= n; k += 4, x += 16) {
      const v = v128.load(x);
      const low = f64x2.promote_low_f32x4(v), high = f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 0));
      s0 = f64x2.add(s0, f64x2.mul(low, low));
      s1 = f64x2.add(s1, f64x2.mul(high, high));
    }
  } else {
    for (; k + 8 <= n; k += 8, x += 32) {
      s0 = addWide(s0, v128.load(x));
      s1 = addWide(s1, v128.load(x, 16));
    }
  }
  let all = total(f64x2.add(s0, s1));
  for (; k < n; k++, x += 4) {
    const v = <f64>load<f32>(x);
    all += squares ? v * v : v;
  }
  return all;
}

/** Adds rows [rows, n] onto a row of doubles (n rounded up to a multiple of 4). */
export function sumRows(x: usize, rows: i32, n: i32, out: usize): void {
  for (let r = 0; r < rows; r++, x += n << 2) {
    let p = x, o = out;
    for (let k = 0; k < n; k += 4, p += 16, o += 32) {
      const v = v128.load(p);
      v128.store(o, f64x2.add(v128.load(o), f64x2.promote_low_f32x4(v)));
      v128.store(o, f64x2.add(v128.load(o, 16), f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 0))), 16);
    }
  }
}
