/**
 * Cases that are whole programs: tensors made of earlier ones, used again and beside each other, as views, in residual and parallel
 * branches, with several outputs. What is drawn is instructions; which of them can be done is looked up by the shapes.
 */
import fc from 'fast-check';
import type { Case, Given } from './case.ts';
import { inputNames } from './case.ts';
import { input, int, type Shape } from './drawing.ts';

interface Value {
  readonly name: string;
  readonly shape: Shape;
}

interface Step {
  readonly kind: number;
  readonly from: readonly [number, number];
  readonly numbers: readonly [number, number, number];
}

/** What an instruction makes: its two texts and the shape of each result; undefined where it does not fit. */
interface Made {
  readonly ours: string;
  readonly theirs: string;
  readonly shapes: readonly Shape[];
}
type Kind = (a: Value, b: Value, numbers: Step['numbers']) => Made | undefined;

const one = (shape: Shape, ours: string, theirs = ours): Made => ({ ours, theirs, shapes: [shape] });
const pointwise =
  (ours: string, theirs = ours): Kind =>
  ({ name, shape }) =>
    one(shape, ours.replaceAll(/\bx\b/g, name), theirs.replaceAll(/\bx\b/g, name));

function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 1; i <= rank; i++) {
    const [m, n] = [a.at(-i) ?? 1, b.at(-i) ?? 1];
    const [known, other] = [i > a.length ? 1 : m, i > b.length ? 1 : n];
    if (known !== other && known !== 1 && other !== 1) return undefined;
    shape.unshift(known === 1 ? other : known);
  }
  return shape;
}
const binary =
  (name: string): Kind =>
  (a, b) => {
    const shape = broadcast(a.shape, b.shape);
    return shape && one(shape, `${a.name}.${name}(${b.name})`);
  };
/** Over a dimension of the first operand. */
const along =
  (make: (x: Value, d: number, numbers: Step['numbers']) => Made | undefined): Kind =>
  (x, _b, numbers) =>
    x.shape.length === 0 ? undefined : make(x, numbers[0] % x.shape.length, numbers);
const without = (shape: Shape, d: number) => shape.toSpliced(d, 1);

const kinds: readonly Kind[] = [
  binary('add'),
  binary('add'),
  binary('sub'),
  binary('mul'),
  pointwise('x.tanh()'),
  pointwise('x.sigmoid()'),
  pointwise('x.relu()'),
  pointwise('F.gelu(x)'),
  pointwise('F.silu(x)'),
  pointwise('x.sin()'),
  pointwise('x.tanh().exp()'),
  pointwise('x.neg()'),
  pointwise('x.mul(0.7)'),
  pointwise('x.tanh().square()'),
  pointwise('x.div(x.square().add(1))'),
  ({ name, shape }, b) =>
    shape.length === 2 && b.shape.length === 2 && shape[1] === b.shape[0]
      ? one([shape[0]!, b.shape[1]!], `${name}.matmul(${b.name})`)
      : undefined,
  ({ name, shape }, b) =>
    shape.length === 2 && b.shape.length === 2 && shape[1] === b.shape[1]
      ? one([shape[0]!, b.shape[0]!], `${name}.matmul(${b.name}.t())`)
      : undefined,
  ({ name, shape }) => (shape.length === 2 ? one([shape[1]!, shape[1]!], `${name}.t().matmul(${name})`) : undefined),
  ({ name, shape }, b) =>
    shape.length > 0 && b.shape.length === 2 && shape.at(-1) === b.shape[1]
      ? one([...shape.slice(0, -1), b.shape[0]!], `F.linear(${name}, ${b.name})`)
      : undefined,
  along(({ name, shape }, d) => one(shape, `${name}.softmax(${d})`)),
  along(({ name, shape }, d) => one(shape, `${name}.cumsum(${d})`)),
  along(({ name, shape }, d) => one(shape, `${name}.flip(${d})`)),
  along(({ name, shape }, d) => one(without(shape, d), `${name}.sum(${d})`)),
  along(({ name, shape }, d) => one(without(shape, d), `${name}.mean(${d})`)),
  along(({ name, shape }, d) => one(shape.with(d, 1), `${name}.mean(${d}, true)`, `${name}.mean(${d}, True)`)),
  along(({ name, shape }, d) => one(without(shape, d), `${name}.logsumexp(${d})`)),
  along(({ name, shape }, d, [, at]) =>
    shape[d] === 0
      ? undefined
      : one(without(shape, d), `select(${name}, ${d}, ${at % shape[d]!})`, `${name}.select(${d}, ${at % shape[d]!})`),
  ),
  along(({ name, shape }, d, [, from, step]) => {
    if (shape[d]! < 2) return undefined;
    const [start, by] = [from % shape[d]!, 1 + (step % 2)];
    return one(
      shape.with(d, Math.ceil((shape[d]! - start) / by)),
      `slice(${name}, ${d}, ${start}, ${shape[d]}, ${by})`,
      `${name}[${':, '.repeat(d)}${start}::${by}]`,
    );
  }),
  along(({ name, shape }, d, [, at]) => {
    if (shape[d]! < 2) return undefined;
    const first = 1 + (at % (shape[d]! - 1));
    const parts = `[${first}, ${shape[d]! - first}], ${d}`;
    return {
      ours: `split(${name}, ${parts})`,
      theirs: `torch.split(${name}, ${parts})`,
      shapes: [shape.with(d, first), shape.with(d, shape[d]! - first)],
    };
  }),
  (a, b, [d]) =>
    String(a.shape) === String(b.shape) && a.shape.length > 0
      ? one(
          a.shape.with(d % a.shape.length, 2 * a.shape[d % a.shape.length]!),
          `cat([${a.name}, ${b.name}], ${d % a.shape.length})`,
          `torch.cat([${a.name}, ${b.name}], ${d % a.shape.length})`,
        )
      : undefined,
  (a, b, [d]) => {
    if (String(a.shape) !== String(b.shape) || a.shape.length > 3) return undefined;
    const at = d % (a.shape.length + 1);
    const list = `[${a.name}, ${b.name}], ${at}`;
    return one(a.shape.toSpliced(at, 0, 2), `stack(${list})`, `torch.stack(${list})`);
  },
  ({ name, shape }, _b, [m, n]) => {
    if (shape.length < 2) return undefined;
    const [i, j] = [m % shape.length, n % shape.length];
    return one(shape.with(i, shape[j]!).with(j, shape[i]!), `${name}.transpose(${i}, ${j})`);
  },
  ({ name, shape }) => one([shape.reduce((n, size) => n * size, 1)], `${name}.reshape(-1)`),
  ({ name, shape }, _b, [d]) => {
    if (shape.length > 3) return undefined;
    const at = d % (shape.length + 1);
    return one(shape.toSpliced(at, 0, 1), `${name}.unsqueeze(${at})`);
  },
  ({ name, shape }) => {
    if (!shape.includes(1)) return undefined;
    const wide = shape.map((size) => (size === 1 ? 2 : size));
    return one(wide, `${name}.expand([${wide}])`);
  },
  ({ name, shape }) =>
    shape.length > 0 && shape.at(-1)! > 1
      ? one(
          shape,
          `F.layerNorm(${name}, [${shape.at(-1)}], null, null, 0.1)`,
          `F.layer_norm(${name}, [${shape.at(-1)}], None, None, 0.1)`,
        )
      : undefined,
  ({ name, shape }) =>
    shape.length === 2 && shape[1]! > 0
      ? one(
          shape,
          `F.scaledDotProductAttention(${name}, ${name}, ${name})`,
          `(${name} @ ${name}.t() / math.sqrt(${shape[1]})).softmax(-1) @ ${name}`,
        )
      : undefined,
  ({ name, shape }, _b, [by]) =>
    shape.length > 0
      ? one(
          shape.with(-1, shape.at(-1)! + 1 + (by % 2)),
          `${name}.pad([${by % 2}, 1])`,
          `F.pad(${name}, [${by % 2}, 1])`,
        )
      : undefined,
  ({ name, shape }) => (shape.length === 2 ? one([Math.min(shape[0]!, shape[1]!)], `${name}.diagonal()`) : undefined),
];

