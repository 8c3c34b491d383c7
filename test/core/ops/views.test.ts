/** Operations on tensors that lie in memory in every possible way give what they give on plain ones. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cat, type Tensor, tensor } from '../../../core/index.ts';
import { near } from '../near.ts';

interface Made {
  readonly view: Tensor;
  /** The same values, row-major. */
  readonly plain: Tensor;
}

/** A tensor of this shape, got by permuting, slicing and stretching another. */
function made(shape: readonly number[]): fc.Arbitrary<Made> {
  return fc
    .record({
      kinds: fc.array(fc.constantFrom('plain', 'sliced', 'stepped', 'stretched'), {
        minLength: shape.length,
        maxLength: shape.length,
      }),
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
      seed: fc.integer({ min: 1, max: 97 }),
    })
    .map(({ kinds, order, seed }) => {
      const stored = shape.map((size, d) => {
        const kind = kinds[d];
        return kind === 'sliced' ? size + 2 : kind === 'stepped' ? size * 2 : kind === 'stretched' ? 1 : size;
      });
      const laid = order.map((d) => stored[d]!);
      const count = laid.reduce((n, size) => n * size, 1);
      const values = Float32Array.from({ length: count }, (_, i) => (((i + 1) * seed * 37) % 23) / 4 - 2.6);
      let view = tensor(values, { shape: laid }).permute(...shape.map((_, d) => order.indexOf(d)));
      for (let d = 0; d < shape.length; d++) {
        if (kinds[d] === 'sliced') view = view.slice(d, 1, shape[d]! + 1);
        if (kinds[d] === 'stepped') view = view.slice(d, 0, undefined, 2);
      }
      view = view.expand(...shape);
      return { view, plain: tensor(view.toTypedArray().slice(), { shape }) };
    });
}

const size = fc.integer({ min: 1, max: 4 });
const anyShape = fc.array(size, { minLength: 1, maxLength: 4 });

function same(a: Tensor, b: Tensor): void {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [a.toTypedArray(), b.toTypedArray()];
  for (let i = 0; i < x.length; i++)
    if (!near(x[i], y[i]!, 1e-5, 1e-5)) expect.fail(`element ${i}: ${x[i]} against ${y[i]}`);
}

const unary: Record<string, (x: Tensor, dim: number) => Tensor> = {
  exp: (x) => x.exp(),
  gelu: (x) => x.gelu(),
  sum: (x, dim) => x.sum(dim),
  'sum of all': (x) => x.sum(),
  mean: (x, dim) => x.mean(dim, true),
  amax: (x, dim) => x.amax(dim),
  'max with indices': (x, dim) => x.max(dim).values,
  argmin: (x, dim) => x.argmin(dim).to('f32'),
  var: (x, dim) => x.var(dim, { correction: 0 }),
  logsumexp: (x, dim) => x.logsumexp(dim),
  cumsum: (x, dim) => x.cumsum(dim),
  softmax: (x, dim) => x.softmax(dim),
  logSoftmax: (x, dim) => x.logSoftmax(dim),
  flip: (x, dim) => x.flip(dim),
  flatten: (x) => x.flatten(),
  repeat: (x) => x.repeat(...x.shape.map((_, i) => (i % 2) + 1)),
  pad: (x) => x.pad([1, 2], 0.5),
  transpose: (x, dim) => x.transpose(dim, 0),
  'reshape of merged dimensions': (x) => x.reshape(x.shape[0]!, -1),
  clone: (x) => x.clone(),
  'concatenation with itself': (x, dim) => cat([x, x], dim),
};

test.each(Object.keys(unary))('%s does not care how its input lies in memory', (name) => {
  fc.assert(
    fc.property(
      anyShape.chain((shape) => fc.tuple(made(shape), fc.integer({ min: -shape.length, max: shape.length - 1 }))),
      ([{ view, plain }, dim]) => {
        const [a, b] = [view.detach().requiresGrad_(), plain.requiresGrad_()];
        const [y, z] = [unary[name]!(a, dim), unary[name]!(b, dim)];
        same(y, z);
        if (!y.requiresGrad) return;
        y.mul(y).sum().backward();
        z.mul(z).sum().backward();
        same(a.grad!, b.grad!);
      },
    ),
    { numRuns: 40 },
  );
});

/** Two shapes that broadcast. */
const broadcast = anyShape.chain((shape) =>
  fc.tuple(
    fc.constant(shape),
    fc
      .tuple(fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }), fc.nat(shape.length))
      .map(([ones, drop]) => shape.map((s, i) => (ones[i] ? 1 : s)).slice(drop)),
  ),
);

const binary: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  add: (a, b) => a.add(b),
  sub: (a, b) => b.sub(a),
  mul: (a, b) => a.mul(b),
  maximum: (a, b) => b.maximum(a),
  where: (a, b) => a.where(a.gt(b), b),
};

test.each(Object.keys(binary))('%s broadcasts views, forward and backward', (name) => {
  fc.assert(
    fc.property(
      broadcast.chain(([long, short]) => fc.tuple(made(long), made(short))),
      ([a, b]) => {
        const run = (x: Tensor, y: Tensor) => {
          const left = x.detach().requiresGrad_();
          const right = y.detach().requiresGrad_();
          const out = binary[name]!(left, right);
          out.mul(out).sum().backward();
          return [out, left.grad!, right.grad!] as const;
        };
        const views = run(a.view, b.view);
        // Broadcast by hand: the operand is stretched to the full shape and its gradient summed back.
        const stretched = b.plain.expand(...a.plain.shape).clone();
        const [out, left, full] = run(a.plain, stretched);
        same(views[0], out);
        same(views[1], left);
        const lead = full.ndim - b.plain.ndim;
        const dims = full.shape.flatMap((s, i) => (i < lead || (b.plain.shape[i - lead] === 1 && s !== 1) ? [i] : []));
        same(views[2], (dims.length > 0 ? full.sum(dims, true) : full).reshape(...b.plain.shape));
      },
    ),
    { numRuns: 60 },
  );
});

test('matmul does not care how its operands lie in memory, forward and backward', () => {
  fc.assert(
    fc.property(
      fc
        .tuple(fc.array(size, { maxLength: 2 }), size, size, size, fc.boolean())
        .chain(([batch, m, k, n, shared]) => fc.tuple(made([...batch, m, k]), made([...(shared ? [] : batch), k, n]))),
      ([a, b]) => {
        const run = (x: Tensor, y: Tensor) => {
          const left = x.detach().requiresGrad_();
          const right = y.detach().requiresGrad_();
          const out = left.matmul(right);
          out.mul(out).sum().backward();
          return [out, left.grad!, right.grad!] as const;
        };
        const views = run(a.view, b.view);
        run(a.plain, b.plain).forEach((t, i) => {
          same(views[i]!, t);
        });
      },
    ),
    { numRuns: 100 },
  );
});
