/** As many multiply-adds as a thread can do: twelve sums in registers, nothing read, nothing written. What a product is measured against. */
export function peak(turns: i32, factor: f32, add: f32): f32 {
  const x = f32x4.splat(factor),
    y = f32x4.splat(add);
  let a = f32x4.splat(0),
    b = f32x4.splat(1),
    c = f32x4.splat(2),
    d = f32x4.splat(3);
  let e = f32x4.splat(4),
    f = f32x4.splat(5),
    g = f32x4.splat(6),
    h = f32x4.splat(7);
  let i = f32x4.splat(8),
    j = f32x4.splat(9),
    k = f32x4.splat(10),
    l = f32x4.splat(11);
  for (let turn = 0; turn < turns; turn++) {
    (a = f32x4.relaxed_madd(a, x, y)), (b = f32x4.relaxed_madd(b, x, y)), (c = f32x4.relaxed_madd(c, x, y));
    (d = f32x4.relaxed_madd(d, x, y)), (e = f32x4.relaxed_madd(e, x, y)), (f = f32x4.relaxed_madd(f, x, y));
    (g = f32x4.relaxed_madd(g, x, y)), (h = f32x4.relaxed_madd(h, x, y)), (i = f32x4.relaxed_madd(i, x, y));
    (j = f32x4.relaxed_madd(j, x, y)), (k = f32x4.relaxed_madd(k, x, y)), (l = f32x4.relaxed_madd(l, x, y));
    (a = f32x4.relaxed_madd(a, x, y)), (b = f32x4.relaxed_madd(b, x, y)), (c = f32x4.relaxed_madd(c, x, y));
    (d = f32x4.relaxed_madd(d, x, y)), (e = f32x4.relaxed_madd(e, x, y)), (f = f32x4.relaxed_madd(f, x, y));
    (g = f32x4.relaxed_madd(g, x, y)), (h = f32x4.relaxed_madd(h, x, y)), (i = f32x4.relaxed_madd(i, x, y));
    (j = f32x4.relaxed_madd(j, x, y)), (k = f32x4.relaxed_madd(k, x, y)), (l = f32x4.relaxed_madd(l, x, y));
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  e = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  i = f32x4.add(f32x4.add(i, j), f32x4.add(k, l));
  return f32x4.extract_lane(f32x4.add(a, f32x4.add(e, i)), 0);
}

/** Floating-point operations of a turn. */
export function operations(): i32 {
  return 24 * 4 * 2;
}
