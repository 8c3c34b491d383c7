/** What a tensor can say and do about itself: its axes' names, its dtype, its memory, its numbers, its gradient. */
import { backward } from '../autograd/backward.ts';
import { type GradientHook, type HookHandle, registerHook } from '../autograd/hooks.ts';
import { ShapeError } from '../errors.ts';
import { type Axis, renamed, unnamed } from '../tensor/axes.ts';
import type { DType } from '../tensor/dtype.ts';
import { formatShape, type Shape } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkDType } from '../usage/dtypes.ts';
import { allocate, apply } from './apply.ts';
import type { NestedNumbers } from './creation.ts';
import { normalizeDim } from './dims.ts';
import type { Op } from './op.ts';

/** The same memory as another tensor. */
function alias(x: Tensor, axes: readonly Axis[] = x.axes): Tensor {
  return new Tensor({ shape: x.shape, dtype: x.dtype, axes }, x.storage, x.strides, x.offset);
}

function copied(x: Tensor, dtype: DType, backend: Parameters<Op['forward']>[3]): Tensor {
  const result = allocate({ shape: x.shape, dtype, axes: x.axes });
  backend.copy(x, result);
  return result;
}

export const tensorOps = {
  named: {
    name: 'named',
    shape: ([x], { axes }) => ({ shape: x!.shape, dtype: x!.dtype, axes }),
    forward: ([x], _attrs, out) => alias(x!, out.axes),
    backward: (grad) => [grad],
    flops: () => 0,
    isView: true,
  } satisfies Op<{ readonly axes: readonly Axis[] }>,
  detach: {
    name: 'detach',
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype, axes: x!.axes }),
    forward: ([x]) => alias(x!),
    backward: undefined,
    flops: () => 0,
    isView: true,
  } satisfies Op<undefined>,
  clone: {
    name: 'clone',
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype, axes: x!.axes }),
    forward: ([x], _attrs, out, backend) => copied(x!, out.dtype, backend),
    backward: (grad) => [grad],
    flops: () => 0,
    role: 'arrangement',
  } satisfies Op<undefined>,
  contiguous: {
    name: 'contiguous',
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype, axes: x!.axes }),
    forward: ([x], _attrs, out, backend) => copied(x!, out.dtype, backend),
    backward: (grad) => [grad],
    flops: () => 0,
    role: 'arrangement',
  } satisfies Op<undefined>,
  to: {
    name: 'to',
    shape: ([x], { dtype }) => ({ shape: x!.shape, dtype, axes: x!.axes }),
    forward: ([x], _attrs, out, backend) => copied(x!, out.dtype, backend),
    // Recorded for floats that stay floats: all others have no gradient to begin with.
    backward: (grad) => [grad],
    flops: () => 0,
    role: 'arrangement',
  } satisfies Op<{ readonly dtype: DType }>,
};

function plain(a: Axis): Axis {
  return a.labels === undefined ? unnamed : { labels: a.labels };
}

/** The axes under these names; `undefined` leaves one as it is, `null` takes its name away. Labels stay. */
function named(x: Tensor, names: readonly (string | null | undefined)[]): Tensor {
  if (names.length !== x.ndim)
    throw new ShapeError(
      'named',
      [x],
      `expected a name for each of the ${x.ndim} axes of ${formatShape(x)}, got ${names.length}`,
    );
  const axes = x.axes.map((a, i) => {
    const name = names[i];
    return name === undefined ? a : name === null ? plain(a) : renamed(a, name);
  });
  return withAxes(x, axes);
}

/** The same values with these axes, labels and all. */
export function withAxes(x: Tensor, axes: readonly Axis[]): Tensor {
  if (!Array.isArray(axes)) checkArguments('withAxes', arguments);
  if (axes.length !== x.ndim)
    throw new ShapeError('withAxes', [x], `expected ${x.ndim} axes for ${formatShape(x)}, got ${axes.length}`);
  return apply(tensorOps.named, [x], { axes });
}

/** Nested lists, as deep as the tensor has dimensions. */
function nested(x: Tensor): NestedNumbers {
  const data = elementsOf(x);
  const isBool = x.dtype === 'bool';
  let next = 0;
  const level = (d: number): NestedNumbers => {
    if (d === x.ndim) return isBool ? data[next++] !== 0 : data[next++]!;
    return Array.from({ length: x.shape[d]! }, () => level(d + 1));
  };
  return level(0);
}

export interface SizeMethod {
  /** Size of dimension `dim`; negative ones count from the last. */
  (this: Tensor, dim: number): number;
  /** All sizes, outermost first. */
  (this: Tensor): Shape;
}

/** Methods that this family gives every tensor. */
export const tensorMethods = {
  /** The axes under these names, in order: x.named('batch', 'seq', undefined) leaves the third as it is. */
  named(this: Tensor, ...names: readonly (string | null | undefined)[]): Tensor {
    return named(this, names);
  },
  /** With these axes, labels and all. */
  withAxes(this: Tensor, axes: readonly Axis[]): Tensor {
    return withAxes(this, axes);
  },
  /** Size of dimension `dim`; negative ones count from the last. Without it, the whole shape. */
  size: function (this: Tensor, dim?: number): number | Shape {
    return dim === undefined ? this.shape : (this.shape[normalizeDim('size', dim, this)] ?? 1);
  } as SizeMethod,
  /** The same values, cut off from what they were computed from: no gradient flows through. */
  detach(this: Tensor): Tensor {
    return apply(tensorOps.detach, [this], undefined);
  },
  /** A copy in memory of its own; gradients flow through. */
  clone(this: Tensor): Tensor {
    return apply(tensorOps.clone, [this], undefined);
  },
  /** Row-major in memory; itself where it is so already. */
  contiguous(this: Tensor): Tensor {
    return this.isContiguous ? this : apply(tensorOps.contiguous, [this], undefined);
  },
  /** In another dtype; floats lose their fraction on the way to `i32`, everything but 0 is true in `bool`. */
  to(this: Tensor, dtype: DType): Tensor {
    checkDType('to', dtype);
    return this.dtype === dtype ? this : apply(tensorOps.to, [this], { dtype });
  },
  /** As f32: `x.to('f32')`. */
  float(this: Tensor): Tensor {
    return this.to('f32');
  },
  /** As whole numbers, `x.to('i32')`: floats lose their fraction. There is no i64. */
  long(this: Tensor): Tensor {
    return this.to('i32');
  },
  /** As whole numbers, `x.to('i32')`: floats lose their fraction. */
  int(this: Tensor): Tensor {
    return this.to('i32');
  },
  /** Whether each element is not 0: `x.to('bool')`. */
  bool(this: Tensor): Tensor {
    return this.to('bool');
  },
  /** Sets whether this leaf gets a gradient, and returns it. */
  requiresGrad_(this: Tensor, wanted = true): Tensor {
    this.requiresGrad = wanted;
    return this;
  },
  /** ∂this/∂leaf into the `grad` of every leaf it came from; `seed` is the gradient to start from, 1 for a single number. */
  backward(this: Tensor, seed?: Tensor, options?: { createGraph?: boolean }): void {
    backward(this, seed, options);
  },
  /** Has `hook` called with its whole gradient in `backward()`; a tensor the hook returns takes the gradient's place. */
  registerHook(this: Tensor, hook: GradientHook): HookHandle {
    return registerHook(this, hook);
  },
  /** Its numbers (booleans for bool), nested as deep as it has dimensions. Throws NeedsValueError in a shape run. */
  toArray(this: Tensor): NestedNumbers {
    return nested(this);
  },
};
