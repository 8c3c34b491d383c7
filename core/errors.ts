import type { Plain } from './plain.ts';
import type { Spec } from './tensor/shape.ts';

/** Another argument for the constructor of a layer, with which it would fit. */
export interface Fix {
  /** The layer, of `nn`. */
  readonly layer: object;
  /** The argument's name, as in `config()`. */
  readonly argument: string;
  readonly value: Plain;
}

/** Something the person wrote that can't work, told for the person: what was expected, what came, what to try. */
export class TensightError extends Error {
  /** Its class. */
  override name = 'TensightError';
  /** What to try, a sentence. */
  readonly hint: string | undefined;
  /** The hint as data, where the right value is known. @internal */
  readonly fix: Fix | undefined;
  constructor(message: string, hint?: string, fix?: Fix) {
    super(message);
    this.hint = hint;
    this.fix = fix;
  }
}

/** A member that is not there, or a tensor as a number: what is read, where it is read, inside whatever call that stands. */
export class MisreadError extends TensightError {
  /** Its class. */
  override name = 'TensightError';
}

/** Shapes, dtypes or sizes that do not fit an operation. `operands` are those that did not fit, in call order. */
export class ShapeError extends TensightError {
  /** Its class. */
  override name = 'ShapeError';
  /** The operation or layer that they do not fit. */
  readonly op: string;
  /** Shape, dtype and axes of each operand. */
  readonly operands: readonly Spec[];
  constructor(op: string, operands: readonly Spec[], message: string, hint?: string, fix?: Fix) {
    super(`${op}: ${message}`, hint, fix);
    this.op = op;
    this.operands = operands;
  }
}

/** A shape run met code that needs a value (`item()`, `toArray()`): the engine answers with a value run. */
export class NeedsValueError extends TensightError {
  /** Its class. */
  override name = 'NeedsValueError';
}

/** An index outside its axis, found in real data. */
export class IndexError extends TensightError {
  /** Its class. */
  override name = 'IndexError';
}

/** The run's tensors would pass the memory limit. */
export class OutOfMemoryError extends TensightError {
  /** Its class. */
  override name = 'OutOfMemoryError';
}

/** The run was asked to stop: by the person, or because the layer that was asked for is done. */
export class StopRun extends Error {
  /** Its class. */
  override name = 'StopRun';
  /** `cancelled`: someone asked for it. `reached`: the layer asked for is done. `timeout`: too many operations. */
  readonly reason: 'cancelled' | 'reached' | 'timeout';
  constructor(reason: 'cancelled' | 'reached' | 'timeout') {
    super(`run stopped: ${reason}`);
    this.reason = reason;
  }
}

/** What is said of a Proxy of a tensor or a layer: it passes for one, and what is private to that is out of its reach. */
export function notItself(what: string, kind: string): TensightError {
  return new TensightError(
    `${what} is not a ${kind} itself, but a Proxy of one, or made from its prototype`,
    `Use the ${kind} itself.`,
  );
}
