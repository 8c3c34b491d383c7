/** Elements brought to one place by index, and made one there: a sum, a product, a mean, the largest or the smallest. */
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { contiguousStrides, formatShape, numel, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { eq, gt, logicalAnd, maskedFill, where } from './compare.ts';
import { onesLike, zeros, zerosLike } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { div, mul } from './elementwise.ts';
import { checkAlong, gather, grown, scatterAdd } from './indexing.ts';
import type { Op, Saved } from './op.ts';
import { scatter } from './scatter.ts';
import { narrow } from './slice.ts';

/** What becomes of elements that come to one place. */
export type Reduction = 'sum' | 'prod' | 'mean' | 'amax' | 'amin';

interface ScatterReduceAttrs {
  readonly dim: number;
  readonly reduce: Reduction;
  /** Whether what is there counts, too. */
  readonly includeSelf: boolean;
}

const start: Readonly<Record<Reduction, number>> = {
  ...{ sum: 0, prod: 1, mean: 0 },
  ...{ amax: Number.NEGATIVE_INFINITY, amin: Number.POSITIVE_INFINITY },
};

const steps: Readonly<Record<Reduction, (sofar: number, value: number) => number>> = {
  sum: (a, b) => a + b,
  mean: (a, b) => a + b,
  prod: (a, b) => a * b,
  amax: Math.max,
  amin: Math.min,
};

export const scatterReduceOp: Op<ScatterReduceAttrs> = {
  name: 'scatterReduce',
  shape([x, index, src], { dim }): Spec {
    checkAlong('scatterReduce', x!, dim, index!);
    if (src!.shape.length !== index!.shape.length || index!.shape.some((size, i) => size > src!.shape[i]!))
      throw new ShapeError(
        'scatterReduce',
        [index!, src!],
        `the index ${formatShape(index!)} is larger than what is to be brought, ${formatShape(src!)}`,
      );
    if (x!.dtype !== src!.dtype || x!.dtype === 'bool')
      throw new ShapeError(
        'scatterReduce',
        [x!, src!],
        `expected numbers of one dtype, got ${x!.dtype} and ${src!.dtype}`,
        'src.to(x.dtype)',
      );
    return { shape: x!.shape, dtype: x!.dtype, axes: x!.axes };
  },
  forward([x, index, src], { dim, reduce, includeSelf }, out) {
    const result = allocate(out);
    const sums = Float64Array.from(elementsOf(x!));
    const counts = new Float64Array(sums.length).fill(1);
    const [ids, from] = [elementsOf(index!), elementsOf(src!)];
    const [sizes, own, theirs] = [index!.shape, contiguousStrides(x!.shape), contiguousStrides(src!.shape)];
    const targets = Int32Array.from(ids, (id, i) => {
      let [rest, to] = [i, 0];
      for (let d = sizes.length - 1; d >= 0; d--) {
        const position = rest % sizes[d]!;
        rest = (rest - position) / sizes[d]!;
        to += (own[d] ?? 0) * (d === dim ? id : position);
      }
      return to;
    });
    if (!includeSelf)
      for (const to of targets) {
        sums[to] = start[reduce];
        counts[to] = 0;
      }
    const step = steps[reduce];
    for (let i = 0; i < ids.length; i++) {
      let [rest, at] = [i, 0];
      for (let d = sizes.length - 1; d >= 0; d--) {
        const position = rest % sizes[d]!;
        rest = (rest - position) / sizes[d]!;
        at += theirs[d]! * position;
      }
      sums[targets[i]!] = step(sums[targets[i]!]!, from[at]!);
      counts[targets[i]!]! += 1;
    }
    const data = result.storage.data;
    for (let i = 0; i < data.length; i++) {
      const value = reduce === 'mean' ? sums[i]! / counts[i]! : sums[i]!;
      data[i] = reduce === 'mean' && out.dtype === 'i32' ? Math.floor(value) : value;
    }
    return result;
  },
  backward: (grad, saved) => {
    const { inputs, attrs, needs } = saved;
    const [, index, src] = inputs;
    // What of src lies beyond the index was never brought anywhere.
    const used = index!.shape.reduce(
      (part, size, d) => (part.shape[d] === size ? part : narrow(part, d, 0, size)),
      src!,
    );
    const [ofX, ofSrc] = slopes(grad, saved, used);
    return [
      needs[0] ? (attrs.includeSelf ? ofX() : scatter(ofX(), attrs.dim, index!, 0)) : undefined,
      undefined,
      needs[2] ? src!.shape.reduce((g, size, d) => (size === g.shape[d] ? g : grown(g, d, size)), ofSrc()) : undefined,
    ];
  },
  flops: ([, index]) => numel(index!.shape),
};

/** ∂L/∂x (where what is there counts) and ∂L/∂src. */
function slopes(
  grad: Tensor,
  { inputs: [x, index], output, attrs }: Saved<ScatterReduceAttrs>,
  src: Tensor,
): readonly [() => Tensor, () => Tensor] {
  const { dim, reduce, includeSelf } = attrs;
  const own = (full: Tensor) => (includeSelf ? full : scatter(full, dim, index!, 0));
  switch (reduce) {
    case 'sum':
      return [() => grad, () => gather(grad, dim, index!)];
    case 'mean': {
      const count = scatterAdd(own(onesLike(x!)), dim, index!, onesLike(src));
      const shared = div(grad, maskedFill(count, eq(count, 0), 1));
      return [() => shared, () => gather(shared, dim, index!)];
    }
    case 'amax':
    case 'amin': {
      // Equal ones share the gradient.
      const winner = own(eq(x!, output).to('f32'));
      const winners = eq(src, gather(output.detach(), dim, index!)).to('f32');
      const count = scatterAdd(winner, dim, index!, winners);
      const shared = div(grad, maskedFill(count, eq(count, 0), 1));
      return [() => mul(winner, shared), () => mul(winners, gather(shared, dim, index!))];
    }
    case 'prod':
      return productSlopes(grad, x!, index!, src, output, attrs);
    default:
      return reduce satisfies never;
  }
}

/** Without a division by 0: the slope of a single 0 is the product of the others, and beside two of them all is flat. */
function productSlopes(
  grad: Tensor,
  x: Tensor,
  index: Tensor,
  src: Tensor,
  output: Tensor,
  attrs: ScatterReduceAttrs,
): readonly [() => Tensor, () => Tensor] {
  const { dim } = attrs;
  const zero = eq(src, 0);
  const reduced = (own: Tensor, brought: Tensor) => apply(scatterReduceOp, [own, index, brought], attrs);
  const count = gather(
    scatterAdd(attrs.includeSelf ? eq(x, 0).to('f32') : zeros(x.shape), dim, index, zero.to('f32')),
    dim,
    index,
  );
  const alone = logicalAnd(zero, eq(count, 1));
  return [
    () => {
      const flat = eq(x, 0);
      const filled = maskedFill(x, flat, 1);
      return mul(grad, div(reduced(filled, src), filled));
    },
    () => {
      const others = reduced(x, maskedFill(src, alone, 1));
      const usual = div(gather(mul(grad, output), dim, index), maskedFill(src, zero, 1));
      const slope = where(alone, gather(mul(grad, others), dim, index), usual);
      return where(gt(count, 1), zerosLike(slope), slope);
    },
  ];
}

/** Options of `scatterReduce`. */
export interface ScatterReduceOptions {
  /** Whether what is there counts, too, where something is brought. Default true. */
  readonly includeSelf?: boolean;
}

/**
 * x with elements of src brought to the places that the index names along `dim`, and made one there with what is there: out[index[i][j]][j] =
 * reduce(…, src[i][j]) for dim 0: x [N, M], index [K, M], src [K, M] → [N, M]. Throws IndexError for places there are not.
 */
export function scatterReduce(
  x: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor,
  reduce: Reduction,
  options: ScatterReduceOptions = {},
): Tensor {
  checkArguments('scatterReduce', arguments);
  if (!Object.hasOwn(steps, reduce))
    throw new TensightError(
      `scatterReduce: expected the name of a reduction, got ${inWords(reduce)}`,
      `There are ${Object.keys(steps).join(', ')}.`,
    );
  const { includeSelf = true } = options;
  return apply(scatterReduceOp, [x, index, src], { dim: normalizeDim('scatterReduce', dim, x), reduce, includeSelf });
}

/** Methods that this family gives every tensor. */
export const scatterReduceMethods = {
  /** With elements of `src` brought to the places that the index names along `dim`, and made one there: their sum, product, mean, … */
  scatterReduce(
    this: Tensor,
    dim: number,
    index: Tensor,
    src: Tensor,
    reduce: Reduction,
    options: ScatterReduceOptions = {},
  ): Tensor {
    return scatterReduce(this, dim, index, src, reduce, options);
  },
};
