/**
 * Steps of a recurrence over a sequence, forward and back: Elman 1990 (tanh or relu), LSTM (Hochreiter & Schmidhuber 1997, Gers
 * et al. 2000), GRU (Cho et al. 2014, in cuDNN's form). What the inputs contribute to the gates is there already; the weights
 * of the state are packed once for all steps. Gates stand in PyTorch's order: i f g o, and r z n.
 */
import { gemm, gemmPacked } from './gemm';
import { sigmoid4, tanh4 } from './math';
import { storeFirst } from './simd';

const TANH: i32 = 0;
const RELU: i32 = 1;
const LSTM: i32 = 2;
const GRU: i32 = 3;

// @ts-ignore: decorator
@inline function gatesOf(kind: i32): i32 {
  return kind == LSTM ? 4 : kind == GRU ? 3 : 1;
}

/** The first lanes of a row's last vector, all of any other. What lies after the row belongs to its neighbour. */
// @ts-ignore: decorator
@inline function put(p: usize, v: v128, rest: i32): void {
  if (rest >= 4) v128.store(p, v);
  else storeFirst(p, v, rest);
}

// @ts-ignore: decorator
@inline function slope(y: v128): v128 {
  return f32x4.mul(y, f32x4.sub(f32x4.splat(1), y));
}

// @ts-ignore: decorator
@inline function slopeOfTanh(y: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(y, y));
}

/** Adds a row to each of `rows`. */
function addRow(x: usize, rows: i32, n: i32, row: usize): void {
  for (let r = 0; r < rows; r++, x += <usize>n << 2)
    for (let j = 0; j < n; j += 4) {
      const at = <usize>j << 2;
      put(x + at, f32x4.add(v128.load(x + at), v128.load(row + at)), n - j);
    }
}

/** One sequence element: gates z [4·hidden] become their values; c and h are written. */
function lstm(z: usize, before: usize, n: i32, h: usize, c: usize): void {
  const gate = <usize>n << 2;
  for (let j = 0; j < n; j += 4, z += 16, before += 16, h += 16, c += 16) {
    const rest = n - j;
    const i = sigmoid4(v128.load(z));
    const f = sigmoid4(v128.load(z + gate));
    const g = tanh4(v128.load(z + 2 * gate));
    const o = sigmoid4(v128.load(z + 3 * gate));
    const next = f32x4.add(f32x4.mul(f, v128.load(before)), f32x4.mul(i, g));
    put(z, i, rest);
    put(z + gate, f, rest);
    put(z + 2 * gate, g, rest);
    put(z + 3 * gate, o, rest);
    put(c, next, rest);
    put(h, f32x4.mul(o, tanh4(next)), rest);
  }
}

/** Gates z [3·hidden] become their values; `own` is what the state contributes, its last third is kept. */
function gru(z: usize, own: usize, before: usize, n: i32, h: usize, kept: usize): void {
  const gate = <usize>n << 2;
  for (let j = 0; j < n; j += 4, z += 16, own += 16, before += 16, h += 16, kept += 16) {
    const rest = n - j;
    const hn = v128.load(own + 2 * gate);
    const r = sigmoid4(f32x4.add(v128.load(z), v128.load(own)));
    const u = sigmoid4(f32x4.add(v128.load(z + gate), v128.load(own + gate)));
    const c = tanh4(f32x4.add(v128.load(z + 2 * gate), f32x4.mul(r, hn)));
    put(z, r, rest);
    put(z + gate, u, rest);
    put(z + 2 * gate, c, rest);
    put(kept, hn, rest);
    put(h, f32x4.add(c, f32x4.mul(u, f32x4.sub(v128.load(before), c))), rest);
  }
}

function elman(z: usize, n: i32, h: usize, relu: bool): void {
  for (let j = 0; j < n; j += 4, z += 16, h += 16) {
    const x = v128.load(z);
    put(h, relu ? f32x4.pmax(x, f32x4.splat(0)) : tanh4(x), n - j);
  }
}

