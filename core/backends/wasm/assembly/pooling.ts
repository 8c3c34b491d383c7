/** Maxima of windows. */

/** x [planes, h, w] → out [planes, oh, ow] and where in its plane each maximum stands; NaN wins, the first of equals stays. */
export function maxPool2d(
  x: usize, planes: i32, h: i32, w: i32, out: usize, where: usize, oh: i32, ow: i32,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32,
): void {
  for (let p = 0; p < planes; p++, x += (h * w) << 2)
    for (let r = 0; r < oh; r++)
      for (let c = 0; c < ow; c++, out += 4, where += 4) {
        let best: f32 = -Infinity;
        let at = -1;
        for (let i = 0; i < kh; i++) {
          const y = r * sy - py + i * dy;
          if (y < 0 || y >= h) continue;
          for (let j = 0; j < kw; j++) {
            const z = c * sx - px + j * dx;
            if (z < 0 || z >= w) continue;
            const value = load<f32>(x + ((y * w + z) << 2));
            // The first element counts even at −∞.
            if (at < 0 || value > best || value != value) {
              best = value;
              at = y * w + z;
            }
          }
        }
        store<f32>(out, best);
        store<i32>(where, at);
      }
}
