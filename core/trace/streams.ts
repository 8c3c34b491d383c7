/** Where tensors of a run come from: the model's inputs and what is made of them, but not its parameters and constants. */
import type { Tensor } from '../tensor/tensor.ts';
import type { OpNote, Recorder } from './recorder.ts';
import type { TensorId } from './trace.ts';

/** Whether its elements are those of its first input in other places, whatever the operation. */
export const arranges = ({ op }: OpNote): boolean => op.isView === true || op.role === 'arrangement';

/** Whether its elements are those of its first input scaled, shifted or masked one by one. */
export const isScore = ({ op: { role } }: OpNote): boolean =>
  role === 'score' || role === 'multiple' || role === 'quotient';

/** Operations that make something new of two streams. */
const mixes = ({ op: { role } }: OpNote): boolean =>
  role === 'product' || role === 'projection' || role === 'distribution';

export class Streams {
  /** What is made of an input. */
  readonly #carrying: Set<TensorId>;

  constructor(private readonly recorder: Recorder) {
    this.#carrying = new Set(recorder.given);
    for (const note of recorder.ops)
      if (note.inputs.some((input) => this.#carrying.has(input))) this.#carrying.add(note.output);
  }

  /** Back to where two streams met or the data came in; streams that parted from one (rotary embedding's halves) are one. */
  source(tensor: TensorId): TensorId {
    let at = tensor;
    for (let i = 0; i < 64; i++) {
      const note = this.noteOf(at);
      const flowing = note === undefined ? [] : this.flowing(note);
      const next = flowing.length > 1 ? this.#parting(flowing) : flowing[0];
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }

  /** The one tensor that all of these were made of, element by element and without a parameter; undefined where there is none. */
  #parting(tensors: readonly TensorId[]): TensorId | undefined {
    const front = new Set(tensors);
    for (let i = 0; i < 64; i++) {
      if (front.size === 1) return front.values().next().value;
      // The one made last: none of the others is made of it.
      const last = [...front].reduce((a, b) => (this.#madeAt(a) > this.#madeAt(b) ? a : b));
      const note = this.noteOf(last);
      if (note === undefined || mixes(note)) return undefined;
      if (note.inputs.some((input) => isLearnt(this.recorder.tensors[input]!))) return undefined;
      front.delete(last);
      for (const input of this.flowing(note)) front.add(input);
    }
    return undefined;
  }

  /** Whether it is made of an input. */
  carries(tensor: TensorId): boolean {
    return this.#carrying.has(tensor);
  }

  /** Operands that bring data: neither parameters nor, where another does, constants. */
  flowing(note: OpNote): TensorId[] {
    const { recorder } = this;
    const operands = [...new Set(note.inputs)].filter((input) =>
      recorder.madeBy.has(input) ? !fromParameters(input, recorder) : !isParameter(recorder.tensors[input]!),
    );
    const carrying = operands.filter((input) => this.#carrying.has(input));
    return carrying.length > 0 ? carrying : operands;
  }

  #madeAt(tensor: TensorId): number {
    return this.recorder.madeBy.get(tensor) ?? -1;
  }

  /** The operation that made it. */
  noteOf(tensor: TensorId): OpNote | undefined {
    const made = this.recorder.madeBy.get(tensor);
    return made === undefined ? undefined : this.recorder.ops[made];
  }
}

function isLearnt(tensor: Tensor): boolean {
  return tensor.isLeaf && tensor.requiresGrad;
}

function isParameter(tensor: Tensor): boolean {
  return isLearnt(tensor) || tensor.ndim === 0;
}

/** A slice of a parameter (one third of a packed projection) is a parameter for this purpose. */
export function fromParameters(tensor: TensorId, recorder: Recorder): boolean {
  const made = recorder.madeBy.get(tensor);
  if (made === undefined) return isParameter(recorder.tensors[tensor]!);
  const note = recorder.ops[made]!;
  return arranges(note) && note.inputs.every((input) => fromParameters(input, recorder));
}
