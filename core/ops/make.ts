/** Makers of operations of one and of two operands, with broadcasting. */
import type { BinaryKernel, UnaryKernel } from '../backends/backend.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import type { PlainOf } from '../plain.ts';
import { type DType, promote } from '../tensor/dtype.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply, insteadOf } from './apply.ts';
import { broadcastSpec, broadcastView, sumToShape } from './broadcast.ts';
import { scalar } from './creation.ts';
import type { Op, Saved } from './op.ts';

/** A tensor, or a number that stands for a 0-d tensor. */
export type Operand = Tensor | number;

/** Throws TensightError where `value`, an operand of `op`, is neither; true and false count as 1 and 0. */
export function asTensor(value: Operand, like?: Tensor, op = 'an operand'): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value !== 'number' && typeof value !== 'boolean')
    throw new TensightError(`${op}: expected a tensor or a number, got ${inWords(value)}`, insteadOf(value));
  return scalar(value, like !== undefined && like.dtype !== 'f32' && Number.isInteger(value) ? 'i32' : 'f32');
}

type BinaryBackward = (grad: Tensor, a: Tensor, b: Tensor, out: Tensor) => readonly [() => Tensor, () => Tensor];

/** An operation on two broadcast operands; `dtype` of the result, the operands' common one by default. */
export function binaryOp(
  kernel: BinaryKernel,
  options: { dtype?: DType; integer?: 'f32'; backward?: BinaryBackward } & Pick<Op, 'role' | 'nan'>,
): Op<undefined> {
  const { backward } = options;
  return {
    name: kernel,
    ...told(options),
    shape([a, b]) {
      const common = options.dtype ?? promote(a!.dtype, b!.dtype);
      if (kernel === 'sub' && (a!.dtype === 'bool' || b!.dtype === 'bool'))
        throw new ShapeError(
          'sub',
          [a!, b!],
          "bool can't be subtracted",
          "For the opposite of a mask use mask.logicalNot(), for where two differ logicalXor; or convert it: .to('i32').",
        );
      if (kernel === 'pow' && common === 'bool')
        throw new ShapeError('pow', [a!, b!], 'bool has no powers', "Convert it first: .to('i32').");
      return broadcastSpec(kernel, a!, b!, options.integer && common !== 'f32' ? options.integer : common);
    },
    forward([a, b], _attrs, out, backend) {
      const result = allocate(out);
      // True and true is true, not 2.
      const own = kernel === 'add' && out.dtype === 'bool' ? 'logicalOr' : kernel;
      backend.binary(own, broadcastView(a!, out.shape), broadcastView(b!, out.shape), result);
      return result;
    },
    backward: backward
      ? (grad, { inputs: [a, b], output, needs }: Saved<undefined>) => {
          const [da, db] = backward(grad, a!, b!, output);
          return [needs[0] ? sumToShape(da(), a!.shape) : undefined, needs[1] ? sumToShape(db(), b!.shape) : undefined];
        }
      : undefined,
    flops: (_inputs, out) => numel(out.shape),
  };
}

/** Applies an operation of two operands of which one may be a number. */
export function callBinary(op: Op<undefined>, a: Operand, b: Operand): Tensor {
  const like = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
  return apply(op, [asTensor(a, like, op.name), asTensor(b, like, op.name)], undefined);
}

export interface UnaryOptions<A> extends Pick<Op, 'role' | 'nan'> {
  /** `float`: integers become f32. `same`: integers stay (bool becomes i32). `number`: the same, but bool is refused. */
  readonly dtype: 'float' | 'same' | 'number' | 'bool';
  /** Floating-point operations an element. */
  readonly cost: number;
  /** The kernel's parameter. */
  readonly parameter?: (attrs: A) => number;
  readonly backward?: (grad: Tensor, x: Tensor, y: Tensor, attrs: A) => Tensor;
  /** Where it differs from the kernel's. */
  readonly name?: string;
}

/** A function of one argument, element by element. */
export function unaryOp<A extends PlainOf<A>>(kernel: UnaryKernel, options: UnaryOptions<A>): Op<A> {
  const { backward, parameter } = options;
  return {
    name: options.name ?? kernel,
    ...told(options),
    shape([x]) {
      if (options.dtype === 'number' && x!.dtype === 'bool')
        throw new ShapeError(
          options.name ?? kernel,
          [x!],
          `expected numbers, got bool ${formatShape(x!)}`,
          "For the opposite of a mask use mask.logicalNot(); or convert it: .to('i32').",
        );
      return { shape: x!.shape, dtype: unaryType(options.dtype, x!.dtype), axes: x!.axes };
    },
    forward([x], attrs, out, backend) {
      const result = allocate(out);
      backend.unary(kernel, x!, result, parameter?.(attrs));
      return result;
    },
    backward: backward
      ? (grad, { inputs, output, attrs }: Saved<A>) => [backward(grad, inputs[0]!, output, attrs)]
      : undefined,
    flops: (_inputs, out) => options.cost * numel(out.shape),
  };
}

/** What a record says of itself to those who read graphs. */
function told({ role, nan }: Pick<Op, 'role' | 'nan'>): Pick<Op, 'role' | 'nan'> {
  return { ...(role && { role }), ...(nan && { nan }) };
}

function unaryType(rule: UnaryOptions<unknown>['dtype'], dtype: DType): DType {
  if (rule === 'bool' || dtype === 'f32') return rule === 'bool' ? 'bool' : 'f32';
  return rule === 'float' ? 'f32' : 'i32';
}
