/** Learning rates that change from step to step. */

import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import type { AnyOptimizer } from './optimizer.ts';

/** Where a schedule stands: plain data. */
export interface ScheduleState {
  /** How many steps were made. */
  readonly lastEpoch: number;
  /** The first learning rate of every group. */
  readonly baseLrs: readonly number[];
}

/**
 * Sets every group's learning rate to its first one (`base`, before any schedule) times `factor(step, base)`; `step` counts calls
 * of `step()`, from 0.
 */
export class LambdaLR {
  /** What the first learning rate `base` is multiplied with at a step. */
  readonly factor: (step: number, base: number) => number;
  readonly #optimizer: AnyOptimizer;
  #base: readonly number[];
  #step = 0;

  constructor(optimizer: AnyOptimizer, factor: (step: number, base: number) => number) {
    if (new.target === LambdaLR) checkArguments(new.target, arguments);
    this.#optimizer = optimizer;
    this.#base = optimizer.groups.map((group) => {
      group.initialLr ??= group.lr;
      return group.initialLr;
    });
    this.factor = factor;
    this.#apply();
  }

  /** Call it after the optimizer's own `step()`. */
  step(): void {
    this.#step++;
    this.#apply();
  }

  /** Learning rate of every group. */
  get lastLr(): number[] {
    return this.#optimizer.groups.map(({ lr }) => lr);
  }

  /** Where the schedule stands. The learning rate itself is part of the optimizer's state. */
  stateDict(): ScheduleState {
    return { lastEpoch: this.#step, baseLrs: [...this.#base] };
  }

  /** Goes on from there, with the next `step()`. Throws TensightError where the optimizer has other groups. */
  loadStateDict({ lastEpoch, baseLrs }: ScheduleState): void {
    if (baseLrs.length !== this.#base.length)
      throw new TensightError(
        `loadStateDict: the state of ${baseLrs.length} groups does not fit this ${this.constructor.name} of ${this.#base.length}`,
        'It comes from a schedule of an optimizer with the same groups.',
      );
    this.#step = lastEpoch;
    this.#base = [...baseLrs];
  }

  #apply(): void {
    for (const [i, group] of this.#optimizer.groups.entries()) {
      const base = this.#base[i];
      // A group that was added later keeps its own rate, as in PyTorch.
      if (base === undefined) continue;
      group.lr = base === 0 ? 0 : base * this.factor(this.#step, base);
    }
  }
}

/**
 * The Transformer's learning rate, dModel^−½ · min(step^−½, step · warmup^−1.5), `step` from 1: it rises linearly for
 * `warmup` steps, then falls with the square root (Vaswani et al. 2017, eq. 3).
 */
export function noamRate(step: number, dModel: number, warmup: number): number {
  return dModel ** -0.5 * Math.min(step ** -0.5, step * warmup ** -1.5);
}

/** `noamRate` on an optimizer made with `lr: 1`. */
export class NoamLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { dModel, warmup }: { dModel: number; warmup: number }) {
    checkArguments(new.target, arguments);
    super(optimizer, (step) => noamRate(step + 1, dModel, warmup));
  }
}
