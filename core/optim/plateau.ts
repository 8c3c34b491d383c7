import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import type { AnyOptimizer } from './optimizer.ts';

/** When a metric counts as no longer better, and what follows. */
export interface PlateauOptions {
  /** Whether less (a loss) or more (an accuracy) is better. Default `'min'`. */
  mode?: 'min' | 'max';
  /** What the learning rate is multiplied with. Default 0.1. */
  factor?: number;
  /** How many steps without an improvement are let pass. Default 10. */
  patience?: number;
  /** By how much it must be better to count. Default 1e-4. */
  threshold?: number;
  /** Whether `threshold` is a part of the best value (default) or a number. */
  thresholdMode?: 'rel' | 'abs';
  /** Steps after a reduction that are not counted. Default 0. */
  cooldown?: number;
  /** Default 0. */
  minLr?: number;
  /** Reductions smaller than this are left. Default 1e-8. */
  eps?: number;
}

/** What a plateau schedule has seen: plain data. */
export interface PlateauState {
  /** The best metric so far; ±Infinity before the first. */
  readonly best: number;
  /** Steps since without an improvement. */
  readonly numBadEpochs: number;
  /** Steps that are still not counted. */
  readonly cooldownCounter: number;
}

/** Slows down when a metric has stopped getting better: `scheduler.step(loss.item())` after each round. */
export class ReduceLROnPlateau {
  readonly #groups: { lr: number }[];
  readonly #options: Required<PlateauOptions>;
  #best: number;
  #bad = 0;
  #cooling = 0;

  constructor(optimizer: AnyOptimizer, options: PlateauOptions = {}) {
    checkArguments(new.target, arguments);
    this.#groups = optimizer.groups;
    this.#options = {
      mode: 'min',
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: 'rel',
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
      ...options,
    };
    const { mode, factor } = this.#options;
    if (!(factor < 1))
      throw new TensightError(
        `ReduceLROnPlateau: expected a factor below 1, got ${factor}`,
        'The learning rate is multiplied by it, and should fall.',
      );
    this.#best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** Learning rate of every group. */
  get lastLr(): number[] {
    return this.#groups.map(({ lr }) => lr);
  }

  /** What it has seen. The learning rate itself is part of the optimizer's state. */
  stateDict(): PlateauState {
    return { best: this.#best, numBadEpochs: this.#bad, cooldownCounter: this.#cooling };
  }

  /** Goes on from there. */
  loadStateDict({ best, numBadEpochs, cooldownCounter }: PlateauState): void {
    this.#best = best;
    this.#bad = numBadEpochs;
    this.#cooling = cooldownCounter;
  }

  /** The metric of one more round. */
  step(metric: number): void {
    const { patience, cooldown, factor, minLr, eps } = this.#options;
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#bad = 0;
    } else {
      this.#bad++;
    }
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    for (const group of this.#groups) {
      const slower = Math.max(group.lr * factor, minLr);
      if (group.lr - slower > eps) group.lr = slower;
    }
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const best = this.#best;
    if (mode === 'min') return metric < (thresholdMode === 'rel' ? best * (1 - threshold) : best - threshold);
    return metric > (thresholdMode === 'rel' ? best * (1 + threshold) : best + threshold);
  }
}