/**
 * `steps` steps, the last first where `reverse`. gates [steps, batch, gates·hidden] become the gates' values; packed: the state's
 * weights, [hidden, gates·hidden]; bias may be 0. h0 and c0 [batch, hidden] are the state before; h, c [steps, batch, hidden];
 * kept [steps, batch, hidden] and own [batch, 3·hidden] only for a GRU.
 */
export function recurrence(
  kind: i32, steps: i32, batch: i32, n: i32, reverse: bool,
  gates: usize, packed: usize, bias: usize, h0: usize, c0: usize, h: usize, c: usize, kept: usize, own: usize, work: usize,
): void {
  const width = gatesOf(kind) * n;
  const row = <usize>n << 2;
  const state = <usize>batch * row;
  for (let s = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s;
    let z = gates + <usize>(t * batch * width) * 4;
    let at = h + <usize>t * state;
    let before = s == 0 ? h0 : reverse ? at + state : at - state;
    if (kind == GRU) {
      memory.fill(own, 0, <usize>(batch * width) << 2);
      if (bias) addRow(own, batch, width, bias);
      gemmPacked(batch, width, n, 0, width, before, n, 1, packed, own, width, true, work);
      let k = kept + <usize>t * state;
      let o = own;
      for (let b = 0; b < batch; b++, z += <usize>width << 2, o += <usize>width << 2, before += row, at += row, k += row)
        gru(z, o, before, n, at, k);
      continue;
    }
    if (bias) addRow(z, batch, width, bias);
    gemmPacked(batch, width, n, 0, width, before, n, 1, packed, z, width, true, work);
    if (kind == LSTM) {
      let memoryAt = c + <usize>t * state;
      let earlier = s == 0 ? c0 : reverse ? memoryAt + state : memoryAt - state;
      for (let b = 0; b < batch; b++, z += <usize>width << 2, earlier += row, at += row, memoryAt += row)
        lstm(z, earlier, n, at, memoryAt);
    } else for (let b = 0; b < batch; b++, z += row, at += row) elman(z, n, at, kind == RELU);
  }
}

/** From the gates' values z to their gradients; dh comes whole, dc is carried on. */
function lstmBack(z: usize, c: usize, before: usize, n: i32, dh: usize, dc: usize): void {
  const gate = <usize>n << 2;
  for (let j = 0; j < n; j += 4, z += 16, c += 16, before += 16, dh += 16, dc += 16) {
    const rest = n - j;
    const i = v128.load(z), f = v128.load(z + gate), g = v128.load(z + 2 * gate), o = v128.load(z + 3 * gate);
    const t = tanh4(v128.load(c));
    const d = v128.load(dh);
    const dNext = f32x4.add(v128.load(dc), f32x4.mul(f32x4.mul(d, o), slopeOfTanh(t)));
    put(z, f32x4.mul(f32x4.mul(dNext, g), slope(i)), rest);
    put(z + gate, f32x4.mul(f32x4.mul(dNext, v128.load(before)), slope(f)), rest);
    put(z + 2 * gate, f32x4.mul(f32x4.mul(dNext, i), slopeOfTanh(g)), rest);
    put(z + 3 * gate, f32x4.mul(f32x4.mul(d, t), slope(o)), rest);
    put(dc, f32x4.mul(dNext, f), rest);
  }
}

/** Likewise; `own` becomes the gradient of what the state contributes, and dh what passes the gates by. */
function gruBack(z: usize, own: usize, before: usize, kept: usize, n: i32, dh: usize): void {
  const gate = <usize>n << 2;
  for (let j = 0; j < n; j += 4, z += 16, own += 16, before += 16, kept += 16, dh += 16) {
    const rest = n - j;
    const r = v128.load(z), u = v128.load(z + gate), c = v128.load(z + 2 * gate);
    const d = v128.load(dh);
    const dc = f32x4.mul(f32x4.mul(d, f32x4.sub(f32x4.splat(1), u)), slopeOfTanh(c));
    const dr = f32x4.mul(f32x4.mul(dc, v128.load(kept)), slope(r));
    const du = f32x4.mul(f32x4.mul(d, f32x4.sub(v128.load(before), c)), slope(u));
    put(z, dr, rest);
    put(z + gate, du, rest);
    put(z + 2 * gate, dc, rest);
    put(own, dr, rest);
    put(own + gate, du, rest);
    put(own + 2 * gate, f32x4.mul(dc, r), rest);
    put(dh, f32x4.mul(d, u), rest);
  }
}

