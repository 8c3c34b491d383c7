import type { AnyOp, Attributes } from '../ops/op.ts';
import type { Tensor } from '../tensor/tensor.ts';

let nextOrder = 0;

/** How many were recorded so far: every later one has this order or a higher one. */
export const nodesMade = (): number => nextOrder;

/** One recorded operation: an edge of the graph that `backward()` walks from the last made to the first. */
export class Node {
  readonly order: number = nextOrder++;
  readonly op: AnyOp;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attributes;
  readonly output: Tensor;
  /** What the forward kernel kept for backward (a mask, a row's mean). */
  readonly saved: readonly Tensor[];

  constructor(op: AnyOp, inputs: readonly Tensor[], attrs: Attributes, output: Tensor, saved: readonly Tensor[]) {
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.output = output;
    this.saved = saved;
  }
}
