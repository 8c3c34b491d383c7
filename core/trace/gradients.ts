/**
 * The gradients of a run, in no more memory than they have numbers of their own. Two kinds come in great numbers, each as long as a
 * sequence: the gradient of a sequence of which one part was taken is zeros but for that part (laid back into them when it is read; as
 * sparse.ts where several parts were), and the gradient of what is left of a sequence (`rest = rest.slice(1, 1)`, also turned and
 * reshaped on the way) is a part of that of the sequence itself. Kept as they are, a trace would grow with the square of the number of
 * steps.
 */
import type { Node } from '../autograd/node.ts';
import type { Storage } from '../backends/backend.ts';
import { context } from '../context.ts';
import { allocate } from '../ops/apply.ts';
import { sameShape } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { PartStorage } from './part.ts';
import { sparse } from './sparse.ts';
import type { TensorId } from './trace.ts';

/** Below this many elements it is not worth the while. */
const least = 512;

export class GradientStore {
  readonly #kept = new Map<TensorId, Tensor>();
  /** What memory of gradients is kept as. */
  readonly #keptAs = new WeakMap<Storage, Storage>();
  /** Whose gradients lie in this memory. */
  readonly #owners = new WeakMap<Storage, Set<TensorId>>();
  /** Views whose gradients are here, by the tensor they are views of (or views of views), whose gradient is not. */
  readonly #waiting = new Map<Tensor, [id: TensorId, view: Tensor][]>();
  /** Memory that is read from this tensor's gradient: a part of it, or it among zeros. */
  readonly #parts = new Map<TensorId, PartStorage[]>();

  /** ∂L/∂tensor, by the tensor's id. */
  get all(): ReadonlyMap<TensorId, Tensor> {
    return this.#kept;
  }

  /**
   * Keeps the gradient of a tensor, in the place of an earlier one. `part`: the one part of the tensor that it came from, by the id of
   * that part. Gives by how many bytes what is held has changed.
   */
  keep(id: TensorId, tensor: Tensor, gradient: Tensor, part?: { readonly id: TensorId; readonly by: Node }): number {
    let change = this.#standAlone(id);
    if (gradient.isMeta || tensor.isLeaf) this.#set(id, gradient);
    else {
      const known = this.#keptAs.get(gradient.storage);
      const short = known ?? this.#laidBack(gradient, part) ?? sparse(gradient.storage) ?? gradient.storage;
      if (known === undefined) change += bytesOf(short) - bytesOf(gradient.storage);
      this.#keptAs.set(gradient.storage, short);
      this.#set(id, over(gradient, short));
    }
    for (const [viewId, view] of this.#waiting.get(tensor) ?? []) {
      const { storage } = this.#kept.get(id)!;
      // Nothing of its own to be a part of: what it is a view of may have.
      if (storage instanceof PartStorage || storage === this.#kept.get(viewId)!.storage)
        this.#wait(viewId, view, tensor);
      else change += this.#putWithin(viewId, view, id, tensor);
    }
    this.#waiting.delete(tensor);
    this.#wait(id, tensor, tensor);
    return change;
  }

  /** Has the gradient of `view` wait for that of what `tensor`, itself or what it is a view of, is a view of. */
  #wait(id: TensorId, view: Tensor, tensor: Tensor): void {
    const { node } = tensor;
    if (node?.op.isView !== true || view.numel < least) return;
    const whole = node.inputs[0]!;
    // Of parts smaller than half there can't be too many.
    if (view.numel > whole.numel || 2 * view.numel < whole.numel) return;
    const waiting = this.#waiting.get(whole);
    if (waiting === undefined) this.#waiting.set(whole, [[id, view]]);
    else waiting.push([id, view]);
  }