/** Larger tensors are left alone: time goes into other graphs. */
const most = 60;

function program(leaves: readonly Shape[], steps: readonly Step[], more: readonly number[]) {
  const values: Value[] = leaves.map((shape, i) => ({ name: inputNames[i]!, shape }));
  const ours: string[] = [];
  const theirs: string[] = [];
  for (const { kind, from, numbers } of steps) {
    const [a, b] = from.map((back) => values[Math.max(0, values.length - 1 - back)]!) as [Value, Value];
    const made = kinds[kind % kinds.length]!(a, b, numbers);
    if (made === undefined || made.shapes.some((shape) => shape.reduce((n, size) => n * size, 1) > most)) continue;
    const results = made.shapes.map((shape, i) => ({ name: `v${values.length + i}`, shape }));
    const names = results.map(({ name }) => name).join(', ');
    ours.push(`const ${results.length > 1 ? `[${names}]` : names} = ${made.ours}`);
    theirs.push(`${names} = ${made.theirs}`);
    values.push(...results);
  }
  const outputs = new Set([0, ...more].map((back) => values[Math.max(0, values.length - 1 - back)]!.name));
  const last = `[${[...outputs].join(', ')}]`;
  return { ours: [...ours, last].join('\n'), theirs: [...theirs, last].join('\n') };
}

const back = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(20) });
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.nat(kinds.length - 1),
  from: fc.tuple(back, back),
  numbers: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11)),
});
const sizes: readonly Shape[] = [[3, 4], [4], [4, 4], [3, 1], [], [2, 3, 4], [1, 4]];

export const graphCases: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  graph: fc
    .tuple(
      fc.array(fc.constantFrom(...sizes), { minLength: 1, maxLength: 3 }),
      fc.array(step, { minLength: 2, maxLength: 22 }),
      fc.array(int(1, 5), { maxLength: 2 }),
    )
    .chain(([shapes, steps, more]) =>
      fc.tuple(...shapes.map((shape) => input(shape, { values: int(-1000, 1000).map((n) => n / 500) }))).map(
        (inputs: readonly Given[]): Case => ({
          family: 'graph',
          name: 'graph',
          inputs,
          ...program(shapes, steps, more),
        }),
      ),
    ),
};