function elmanBack(h: usize, dh: usize, n: i32, dz: usize, relu: bool): void {
  for (let j = 0; j < n; j += 4, h += 16, dh += 16, dz += 16) {
    const y = v128.load(h);
    const d = v128.load(dh);
    put(dz, relu ? v128.and(d, f32x4.gt(y, f32x4.splat(0))) : f32x4.mul(d, slopeOfTanh(y)), n - j);
  }
}

/** x += y, n elements; what is after the last one may be overwritten. */
// @ts-ignore: decorator
@inline function addTo(x: usize, y: usize, n: i32): void {
  for (let j = 0; j < n; j += 4, x += 16, y += 16) put(x, f32x4.add(v128.load(x), v128.load(y)), n - j);
}

/**
 * Back through the same steps. gates: the gates' values, which become the gradients of what the inputs contribute; own [steps,
 * batch, 3·hidden]: in a GRU, the gradients of what the state contributes (they are the same in the others); packed: the state's
 * weights, [gates·hidden, hidden]. gh and gc are the gradients of h and c from outside (gc may be 0); dh and dc [batch, hidden]
 * those of the state after the last step, which become those of the state before the first; dWeight [gates·hidden, hidden] is
 * added to.
 */
export function recurrenceBackward(
  kind: i32, steps: i32, batch: i32, n: i32, reverse: bool,
  gates: usize, packed: usize, h0: usize, c0: usize, h: usize, c: usize, kept: usize, own: usize,
  gh: usize, gc: usize, dh: usize, dc: usize, dWeight: usize, work: usize,
): void {
  const width = gatesOf(kind) * n;
  const row = <usize>n << 2;
  const wide = <usize>width << 2;
  const state = <usize>batch * row;
  for (let s = steps - 1; s >= 0; s--) {
    const t = reverse ? steps - 1 - s : s;
    const here = <usize>t * state;
    let z = gates + <usize>(t * batch) * wide;
    const dz = kind == GRU ? own + <usize>(t * batch) * wide : z;
    let at = h + here;
    let before = s == 0 ? h0 : reverse ? at + state : at - state;
    const earlierH = before;
    addTo(dh, gh + here, batch * n);
    let d = dh;
    if (kind == LSTM) {
      if (gc) addTo(dc, gc + here, batch * n);
      let memoryAt = c + here;
      let earlier = s == 0 ? c0 : reverse ? memoryAt + state : memoryAt - state;
      let e = dc;
      for (let b = 0; b < batch; b++, z += wide, memoryAt += row, earlier += row, d += row, e += row)
        lstmBack(z, memoryAt, earlier, n, d, e);
    } else if (kind == GRU) {
      let k = kept + here;
      let o = dz;
      for (let b = 0; b < batch; b++, z += wide, o += wide, before += row, k += row, d += row) gruBack(z, o, before, k, n, d);
    } else for (let b = 0; b < batch; b++, z += row, at += row, d += row) elmanBack(at, d, n, z, kind == RELU);
    gemmPacked(batch, n, width, 0, n, dz, width, 1, packed, dh, n, kind == GRU, work);
    if (s == 0) gemm(width, n, batch, dz, 1, width, earlierH, n, 1, dWeight, n, true, work);
  }
  // All steps but the first at once.
  if (steps > 1) {
    const from = kind == GRU ? own : gates;
    const dz = reverse ? from : from + <usize>batch * wide;
    const before = reverse ? h + state : h;
    gemm(width, n, (steps - 1) * batch, dz, 1, width, before, n, 1, dWeight, n, true, work);
  }
}
