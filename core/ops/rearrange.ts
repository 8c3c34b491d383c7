/** Elements put together and in another order: concatenation, repetition, reversal, padding. */

import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { promote } from '../tensor/dtype.ts';
import { contiguousStrides, formatShape, type Shape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments, checkTensors } from '../usage/arguments.ts';
import { checkWhole } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { tensor } from './creation.ts';
import { eachOnce, listed, normalizeDim, type Sizes } from './dims.ts';
import { indexSelect } from './indexing.ts';
import type { Op } from './op.ts';
import { sum } from './reduce.ts';
import { narrow, slice, sliceView } from './slice.ts';
import { reshape, unsqueeze } from './view.ts';

/** Where one axis continues another: the name stays, labels are strung together where all have them. */
function joinedAxis(parts: readonly Axis[]): Axis {
  const name = parts.find((a) => a.name !== undefined)?.name;
  const flat = parts.every((a) => a.labels !== undefined && typeof a.labels[0] === 'string');
  if (flat) {
    const labels = parts.flatMap((a) => a.labels as readonly string[]);
    return name === undefined ? { labels } : { name, labels };
  }
  return name === undefined ? unnamed : { name };
}

const plainAxis = (a: Axis): Axis => (a.name === undefined ? unnamed : { name: a.name });

export const rearrangeOps = {
  cat: {
    name: 'cat',
    shape(inputs, { dim }) {
      const first = inputs[0]!;
      for (const x of inputs) {
        const bad = x.shape.findIndex((size, i) => i !== dim && size !== first.shape[i]);
        if (x.shape.length !== first.shape.length || bad >= 0)
          throw new ShapeError(
            'cat',
            [first, x],
            `${formatShape(first)} and ${formatShape(x)} differ in ${
              bad >= 0 ? `dimension ${bad}: ${first.shape[bad]} against ${x.shape[bad]}` : 'their number of dimensions'
            }`,
            `All sizes but those of dimension ${dim} must be equal.`,
          );
      }
      const axes = first.axes.map((a, i) =>
        i === dim
          ? joinedAxis(inputs.map((x) => x.axes[i]!))
          : (inputs.find((x) => x.axes[i]!.name !== undefined)?.axes[i] ?? a),
      );
      return {
        shape: first.shape.map((size, i) => (i === dim ? inputs.reduce((n, x) => n + x.shape[i]!, 0) : size)),
        dtype: inputs.reduce((d, x) => promote(d, x.dtype), first.dtype),
        axes,
      };
    },
    forward(inputs, { dim }, out, backend) {
      const result = allocate(out);
      let start = 0;
      for (const x of inputs) {
        const length = x.shape[dim]!;
        backend.copy(
          x,
          sliceView(result, { dim, start, length, step: 1 }, { shape: x.shape, dtype: out.dtype, axes: x.axes }),
        );
        start += length;
      }
      return result;
    },
    backward: (grad, { inputs, attrs: { dim }, needs }) => {
      let start = 0;
      return inputs.map((x, i) => {
        const from = start;
        start += x.shape[dim]!;
        return needs[i] ? narrow(grad, dim, from, x.shape[dim]!) : undefined;
      });
    },
    flops: () => 0,
  } satisfies Op<{ readonly dim: number }>,
  repeat: {
    name: 'repeat',
    shape: ([x], { times }) => {
      const lead = times.length - x!.shape.length;
      return {
        shape: times.map((n, i) => n * (i < lead ? 1 : x!.shape[i - lead]!)),
        dtype: x!.dtype,
        axes: times.map((n, i) => (i < lead ? unnamed : n === 1 ? x!.axes[i - lead]! : plainAxis(x!.axes[i - lead]!))),
      };
    },
    forward([x], { times }, out, backend) {
      // Both sides seen as [times₀, size₀, times₁, size₁, …]; the source has stride 0 in the repetitions.
      const lead = times.length - x!.shape.length;
      const shape = times.flatMap((n, i) => [n, i < lead ? 1 : x!.shape[i - lead]!]);
      const strides = times.flatMap((_, i) => [0, i < lead ? 0 : x!.strides[i - lead]!]);
      const result = allocate(out);
      const spec: Spec = { shape, dtype: x!.dtype, axes: [] };
      backend.copy(
        new Tensor(spec, x!.storage, strides, x!.offset),
        new Tensor(spec, result.storage, contiguousStrides(shape)),
      );
      return result;
    },
    backward: (grad, { inputs: [x], attrs: { times } }) => {
      const lead = times.length - x!.shape.length;
      const shape = times.flatMap((n, i) => [n, i < lead ? 1 : x!.shape[i - lead]!]);
      const summed = sum(
        reshape(grad, shape),
        times.map((_, i) => 2 * i),
      );
      return [reshape(summed, x!.shape)];
    },
    flops: () => 0,
    role: 'arrangement',
  } satisfies Op<{ readonly times: readonly number[] }>,
  flip: {
    name: 'flip',
    shape: ([x], { dims }) => ({
      shape: x!.shape,
      dtype: x!.dtype,
      axes: x!.axes.map((a, i) =>
        dims.includes(i) && a.labels !== undefined && typeof a.labels[0] === 'string'
          ? { ...a, labels: (a.labels as readonly string[]).toReversed() }
          : dims.includes(i)
            ? plainAxis(a)
            : a,
      ),
    }),
    forward([x], { dims }, out, backend) {
      let offset = x!.offset;
      const strides = x!.strides.map((s, i) => {
        if (!dims.includes(i)) return s;
        offset += s * Math.max(0, x!.shape[i]! - 1);
        return -s;
      });
      const result = allocate(out);
      backend.copy(new Tensor(x!, x!.storage, strides, offset), result);
      return result;
    },
    backward: (grad, { attrs: { dims } }) => [flip(grad, dims)],
    flops: () => 0,
  } satisfies Op<{ readonly dims: readonly number[] }>,
  pad: {
    name: 'pad',
    shape: ([x], { before, after }) => ({
      shape: x!.shape.map((size, i) => size + before[i]! + after[i]!),
      dtype: x!.dtype,
      axes: x!.axes.map((a, i) => (before[i] === 0 && after[i] === 0 ? a : plainAxis(a))),
    }),
    forward([x], { before, value }, out, backend) {
      const result = allocate(out);
      if (value !== 0) backend.fill(result, value);
      const offset = before.reduce((at, n, i) => at + n * result.strides[i]!, 0);
      backend.copy(x!, new Tensor(x!, result.storage, result.strides, offset));
      return result;
    },
    backward: (grad, { inputs: [x], attrs: { before } }) => [
      x!.shape.reduce((g, size, i) => (g.shape[i] === size ? g : narrow(g, i, before[i]!, size)), grad),
    ],
    flops: () => 0,
  } satisfies Op<{ readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number }>,
};

