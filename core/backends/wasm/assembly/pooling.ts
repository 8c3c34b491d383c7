/** Maxima of windows, and what goes back to where they were. */

/**
 * x [planes, h, w] → out [planes, oh, ow] and where in its plane each maximum stands; NaN wins, the first of equals stays.
 * Four outputs of a row at a time where all of their windows are inside, and one where not.
 */
export function maxPool2d(
  x: usize, planes: i32, h: i32, w: i32, out: usize, where: usize, oh: i32, ow: i32,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32,
): void {
  // Outputs from `low` on, before `high`, have windows that begin and end inside a row.
  const low = min(ow, (px + sx - 1) / sx);
  const room = w - 1 - (kw - 1) * dx + px;
  const high = room < 0 ? 0 : min(ow, room / sx + 1);
  for (let p = 0; p < planes; p++, x += (h * w) << 2)
    for (let r = 0; r < oh; r++) {
      const y = r * sy - py;
      const first = y >= 0 ? 0 : (dy - 1 - y) / dy;
      const last = y >= h ? 0 : min(kh, (h - 1 - y) / dy + 1);
      let c = 0;
      while (c < ow) {
        if (sx <= 2 && c >= low && c + 4 <= high) {
          four(x, w, y, first, last, c * sx - px, kw, sx, dy, dx, out, where);
          c += 4;
          out += 16;
          where += 16;
        } else {
          one(x, w, y, first, last, c * sx - px, kw, dy, dx, out, where);
          c++;
          out += 4;
          where += 4;
        }
      }
    }
}

/** The maximum of taps [first, last) × kw from row y and column `left` on. */
function one(x: usize, w: i32, y: i32, first: i32, last: i32, left: i32, kw: i32, dy: i32, dx: i32, out: usize, where: usize): void {
  let best: f32 = -Infinity;
  let at = -1;
  for (let i = first; i < last; i++)
    for (let j = 0; j < kw; j++) {
      const z = left + j * dx;
      if (z < 0 || z >= w) continue;
      const here = (y + i * dy) * w + z;
      const value = load<f32>(x + (<usize>here << 2));
      // The first element counts even at −∞.
      if (at < 0 || value > best || value != value) {
        best = value;
        at = here;
      }
    }
  store<f32>(out, best);
  store<i32>(where, at);
}

/** The same for four neighbours, all of whose columns are inside. */
function four(x: usize, w: i32, y: i32, first: i32, last: i32, left: i32, kw: i32, sx: i32, dy: i32, dx: i32, out: usize, where: usize): void {
  let best = f32x4.splat(-Infinity), at = i32x4.splat(-1);
  const steps = sx == 1 ? i32x4(0, 1, 2, 3) : i32x4(0, 2, 4, 6);
  for (let i = first; i < last; i++)
    for (let j = 0; j < kw; j++) {
      const here = (y + i * dy) * w + left + j * dx;
      const p = x + (<usize>here << 2);
      // Reads up to 4 bytes after the last of them.
      const value = sx == 1 ? v128.load(p) : i32x4.shuffle(v128.load(p), v128.load(p, 16), 0, 2, 4, 6);
      const new_ = v128.or(v128.or(f32x4.gt(value, best), f32x4.ne(value, value)), i32x4.lt_s(at, i32x4.splat(0)));
      best = v128.bitselect(value, best, new_);
      at = v128.bitselect(i32x4.add(i32x4.splat(here), steps), at, new_);
    }
  v128.store(out, best);
  v128.store(where, at);
}

/** Adds each of `rows` rows of n numbers onto a row of `length`, at their indices. */
export function scatterAdd(out: usize, length: i32, index: usize, src: usize, rows: i32, n: i32): void {
  for (let r = 0; r < rows; r++, out += <usize>length << 2)
    for (let k = 0; k < n; k++, index += 4, src += 4) {
      const to = out + (<usize>load<u32>(index) << 2);
      store<f32>(to, load<f32>(to) + load<f32>(src));
    }
}
