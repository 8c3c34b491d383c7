/** Parts written over, by slices, indices and masks; and names of NumPy's and of linear algebra's. */
import fc from 'fast-check';
import { javascript, python } from '../case.ts';
import { any, beside, bools, dim, indices, input, int, positive, shape } from '../drawing.ts';
import { type Calls, of, one } from './call.ts';

/** Two tensors, in a call that reads alike on both sides but for its name. */
const pair = (ours: string, theirs: string, left = input, right = left) =>
  shape(0, 3).chain((s) =>
    beside(s)
      .chain((t) => fc.tuple(left(s), right(t)))
      .map((inputs) => ({ inputs, ours, theirs })),
  );

const listOf = (name: string, theirs: string) =>
  fc
    .tuple(shape(0, 3), int(1, 3), int(0, 2))
    .chain(([s, count, at]) =>
      fc.tuple(
        ...Array.from({ length: count }, () =>
          int(0, 9).chain((odd) => any(odd === 0 && at < s.length ? s.with(at, 2) : s)),
        ),
      ),
    )
    .map((inputs) => {
      const list = `[${inputs.map((_, i) => 'abc'[i]).join(', ')}]`;
      return { inputs, ours: `${name}(${list})`, theirs: `torch.${theirs}(${list})` };
    });

export const writing: Calls = {
  setSlice: shape(1, 3).chain((s) =>
    fc.tuple(int(0, s.length - 1), int(-4, 4), int(-4, 5), int(1, 2)).chain(([d, start, end, step]) => {
      const clip = (i: number) => Math.min(s[d]!, Math.max(0, i < 0 ? i + s[d]! : i));
      const length = Math.max(0, Math.ceil((clip(end) - clip(start)) / step));
      return fc
        .tuple(
          input(s),
          beside(s.with(d, length)).chain((t) => input(t)),
        )
        .map((inputs) => ({
          inputs,
          ours: `a.setSlice(${d}, ${start}, ${end}, b, ${step})`,
          theirs: `put(a, b, ${'slice(None), '.repeat(d)}slice(${start}, ${end}, ${step}))`,
        }));
    }),
  ),
  indexPut: fc
    .tuple(shape(1, 3), int(0, 3), fc.boolean(), int(0, 9))
    .chain(([s, count, accumulate, odd]) =>
      fc.tuple(
        input(s),
        // Without two equal ones: which of two is written last is PyTorch's secret.
        accumulate
          ? indices([count], s[0]! + (odd === 0 ? 1 : 0), -Math.min(1, s[0]!))
          : fc.constant({
              dtype: 'i32' as const,
              shape: [Math.min(count, s[0]!)],
              strides: [1],
              offset: 0,
              data: [0, 1, 2].slice(0, Math.min(count, s[0]!)),
              grad: false,
            }),
        beside([accumulate ? count : Math.min(count, s[0]!), ...s.slice(1)]).chain((t) => input(t)),
        fc.constant(accumulate),
      ),
    )
    .map(([a, b, c, accumulate]) => ({
      inputs: [a, b, c],
      ours: `a.indexPut([b], c, { accumulate: ${accumulate} })`,
      theirs: `a.index_put((b,), c, accumulate=${python(accumulate)})`,
    })),
  indexFill: shape(1, 3).chain((s) =>
    fc
      .tuple(dim(s.length), int(0, 3))
      .chain(([d, n]) => fc.tuple(input(s), indices([n], s.at(d) ?? 1), fc.constant(d)))
      .map(([a, b, d]) => ({
        inputs: [a, b],
        ours: `a.indexFill(${d}, b, 0.5)`,
        theirs: `a.index_fill(${d}, b, 0.5)`,
      })),
  ),
  maskedScatter: shape(0, 3).chain((s) =>
    fc
      .tuple(
        input(s),
        bools(s),
        shape(1, 1, 9).chain((n) => input(n)),
      )
      .map((inputs) => ({ inputs, ours: 'a.maskedScatter(b, c)', theirs: 'a.masked_scatter(b, c)' })),
  ),
  remainder: pair('a.remainder(b)', 'a.remainder(b)', any, positive),
  fmod: pair('a.fmod(b)', 'a.fmod(b)', any, positive),
  atan2: pair('atan2(a, b)', 'torch.atan2(a, b)', positive),
  isclose: pair('a.isclose(b)', 'a.isclose(b)', input),
  movedim: one(of(any), ({ shape: s }) =>
    fc
      .tuple(
        fc.array(dim(s.length), { minLength: 1, maxLength: 2 }),
        fc.array(dim(s.length), { minLength: 1, maxLength: 2 }),
      )
      .map(
        ([from, to]) =>
          [`a.movedim(${javascript(from)}, ${javascript(to)})`, `a.movedim(${python(from)}, ${python(to)})`] as const,
      ),
  ),
  tile: one(of(any), () => fc.array(int(0, 3), { maxLength: 4 }).map((n) => [`a.tile(${javascript(n)})`] as const)),
  hstack: listOf('hstack', 'hstack'),
  vstack: listOf('vstack', 'vstack'),
  dstack: listOf('dstack', 'dstack'),
  columnStack: listOf('columnStack', 'column_stack'),
  outer: fc
    .tuple(shape(1, 1), shape(1, 2))
    .chain(([s, t]) => fc.tuple(input(s), input(t)))
    .map((inputs) => ({ inputs, ours: 'outer(a, b)', theirs: 'torch.outer(a, b)' })),
  addmm: fc
    .tuple(int(0, 3), int(0, 3), int(0, 3))
    .chain(([m, k, n]) => beside([m, n]).chain((s) => fc.tuple(input(s), input([m, k]), input([k, n]))))
    .map((inputs) => ({
      inputs,
      ours: 'a.addmm(b, c, { beta: 2, alpha: 0.5 })',
      theirs: 'a.addmm(b, c, beta=2, alpha=0.5)',
    })),
  baddbmm: fc
    .tuple(int(0, 2), int(0, 3), int(0, 3), int(0, 3))
    .chain(([b, m, k, n]) => beside([b, m, n]).chain((s) => fc.tuple(input(s), input([b, m, k]), input([b, k, n]))))
    .map((inputs) => ({ inputs, ours: 'a.baddbmm(b, c)', theirs: 'a.baddbmm(b, c)' })),
  tensordot: fc
    .tuple(shape(0, 2, 3), shape(0, 2, 3), shape(0, 2, 3))
    .chain(([left, shared, right]) =>
      fc.tuple(input([...left, ...shared]), input([...shared, ...right]), fc.constant(shared.length)),
    )
    .map(([a, b, n]) => ({ inputs: [a, b], ours: `tensordot(a, b, ${n})`, theirs: `torch.tensordot(a, b, ${n})` })),
  inner: fc
    .tuple(shape(0, 2), shape(0, 2), int(0, 3), int(0, 9))
    .chain(([s, t, k, odd]) => fc.tuple(input([...s, k]), input([...t, odd === 0 ? k + 1 : k])))
    .map((inputs) => ({ inputs, ours: 'inner(a, b)', theirs: 'torch.inner(a, b)' })),
};
