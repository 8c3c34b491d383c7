/** Layers that put something around a line or a plane. Negative numbers crop. */

import type { Sizes } from '../ops/window.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { type PadMode, pad } from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** What the padding layers share. */
abstract class Pad extends Layer {
  /** Its arguments by position. */
  /** How much is added: [left, right], and of planes [left, right, top, bottom]. */
  readonly padding: readonly number[];
  /** The number added, or what else. */
  protected readonly how: number | PadMode;

  constructor(rank: 1 | 2, padding: Sizes, how: number | PadMode) {
    super();
    this.padding = typeof padding === 'number' ? new Array<number>(2 * rank).fill(padding) : padding;
    this.how = how;
  }

  forward(x: Tensor): Tensor {
    checkFloat(this.constructor.name, x);
    return pad(x, this.padding, this.how);
  }

  /** The arguments it was made with. */
  override config() {
    return configOf({ padding: this.padding });
  }

  override extraRepr(): string {
    return this.padding.join(', ');
  }
}

/** A number at both ends of a line: [..., length] → [..., length + left + right]. `padding`: one number, or [left, right]. */
export class ConstantPad1d extends Pad {
  constructor(padding: Sizes, value: number) {
    if (new.target === ConstantPad1d) checkArguments(new.target, arguments);
    super(1, padding, value);
  }

  override config() {
    return configOf({ padding: this.padding, value: this.how });
  }
}

/** A number around a plane: [..., height, width] → larger. `padding`: one number, or [left, right, top, bottom]. */
export class ConstantPad2d extends Pad {
  constructor(padding: Sizes, value: number) {
    if (new.target === ConstantPad2d) checkArguments(new.target, arguments);
    super(2, padding, value);
  }

  override config() {
    return configOf({ padding: this.padding, value: this.how });
  }
}

/** Zeros at both ends of a line: [..., length] → [..., length + left + right]. `padding`: one number, or [left, right]. */
export class ZeroPad1d extends ConstantPad1d {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(padding, 0);
  }

  override config() {
    return configOf({ padding: this.padding });
  }
}

/** Zeros around a plane: [..., height, width] → larger. `padding`: one number, or [left, right, top, bottom]. */
export class ZeroPad2d extends ConstantPad2d {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(padding, 0);
  }

  override config() {
    return configOf({ padding: this.padding });
  }
}

/** A line's mirror images at both ends: [channel, length] of a, b, c by 2 → c, b, a, b, c, b, a. */
export class ReflectionPad1d extends Pad {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(1, padding, 'reflect');
  }
}

/** A plane's mirror images around it: [..., height, width] → larger. `padding`: one number, or [left, right, top, bottom]. */
export class ReflectionPad2d extends Pad {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(2, padding, 'reflect');
  }
}

/** A line's first and last element, repeated: [..., length] → [..., length + left + right]. `padding`: one number, or [left, right]. */
export class ReplicationPad1d extends Pad {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(1, padding, 'replicate');
  }
}

/** A plane's edge, repeated: [..., height, width] → larger. `padding`: one number, or [left, right, top, bottom]. */
export class ReplicationPad2d extends Pad {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(2, padding, 'replicate');
  }
}

/** A line's other end before its beginning, and the other way round: [..., length] → [..., length + left + right]. */
export class CircularPad1d extends Pad {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(1, padding, 'circular');
  }
}

/** A plane as if its opposite edges met: [..., height, width] → larger. `padding`: one number, or [left, right, top, bottom]. */
export class CircularPad2d extends Pad {
  constructor(padding: Sizes) {
    checkArguments(new.target, arguments);
    super(2, padding, 'circular');
  }
}
