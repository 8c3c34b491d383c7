import type { Node } from '../autograd/node.ts';
import type { Storage, Strided } from '../backends/backend.ts';
import { context } from '../context.ts';
import { MisreadError, NeedsValueError, notItself, ShapeError } from '../errors.ts';
import type { Axis } from './axes.ts';
import type { DType, TypedArray } from './dtype.ts';
import { formatValues } from './format.ts';
import { writable } from './keptDraws.ts';
import { asOutOfMemory } from './memory.ts';
import { byteLength, contiguousStrides, formatShape, numel, type Shape, type Spec } from './shape.ts';

let nextId = 0;
/** Whether a value was made as a tensor: a Proxy of one was not. */
let isMade: (value: object) => boolean;

let setStorage: (to: Tensor, from: Tensor) => void;

/** Gives a leaf that was made before its size was known the shape and the memory of another. Nothing may have been computed with it. */
export function adopt(to: Tensor, from: Tensor): void {
  const { shape, axes, strides, offset } = from;
  Object.assign(to, { shape, axes, strides, offset });
  setStorage(to, from);
}

/** Whether a value is a tensor itself; false of a Proxy of one, and of the prototype. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && isMade(value);
}

/**
 * An n-dimensional array that remembers how it was made. Made by `tensor`, `zeros`, `randn` and the like, and by operations: `x.matmul(w)`,
 * `matmul(x, w)`. A *meta* tensor has a shape and no data: it is what a shape run computes with. Nothing has to be disposed of.
 */
export class Tensor implements Spec {
  /** Its own, for as long as the process runs. */
  readonly id: number = nextId++;
  /** Sizes, outermost first; [] of a single number. */
  readonly shape: Shape;
  /** Type of its elements. */
  readonly dtype: DType;
  readonly axes: readonly Axis[];
  /** In elements; 0 where broadcast. @internal */
  readonly strides: readonly number[];
  /** First element, in elements. @internal */
  readonly offset: number;
  #storage: Storage | undefined;
  /** Whether it gets a gradient (a leaf), or gradients flow through it (a result). */
  requiresGrad = false;
  /** After `backward()`: ∂L/∂this, same shape. Leaves only, unless a recorder keeps all. */
  grad: Tensor | undefined = undefined;
  /** How it was made; undefined for leaves. @internal */
  node: Node | undefined = undefined;

  static {
    isMade = (value) => #storage in value;
    setStorage = (to, from) => {
      to.#storage = from.#storage;
    };
  }

  /** @internal */
  constructor(
    spec: Spec,
    storage: Storage | undefined,
    strides: readonly number[] = contiguousStrides(spec.shape),
    offset = 0,
  ) {
    // Who writes to it would read beyond the elements.
    this.shape = Object.freeze(spec.shape);
    this.dtype = spec.dtype;
    this.axes = spec.axes;
    this.#storage = storage;
    this.strides = strides;
    this.offset = offset;
  }

  /** True while it has a shape and no data. */
  get isMeta(): boolean {
    if (!(#storage in this)) throw notItself('this', 'tensor');
    return this.#storage === undefined;
  }

  /** The memory behind it. Throws NeedsValueError on a meta tensor. @internal */
  get storage(): Storage {
    if (!(#storage in this)) throw notItself('this', 'tensor');
    if (this.#storage === undefined)
      throw new NeedsValueError(`the values of a tensor ${formatShape(this)} are not known in a shape run`);
    return this.#storage;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get numel(): number {
    return numel(this.shape);
  }

  /** Bytes of its elements (not of the storage behind a view). */
  get bytes(): number {
    return byteLength(this);
  }

  /** Whether no operation with a gradient made it: parameters, inputs, constants. */
  get isLeaf(): boolean {
    return this.node === undefined;
  }

  /** Whether its elements lie row-major in memory without gaps. */
  get isContiguous(): boolean {
    let step = 1;
    for (let i = this.shape.length - 1; i >= 0; i--) {
      if (this.shape[i] !== 1 && this.strides[i] !== step) return false;
      step *= this.shape[i]!;
    }
    return true;
  }

  /** The elements in row-major order; a view of the storage where it is contiguous, else a copy. Do not write to it. */
  toTypedArray(): TypedArray {
    // Who was told not to write to it may all the same.
    writable(this.storage);
    return elementsOf(this);
  }

  /** The value of a tensor of one element. */
  item(): number {
    if (this.numel !== 1) {
      const hint = 'Write x.mean().item() or x.sum().item() for one number of all, x.toArray() for all of them.';
      throw new ShapeError('item', [this], `expected one element, got ${formatShape(this)}`, hint);
    }
    return this.storage.data[this.offset]!;
  }

  /** dtype, shape and, where they are known, the values. */
  toString(): string {
    const head = `Tensor ${this.dtype} ${formatShape(this)}`;
    return this.isMeta ? head : `${head}\n${formatValues(this.toTypedArray(), this.shape, this.dtype)}`;
  }

  /** What Node's console prints of it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** In a text, as `toString` says. Throws TensightError where it is to be a number: JavaScript's operators do not compute with tensors. */
  [Symbol.toPrimitive](wanted: 'string' | 'number' | 'default'): string {
    if (wanted === 'string') return this.toString();
    throw new MisreadError(
      'a tensor is not a number: + - * / < > == and Math do not work on it',
      'Write x.add(y), x.sub(y), x.mul(y), x.div(y), x.lt(y), x.gt(y), x.eq(y); x.item() is the number in a tensor of one element, String(x) its text.',
    );
  }
}

/** The elements of a tensor in row-major order, to be read: a view of its storage where it is contiguous, else a copy. */
export function elementsOf(t: Tensor): TypedArray {
  const { storage, offset, numel: n } = t;
  if (t.isContiguous) return storage.data.subarray(offset, offset + n);
  const spec = { shape: t.shape, dtype: t.dtype, axes: t.axes };
  try {
    const copy = new Tensor(spec, context.backend.allocate(t.dtype, n));
    context.backend.copy(t as Strided, copy as Strided);
    return copy.storage.data.subarray(0, n);
  } catch (error) {
    throw asOutOfMemory(error, 'a copy row by row', spec);
  }
}
