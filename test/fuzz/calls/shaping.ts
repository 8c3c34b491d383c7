/** The same elements in another shape or order, and what is put around them. */
import fc from 'fast-check';
import { javascript, python } from '../case.ts';
import { any, dim, flag, input, int, type Shape, shape } from '../drawing.ts';
import { type Calls, type Drawn, of, one } from './call.ts';

/** Sizes whose product is the tensor's, mostly; one may be −1. */
const reshaped = (s: Shape): fc.Arbitrary<number[]> => {
  const count = s.reduce((n, size) => n * size, 1);
  const factors = Array.from({ length: count }, (_, i) => i + 1).filter((n) => count % n === 0);
  const fitting = fc
    .constantFrom(...(factors.length > 0 ? factors : [0]))
    .chain((n) => fc.constantFrom<number[][]>([n, n === 0 ? 3 : count / n], [-1, Math.max(n, 1)], [n, 1, -1], [count]));
  return fc.oneof({ weight: 5, arbitrary: fitting }, { weight: 1, arbitrary: fc.array(int(-1, 4), { maxLength: 3 }) });
};

const joined = (name: 'cat' | 'stack'): Drawn =>
  fc.tuple(shape(0, 3), int(1, 3), dim(3)).chain(([s, count, d]) => {
    const each = fc.tuple(...Array.from({ length: count }, () => int(0, 3))).chain((sizes) =>
      fc.tuple(
        ...sizes.map((size, i) => {
          const at = d < 0 ? d + s.length : d;
          return any(
            name === 'cat' && at >= 0 && at < s.length ? s.with(at, size) : i === 2 && size === 0 ? [...s, 1] : s,
          );
        }),
      ),
    );
    return each.map((inputs) => {
      const list = `[${inputs.map((_, i) => 'abc'[i]).join(', ')}]`;
      return { inputs, ours: `${name}(${list}, ${d})`, theirs: `torch.${name}(${list}, ${d})` };
    });
  });

export const shaping: Calls = {
  transpose: one(of(any), ({ shape: s }) =>
    fc.tuple(dim(s.length), dim(s.length)).map(([i, j]) => [`a.transpose(${i}, ${j})`] as const),
  ),
  permute: one(of(any), ({ shape: s }) =>
    fc
      .oneof(
        {
          weight: 5,
          arbitrary: fc.shuffledSubarray(
            s.map((_, d) => d),
            { minLength: s.length },
          ),
        },
        { weight: 1, arbitrary: fc.array(dim(s.length), { minLength: s.length, maxLength: s.length }) },
      )
      .map((dims) => [`a.permute(${javascript(dims)})`] as const),
  ),
  reshape: one(of(any), ({ shape: s }) => reshaped(s).map((sizes) => [`a.reshape(${javascript(sizes)})`] as const)),
  flatten: one(of(any), ({ shape: s }) =>
    fc.tuple(dim(s.length), dim(s.length)).map(([i, j]) => [`a.flatten(${i}, ${j})`] as const),
  ),
  unflatten: one(of(any, 1), ({ shape: s }) =>
    fc
      .tuple(dim(s.length), reshaped([s.at(-1)!]))
      .map(
        ([d, sizes]) =>
          [`a.unflatten(${d}, ${javascript(sizes)})`, `a.unflatten(${d}, tuple(${python(sizes)}))`] as const,
      ),
  ),
  squeeze: one(of(any), ({ shape: s }) => dim(s.length).map((d) => [`a.squeeze(${d})`] as const)),
  unsqueeze: one(of(any), ({ shape: s }) => dim(s.length + 1).map((d) => [`a.unsqueeze(${d})`] as const)),
  expand: one(of(any), ({ shape: s }) =>
    fc
      .tuple(shape(0, 1, 3), fc.array(int(0, 3), { minLength: s.length, maxLength: s.length }))
      .map(([lead, sizes]) => [...lead, ...s.map((size, i) => (size === 1 ? sizes[i]! : sizes[i] === 0 ? -1 : size))])
      .map((sizes) => [`a.expand(${javascript(sizes)})`] as const),
  ),
  repeat: one(of(any), ({ shape: s }) =>
    fc
      .array(int(0, 3), { minLength: Math.max(0, s.length - 1), maxLength: s.length + 1 })
      .map((times) => [`a.repeat(${javascript(times)})`] as const),
  ),
  flip: one(of(any), ({ shape: s }) =>
    fc.array(dim(s.length), { minLength: 1, maxLength: 2 }).map((dims) => [`a.flip(${javascript(dims)})`] as const),
  ),
  roll: one(of(any, 1), ({ shape: s }) =>
    fc.tuple(int(-5, 5), dim(s.length)).map(([by, d]) => [`a.roll(${by}, ${d})`] as const),
  ),
  pad: one(of(input, 1), () =>
    fc
      .array(int(-2, 3), { minLength: 1, maxLength: 5 })
      .map((by) => [`a.pad(${javascript(by)}, 0.5)`, `F.pad(a, ${python(by)}, value=0.5)`] as const),
  ),
  padModes: one(shape(2, 4).chain(input), () =>
    fc
      .tuple(fc.array(int(-1, 3), { minLength: 2, maxLength: 4 }), fc.constantFrom('reflect', 'replicate', 'circular'))
      .map(([by, mode]) => [`a.pad(${javascript(by)}, '${mode}')`, `F.pad(a, ${python(by)}, mode='${mode}')`] as const),
  ),
  cat: joined('cat'),
  stack: joined('stack'),
  tril: one(of(any, 1), () => int(-3, 3).map((d) => [`a.tril(${d})`] as const)),
  triu: one(of(any, 1), () => int(-3, 3).map((d) => [`a.triu(${d})`] as const)),
  diagonal: one(of(any, 1), ({ shape: s }) =>
    fc.tuple(int(-3, 3), dim(s.length), dim(s.length)).map(([o, i, j]) => [`a.diagonal(${o}, ${i}, ${j})`] as const),
  ),
  repeatInterleave: one(of(input, 1), ({ shape: s }) =>
    fc
      .tuple(int(0, 3), dim(s.length))
      .map(([n, d]) => [`repeatInterleave(a, ${n}, ${d})`, `a.repeat_interleave(${n}, ${d})`] as const),
  ),
  interpolate: one(shape(3, 4).chain(input), () =>
    fc
      .tuple(fc.constantFrom('nearest', 'linear', 'bilinear', 'area', 'nearest-exact'), int(1, 6), flag)
      .map(([mode, size, corners]) => {
        const aligned = mode.includes('linear') ? corners : undefined;
        return [
          `F.interpolate(a, { size: ${size}, mode: '${mode}'${aligned === undefined ? '' : `, alignCorners: ${aligned}`} })`,
          `F.interpolate(a, size=${size}, mode='${mode}'${aligned === undefined ? '' : `, align_corners=${python(aligned)}`})`,
        ] as const;
      }),
  ),
};