/**
 * Tensors one after another along `dim`: [2, 3] and [4, 3] along 0 → [6, 3]. Throws ShapeError where other sizes
 * differ.
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  checkTensors('cat', tensors);
  if (tensors.length === 0) throw new ShapeError('cat', [], 'expected at least one tensor, got an empty list');
  // PyTorch lets an empty vector stand among tensors of any shape.
  const solid = tensors.filter((t) => !(t.ndim === 1 && t.shape[0] === 0));
  const list = solid.length === 0 ? tensors : solid;
  if (list[0]!.ndim === 0) throw new ShapeError('cat', list, 'numbers have no dimension to join', 'Use stack.');
  return apply(rearrangeOps.cat, list, { dim: normalizeDim('cat', dim, list[0]!) });
}

/** `cat` by its other name. */
export const concat = cat;

/**
 * Tensors of one shape side by side along a new dimension `dim`: two [3, 4] along 0 → [2, 3, 4]. Throws ShapeError
 * where shapes differ.
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  checkTensors('stack', tensors);
  if (tensors.length === 0) throw new ShapeError('stack', [], 'expected at least one tensor, got an empty list');
  const d = normalizeDim('stack', dim, tensors[0]!, 1);
  const first = tensors[0]!;
  const odd = tensors.find((t) => String(t.shape) !== String(first.shape));
  if (odd !== undefined)
    throw new ShapeError(
      'stack',
      [first, odd],
      `${formatShape(first)} and ${formatShape(odd)} differ`,
      'All must have the same shape; to join along an existing dimension use cat.',
    );
  return cat(
    tensors.map((t) => unsqueeze(t, d)),
    d,
  );
}

/**
 * `x` repeated along its dimensions, copied: [2, 3].repeat(2, 1) → [4, 3]. Throws ShapeError for fewer numbers than
 * dimensions.
 */
