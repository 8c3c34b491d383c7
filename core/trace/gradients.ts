/**
 * The gradients of a run, in no more memory than they have numbers of their own. Two kinds come in great numbers, each as long as a
 * sequence: the gradient of a sequence of which one step was taken is zeros but for that step (sparse.ts), and the gradient of what
 * is left of a sequence (`rest = rest.slice(1, 1)`) is a part of that of the sequence itself. Kept as they are, a trace would grow
 * with the square of the number of steps.
 */
import type { Storage } from '../backends/backend.ts';
import { context } from '../context.ts';
import { sameShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { PartStorage } from './part.ts';
import { sparse } from './sparse.ts';
import type { TensorId } from './trace.ts';

/** Below this many elements it is not worth the while. */
const least = 512;

export class KeptGradients {
  readonly #kept = new Map<TensorId, Tensor>();
  /** What memory of gradients is kept as. */
  readonly #keptAs = new WeakMap<Storage, Storage>();
  /** Whose gradients lie in this memory. */
  readonly #owners = new WeakMap<Storage, Set<TensorId>>();
  /** Views whose gradients are here, by the tensor they are views of, whose gradient is not. */
  readonly #waiting = new Map<Tensor, [id: TensorId, view: Tensor][]>();
  /** Memory that is a part of this tensor's gradient. */
  readonly #parts = new Map<TensorId, PartStorage[]>();

  /** ∂L/∂tensor, by the tensor's id. */
  get all(): ReadonlyMap<TensorId, Tensor> {
    return this.#kept;
  }

  /** Keeps the gradient of a tensor, in the place of an earlier one. Gives by how many bytes what is held has changed. */
  keep(id: TensorId, tensor: Tensor, gradient: Tensor): number {
    let change = this.#standAlone(id);
    if (gradient.isMeta || tensor.isLeaf) this.#set(id, gradient);
    else {
      const known = this.#keptAs.get(gradient.storage);
      const short = known ?? sparse(gradient.storage) ?? gradient.storage;
      if (known === undefined) change += bytesOf(short) - bytesOf(gradient.storage);
      this.#keptAs.set(gradient.storage, short);
      this.#set(id, over(gradient, short));
    }
    for (const [view, of] of this.#waiting.get(tensor) ?? []) change += this.#putWithin(view, of, id);
    this.#waiting.delete(tensor);
    const whole = viewed(tensor);
    if (whole !== undefined) this.#waiting.set(whole, [...(this.#waiting.get(whole) ?? []), [id, tensor]]);
    return change;
  }

  #set(id: TensorId, gradient: Tensor): void {
    this.#kept.set(id, gradient);
    if (gradient.isMeta) return;
    const owners = this.#owners.get(gradient.storage);
    if (owners === undefined) this.#owners.set(gradient.storage, new Set([id]));
    else owners.add(id);
  }

  /** Where the gradient of a view is nothing but a part of the gradient of what it is a view of, its memory is let go. */
  #putWithin(id: TensorId, view: Tensor, wholeId: TensorId): number {
    const gradient = this.#kept.get(id)!;
    const whole = this.#kept.get(wholeId)!;
    if (gradient.isMeta || whole.isMeta) return 0;
    const { storage } = gradient;
    const plain = !('byteLength' in storage) && gradient.isContiguous && storage.data.length === gradient.numel;
    if (!plain || !sameNumbers(storage.data, viewOf(whole, view).toTypedArray())) return 0;
    const part = new PartStorage(() => viewOf(this.#flattened(wholeId), view));
    this.#parts.set(wholeId, [...(this.#parts.get(wholeId) ?? []), part]);
    this.#keptAs.set(storage, part);
    this.#move(storage, part);
    return -bytesOf(storage);
  }

  /** The gradient itself; where it is a part of another one, the part of that. */
  #flattened(id: TensorId): Tensor {
    const gradient = this.#kept.get(id)!;
    if (!(gradient.storage instanceof PartStorage)) return gradient;
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

/** What a tensor is a view of, where it takes at least half of it: of smaller parts there can't be too many. */
function viewed(tensor: Tensor): Tensor | undefined {
  const { node } = tensor;
  if (node === undefined || !node.op.isView || node.op.accumulate === undefined) return undefined;
  const whole = node.inputs[0]!;
  return tensor.numel >= least && 2 * tensor.numel >= whole.numel ? whole : undefined;
}

/** The same view of a gradient. */
function viewOf(gradient: Tensor, { node, shape, dtype, axes }: Tensor): Tensor {
  return node!.op.forward([gradient], node!.attrs, { shape, dtype, axes }, context.backend, () => {});
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
