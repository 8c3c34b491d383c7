/**
 * A view [a, b, c, n] row-major to `out`. Strides in elements, from −2³¹ on; `x` is the view's first element. Writes up to 12 bytes
 * further.
 */
export function layOut(
  x: usize, a: i32, aStep: i32, b: i32, bStep: i32, c: i32, cStep: i32, n: i32, step: i32, out: usize,
): void {
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) {
        let p = x + ((i * aStep + j * bStep + k * cStep) << 2);
        const end = out + (<usize>n << 2);
        if (step == 1) for (; out < end; out += 16, p += 16) v128.store(out, v128.load(p));
        else for (; out < end; out += 4, p += step << 2) store<f32>(out, load<f32>(p));
        out = end;
      }
}