export function repeat(x: Tensor, times: readonly number[]): Tensor {
  if (!(Array.isArray(times) && x instanceof Tensor)) checkArguments('repeat', arguments);
  if (times.length < x.ndim || times.some((n) => !Number.isInteger(n) || n < 0))
    throw new ShapeError(
      'repeat',
      [x],
      `(${times.join(', ')}) does not say how often to repeat each dimension of ${formatShape(x)}`,
      `Give ${x.ndim} whole numbers or more; new dimensions come in front.`,
    );
  return apply(rearrangeOps.repeat, [x], { times });
}

/** `x` in reverse order along `dims`: x [...] → the same. Throws ShapeError for a dimension there is not. */
export function flip(x: Tensor, dims: number | readonly number[]): Tensor {
  return apply(rearrangeOps.flip, [x], { dims: eachOnce('flip', typeof dims === 'number' ? [dims] : dims, x) });
}

/** What stands around a tensor instead of a number: its mirror image, its edge, or its other end. */
export type PadMode = 'reflect' | 'replicate' | 'circular';

/** PyTorch's pad takes a mode and then a number, by position or by name; one argument says both here. */
function checkMode(given: ArrayLike<unknown>): void {
  const [, padding, third, fourth] = Array.from(given);
  const options =
    typeof third === 'object' && third !== null && !(third instanceof Tensor)
      ? (third as { readonly mode?: unknown; readonly value?: unknown })
      : undefined;
  const mode = options === undefined ? third : options.mode;
  const value = options === undefined ? fourth : options.value;
  if (options === undefined ? fourth === undefined && third !== 'constant' : mode === undefined) return;
  throw new TensightError(
    `pad: expected a number or a mode, got ${options === undefined ? 'a mode and a number' : 'an object'}`,
    `Write nn.functional.pad(x, [${Array.isArray(padding) ? padding.join(', ') : '1, 1'}], ${mode === 'constant' ? String(value ?? 0) : typeof mode === 'string' ? `'${mode}'` : "'reflect'"}).`,
  );
}

/**
 * `x` with a number around, or what `PadMode` names: `[left, right]` of the last dimension, then of the one before: [3] by [1, 2] →
 * [6]. Negative numbers crop. Throws ShapeError for an odd count, or one too many, for more than is there to mirror or repeat, and where cropping leaves nothing.
 */
export function pad(x: Tensor, padding: Shape, value: number | PadMode = 0): Tensor {
  checkMode(arguments);
  checkArguments('pad', arguments);
  if (!Array.isArray(padding))
    throw new TensightError(
      `pad: expected a list of numbers, got ${inWords(padding)}`,
      'Give two numbers per dimension, from the last one on: [1, 1] is left and right.',
    );
  checkWhole('pad', { padding });
  if (padding.length % 2 === 1 || padding.length > 2 * x.ndim)
    throw new ShapeError(
      'pad',
      [x],
      `[${padding.join(', ')}] does not pad ${formatShape(x)}`,
      'Give two numbers per dimension, from the last one on: [left, right, top, bottom].',
    );
  if (typeof value === 'string') {
    if (!padModes.includes(value))
      throw new TensightError(
        `pad: there is no mode '${value}'`,
        `Modes are ${padModes.join(', ')}; a number pads with that constant.`,
      );
    return padByOwn(x, padding, value);
  }
  const before = new Array<number>(x.ndim).fill(0);
  const after = new Array<number>(x.ndim).fill(0);
  let inner = x;
  for (let i = 0; 2 * i < padding.length; i++) {
    const d = x.ndim - 1 - i;
    const [left, right] = [padding[2 * i]!, padding[2 * i + 1]!];
    if (left < 0 || right < 0) {
      if (padding.some((n) => n > 0)) wantRest(x, d, left, right, 1);
      const start = Math.max(0, -left);
      inner = narrow(inner, d, start, x.shape[d]! - start - Math.max(0, -right));
    }
    before[d] = Math.max(0, left);
    after[d] = Math.max(0, right);
  }
  return before.some((n) => n > 0) || after.some((n) => n > 0)
    ? apply(rearrangeOps.pad, [inner], { before, after, value })
    : inner;
}

