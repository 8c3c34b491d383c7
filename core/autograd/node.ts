import type { Op } from '../ops/op.ts';
import type { Tensor } from '../tensor/tensor.ts';

let nextOrder = 0;

/** One recorded operation: an edge of the graph that `backward()` walks from the last made to the first. */
export class Node {
  readonly order: number = nextOrder++;
  readonly op: Op<unknown>;
  readonly inputs: readonly Tensor[];
  readonly attrs: unknown;
  readonly output: Tensor;
  /** What the forward kernel kept for backward (a mask, a row's mean). */
  readonly saved: readonly Tensor[];

  constructor(op: Op<unknown>, inputs: readonly Tensor[], attrs: unknown, output: Tensor, saved: readonly Tensor[]) {
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.output = output;
    this.saved = saved;
  }
}