  /** Memory that is laid out when it is read: zeros, and the gradient of a part in its place. */
  #laidBack(gradient: Tensor, part: { readonly id: TensorId; readonly by: Node } | undefined): Storage | undefined {
    if (part === undefined || !ownsItsMemory(gradient) || gradient.numel < least) return undefined;
    const { by } = part;
    const kept = this.#kept.get(part.id);
    if (kept === undefined || kept.isMeta) return undefined;
    const { shape, dtype, axes } = gradient;
    const storage = new PartStorage(() => {
      const whole = allocate({ shape, dtype, axes });
      const { inputs, output, attrs, saved: tensors } = by;
      by.op.accumulate!(this.#flattened(part.id), { inputs, output, attrs, tensors, needs: [true] }, whole);
      return whole;
    });
    this.#readFrom(part.id, storage);
    return storage;
  }

  #readFrom(id: TensorId, storage: PartStorage): void {
    const parts = this.#parts.get(id);
    if (parts === undefined) this.#parts.set(id, [storage]);
    else parts.push(storage);
  }

  #set(id: TensorId, gradient: Tensor): void {
    this.#kept.set(id, gradient);
    if (gradient.isMeta) return;
    const owners = this.#owners.get(gradient.storage);
    if (owners === undefined) this.#owners.set(gradient.storage, new Set([id]));
    else owners.add(id);
  }

  /** Where the gradient of a view is nothing but a part of the gradient of what it is a view of, its memory is let go. */
  #putWithin(id: TensorId, view: Tensor, wholeId: TensorId, of: Tensor): number {
    const gradient = this.#kept.get(id)!;
    const whole = this.#kept.get(wholeId)!;
    if (gradient.isMeta || whole.isMeta || !ownsItsMemory(gradient)) return 0;
    const { storage } = gradient;
    if (!sameNumbers(storage.data, elementsOf(viewOf(whole, view, of)))) return 0;
    const part = new PartStorage(() => viewOf(this.#flattened(wholeId), view, of));
    this.#readFrom(wholeId, part);
    this.#keptAs.set(storage, part);
    this.#move(storage, part);
    return -bytesOf(storage);
  }

  /** The gradient itself; where it is a part of another one, the part of that. */
  #flattened(id: TensorId): Tensor {
    const gradient = this.#kept.get(id)!;
    if (!(gradient.storage instanceof PartStorage) || !gradient.isContiguous) return gradient;
    const { view } = gradient.storage;
    return sameShape(view.shape, gradient.shape) ? view : gradient;
  }

  /** What is a part of this tensor's gradient gets memory of its own again: another gradient is about to take its place. */
  #standAlone(id: TensorId): number {
    let change = 0;
    for (const part of this.#parts.get(id) ?? []) {
      const own = { data: part.data.slice() };
      this.#move(part, own);
      change += bytesOf(own);
    }
    this.#parts.delete(id);
    return change;
  }

  #move(from: Storage, to: Storage): void {
    for (const id of this.#owners.get(from) ?? []) {
      const gradient = this.#kept.get(id)!;
      if (gradient.storage === from) this.#set(id, over(gradient, to));
    }
  }
}

/** All of the memory is this gradient, row by row, as it was computed. */
function ownsItsMemory({ storage, isContiguous, numel }: Tensor): boolean {
  return !('byteLength' in storage) && isContiguous && storage.data.length === numel;
}

/** Of a gradient of `of` what `view` is of that itself. */
function viewOf(gradient: Tensor, view: Tensor, of: Tensor): Tensor {
  const path: Tensor[] = [];
  for (let tensor = view; tensor !== of; tensor = tensor.node!.inputs[0]!) path.push(tensor);
  return path.reduceRight(
    (whole, { node, shape, dtype, axes }) =>
      node!.op.forward([whole], node!.attrs, { shape, dtype, axes }, context.backend, () => {}),
    gradient,
  );
}

/** A tensor over other memory, laid out alike. */
function over(gradient: Tensor, storage: Storage): Tensor {
  return storage === gradient.storage ? gradient : new Tensor(gradient, storage, gradient.strides, gradient.offset);
}

function bytesOf(storage: Storage): number {
  return 'byteLength' in storage ? Number(storage.byteLength) : storage.data.byteLength;
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  return true;
}