/** Throws where cropping leaves less than `least`: of nothing there is nothing to pad. */
function wantRest(x: Tensor, dim: number, left: number, right: number, least: number): void {
  if (x.shape[dim]! + left + right < least)
    throw new ShapeError(
      'pad',
      [x],
      `[${left}, ${right}] leaves nothing of dimension ${dim} of ${formatShape(x)}`,
      'Crop less than there is.',
    );
}

const padModes: readonly PadMode[] = ['reflect', 'replicate', 'circular'];

/** Which element of a dimension of this size stands at `i`, which may lie outside. */
function own(i: number, size: number, mode: PadMode): number {
  switch (mode) {
    case 'reflect':
      return i < 0 ? -i : i < size ? i : 2 * (size - 1) - i;
    case 'replicate':
      return Math.min(Math.max(i, 0), size - 1);
    case 'circular':
      return ((i % size) + size) % size;
    default:
      return mode satisfies never;
  }
}

/** `pad` by elements of x itself, dimension by dimension. */
function padByOwn(x: Tensor, padding: Shape, mode: PadMode): Tensor {
  let padded = x;
  for (let i = 0; 2 * i < padding.length; i++) {
    const d = x.ndim - 1 - i;
    const [left, right] = [padding[2 * i]!, padding[2 * i + 1]!];
    if (left === 0 && right === 0) continue;
    const size = x.shape[d]!;
    const most =
      mode === 'replicate' ? (size > 0 ? Number.POSITIVE_INFINITY : 0) : mode === 'circular' ? size : size - 1;
    wantRest(x, d, left, right, mode === 'circular' ? 0 : 1);
    if (left > most || right > most)
      throw new ShapeError(
        'pad',
        [x],
        `mode '${mode}' can't pad dimension ${d} of ${formatShape(x)} by [${left}, ${right}]`,
        `It takes at most ${most} on each side.`,
      );
    // What is cropped is no longer there to come in at the other end.
    const [first, last] = mode === 'circular' ? [Math.max(0, -left), size - Math.max(0, -right)] : [0, size];
    const from = Int32Array.from(
      { length: size + left + right },
      (_, k) => first + own(k - left - first, last - first, mode),
    );
    padded = indexSelect(padded, d, tensor(from, { axes: [x.axes[d]!.name] }));
  }
  return padded;
}

/** One dimension after the other. */
function rollAll(x: Tensor, shifts: readonly number[], dims: readonly number[]): Tensor {
  if (shifts.length !== dims.length || ![...shifts, ...dims].every((given) => typeof given === 'number'))
    throw new TensightError(
      `roll: expected a number for each dimension, got ${shifts.length} for ${dims.length}`,
      'Write x.roll(1, 0), or x.roll([1, 2], [0, 1]).',
    );
  return shifts.reduce((rolled, shift, i) => roll(rolled, shift, dims[i]!), x);
}

/** Elements moved by `shift` along `dim`, those that fall off come in at the other end: x [...] → the same. */
export function roll(x: Tensor, shift: number | readonly number[], dim: number | readonly number[]): Tensor {
  if (typeof shift === 'object' || typeof dim === 'object') return rollAll(x, [shift].flat(), [dim].flat());
  const d = normalizeDim('roll', dim, x);
  checkWhole('roll', { shift });
  const size = x.shape[d] ?? 0;
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  return by === 0 ? x : cat([slice(x, d, size - by), slice(x, d, 0, size - by)], d);
}

/** Methods that this family gives every tensor. */
export const rearrangeMethods = {
  /** Repeated along its dimensions, copied: [2, 3].repeat(2, 1) → [4, 3]. */
  repeat(this: Tensor, ...times: Sizes): Tensor {
    return repeat(this, listed('repeat', times));
  },
  /** In reverse order along the dimensions named. */
  flip(this: Tensor, ...dims: Sizes): Tensor {
    return flip(this, listed('flip', dims));
  },
  /** With a number, or its own elements, around: `[left, right]` of the last dimension, then of the one before. */
  pad(this: Tensor, padding: Shape, value: number | PadMode = 0): Tensor {
    return pad(this, padding, value);
  },
  /** Elements moved by `shift` along `dim`, round the end. */
  roll(this: Tensor, shift: number | readonly number[], dim: number | readonly number[]): Tensor {
    return roll(this, shift, dim);
  },
};
