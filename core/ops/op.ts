/**
 * One operation, one definition, and closed: what is computed with is among the inputs, attributes are plain data (the type refuses
 * tensors and functions), and nothing but the output is written. Shape runs, value runs, gradient checks, FLOP counts, traces and
 * reference docs all read this record; nothing else knows an operation by its name.
 */
import type { Backend } from '../backends/backend.ts';
import type { PlainOf } from '../plain.ts';
import type { Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { NotANumber } from './notANumber.ts';

export interface Op<A extends PlainOf<A> = undefined> {
  /** PyTorch's name in camelCase. For people: no code asks for it. */
  readonly name: string;
  /** Result of these inputs. Throws ShapeError, in words for the person, where they do not fit. */
  shape(inputs: readonly Spec[], attrs: A): Spec;
  /**
   * Computes the output. `out` is what `shape` said. `save(...)` keeps tensors for `backward`. View operations return a
   * tensor on the input's storage.
   */
  forward(
    inputs: readonly Tensor[],
    attrs: A,
    out: Spec,
    backend: Backend,
    save: (...tensors: Tensor[]) => void,
  ): Tensor;
  /**
   * ∂L/∂input for each input (undefined: none). Written with tensor operations, so that it runs on meta tensors and, where
   * its own operations have a backward, a second time. Undefined for operations without a gradient: comparisons, argmax,
   * `detach` (a view), and kernels that compute a gradient themselves, which throw where they would be differentiated.
   */
  readonly backward: ((grad: Tensor, saved: Saved<A>) => (Tensor | undefined)[]) | undefined;
  /**
   * Adds ∂L/∂(first input) to `sum`, a gradient of that input which is there already, row by row in memory. For operations that
   * take a part of their first input and have no other with a gradient: one sum takes all parts of a sequence, instead of as many
   * gradients as there are parts, each as long as the sequence. Their `backward` gives memory of its own, which others can be added to.
   */
  readonly accumulate?: (grad: Tensor, saved: Saved<A>, sum: Tensor) => void;
  /** Floating-point operations, a multiply-add counted as two. 0 for views and copies. */
  flops(inputs: readonly Spec[], out: Spec, attrs: A): number;
  /** Whether the output shares memory with the first input. */
  readonly isView?: true;
  readonly role?: Role;
  /** Its slope is 0 wherever it has one: gradients that go back through it are 0. */
  readonly isStep?: true;
  /** How it comes to make NaN, where that has a reason of its own. */
  readonly nan?: NotANumber;
}

/**
 * What becomes of the numbers that flow through an operation, for those who look for a pattern in a graph (attention; where two streams
 * meet). None: something new is made of them.
 *
 * - `arrangement`: elements of the first input in other places, some perhaps dropped. Every view is one without saying so.
 * - `score`: numbers scaled, shifted, capped or masked one by one, as scores are between product and softmax.
 * - `product`: rows of the first input mix rows of the second.
 * - `projection`: a product with a weight.
 * - `distribution`: along `attrs.dim` they become positive and sum to one; `logDistribution`: the logarithm of that.
 * - `multiple`: the product of two, element by element; a score, too.
 * - `quotient`: the first divided by the second, element by element; a score, too. `inverse`: one divided by them.
 * - `exponential`: e to the power of each. `positive`: another function of each that is never negative. `total`: sums along `attrs.dims`; `logTotal`: log Σ eˣ along them.
 */
export type Role =
  | 'arrangement'
  | 'score'
  | 'multiple'
  | 'product'
  | 'projection'
  | 'distribution'
  | 'logDistribution'
  | 'quotient'
  | 'inverse'
  | 'exponential'
  | 'positive'
  | 'total'
  | 'logTotal';

/** Attributes of an operation, whichever it is. */
export type Attributes = object | undefined;

/** An operation, whatever its attributes. */
export type AnyOp = Op<Attributes>;

/** What `backward` may look at. */
export interface Saved<A extends PlainOf<A>> {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly attrs: A;
  readonly tensors: readonly Tensor[];
  /** Which inputs need a gradient; work for others can be left out. */
  readonly needs: readonly boolean[];
}
