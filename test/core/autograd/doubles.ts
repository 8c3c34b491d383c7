/** Arithmetic in double precision, plain and slow, by index: what gradients in f32 are held to. Shares nothing with the engine. */

/** Numbers in row-major order. */
export interface Double {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

type Index = readonly number[];

function made(shape: Index, f: (at: number[]) => number): Double {
  const data = new Float64Array(shape.reduce((n, size) => n * size, 1));
  const at = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = f(at);
    for (let d = shape.length - 1; d >= 0 && ++at[d]! === shape[d]; d--) at[d] = 0;
  }
  return { shape: [...shape], data };
}

/** The element at an index of as many dimensions or more; where a size is 1 every index is. */
function read({ shape, data }: Double, at: Index): number {
  const lead = at.length - shape.length;
  return data[shape.reduce((sum, size, d) => sum * size + (size === 1 ? 0 : at[d + lead]!), 0)]!;
}

const sums = (size: number, f: (i: number) => number) => {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += f(i);
  return sum;
};

const pick = (x: Double, dim: number, from: readonly number[]) =>
  made(x.shape.with(dim, from.length), (at) => read(x, at.with(dim, from[at[dim]!]!)));

export const doubles = {
  zeros: (shape: Index) => made(shape, () => 0),
  /** ±2, without a pattern, exact in f32. */
  numbers(shape: Index, step: number): Double {
    let i = 0;
    return made(shape, () => Math.fround(((step * ++i) % 1) * 2.5 - 1.25));
  },
  map: (x: Double, f: (value: number) => number): Double => ({ shape: x.shape, data: x.data.map((v) => f(v)) }),
  zip(a: Double, b: Double, f: (a: number, b: number) => number): Double {
    const rank = Math.max(a.shape.length, b.shape.length);
    const shape = Array.from({ length: rank }, (_, d) => {
      const [m, n] = [a.shape[d - rank + a.shape.length] ?? 1, b.shape[d - rank + b.shape.length] ?? 1];
      return m === 1 ? n : m;
    });
    return made(shape, (at) => f(read(a, at), read(b, at)));
  },
  matmul: (a: Double, b: Double) =>
    made([a.shape[0]!, b.shape[1]!], ([i, j]) => sums(a.shape[1]!, (k) => read(a, [i!, k]) * read(b, [k, j!]))),
  transpose(x: Double, m: number, n: number): Double {
    const turned = (at: Index) => at.with(m, at[n]!).with(n, at[m]!);
    return made(turned(x.shape), (at) => read(x, turned(at)));
  },
  reshape: ({ data }: Double, shape: Index): Double => ({ shape, data }),
  pick,
  slice: (x: Double, dim: number, { start, length, step }: { start: number; length: number; step: number }) =>
    pick(
      x,
      dim,
      Array.from({ length }, (_, i) => start + i * step),
    ),
  select: (x: Double, dim: number, index: number) =>
    made(x.shape.toSpliced(dim, 1), (at) => read(x, at.toSpliced(dim, 0, index))),
  gather(x: Double, dim: number, from: readonly number[]): Double {
    let i = 0;
    return made(x.shape, (at) => read(x, at.with(dim, from[i++]!)));
  },
  diagonal: (x: Double) => made([Math.min(...x.shape)], ([i]) => read(x, [i!, i!])),
  pad: (x: Double, before: number, after: number) =>
    made(x.shape.with(-1, x.shape.at(-1)! + before + after), (at) => {
      const i = at.at(-1)! - before;
      return i < 0 || i >= x.shape.at(-1)! ? 0 : read(x, at.with(-1, i));
    }),
  cat: (list: readonly Double[], dim: number) =>
    made(
      list[0]!.shape.with(
        dim,
        sums(list.length, (i) => list[i]!.shape[dim]!),
      ),
      (at) => {
        let i = at[dim]!;
        let k = 0;
        while (i >= list[k]!.shape[dim]!) i -= list[k++]!.shape[dim]!;
        return read(list[k]!, at.with(dim, i));
      },
    ),
  sum: (x: Double, dim: number) =>
    made(x.shape.toSpliced(dim, 1), (at) => sums(x.shape[dim]!, (i) => read(x, at.toSpliced(dim, 0, i)))),
  cumsum: (x: Double, dim: number) => made(x.shape, (at) => sums(at[dim]! + 1, (i) => read(x, at.with(dim, i)))),
  softmax: (x: Double, dim: number) =>
    made(x.shape, (at) => Math.exp(read(x, at)) / sums(x.shape[dim]!, (i) => Math.exp(read(x, at.with(dim, i))))),
  layerNorm: (x: Double) =>
    made(x.shape, (at) => {
      const width = x.shape.at(-1)!;
      const mean = sums(width, (i) => read(x, at.with(-1, i))) / width;
      const spread = sums(width, (i) => (read(x, at.with(-1, i)) - mean) ** 2) / width;
      return (read(x, at) - mean) / Math.sqrt(spread + 1e-5);
    }),
};
