/** Learning rates that change from step to step. */
import type { AnyOptimizer } from './optimizer.ts';

/** Sets every group's learning rate to its first one (`base`) times `factor(step, base)`; `step` counts calls of `step()`, from 0. */
export class LambdaLR {
  readonly #optimizer: { readonly groups: { lr: number }[] };
  readonly #base: readonly number[];
  readonly #factor: (step: number, base: number) => number;
  #step = 0;

  constructor(optimizer: AnyOptimizer, factor: (step: number, base: number) => number) {
    this.#optimizer = optimizer;
    this.#base = this.#optimizer.groups.map(({ lr }) => lr);
    this.#factor = factor;
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

  #apply(): void {
    for (const [i, group] of this.#optimizer.groups.entries()) {
      const base = this.#base[i]!;
      group.lr = base === 0 ? 0 : base * this.#factor(this.#step, base);
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
    super(optimizer, (step) => noamRate(step + 1, dModel, warmup));
  }
}
