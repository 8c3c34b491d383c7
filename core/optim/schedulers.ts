/**
 * PyTorch's schedules of the learning rate, each as a factor of the first one by the number of steps so far: closed forms, so that
 * nothing depends on what was asked before. Call `step()` after the optimizer's own.
 */

import { TensightError } from '../errors.ts';
import { checkArguments } from '../usage/arguments.ts';
import type { AnyOptimizer } from './optimizer.ts';
import { LambdaLR } from './schedule.ts';

/** Every `stepSize` steps `gamma` times as fast. */
export class StepLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { stepSize, gamma = 0.1 }: { stepSize: number; gamma?: number }) {
    checkArguments(new.target, arguments);
    wantCount('StepLR', 'stepSize', stepSize);
    super(optimizer, (step) => gamma ** Math.floor(step / stepSize));
  }
}

/** At each milestone `gamma` times as fast. */
export class MultiStepLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { milestones, gamma = 0.1 }: { milestones: readonly number[]; gamma?: number }) {
    checkArguments(new.target, arguments);
    super(optimizer, (step) => gamma ** milestones.filter((milestone) => milestone <= step).length);
  }
}

/** At each step `gamma` times as fast. */
export class ExponentialLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { gamma }: { gamma: number }) {
    checkArguments(new.target, arguments);
    super(optimizer, (step) => gamma ** step);
  }
}

/** From `startFactor` to `endFactor` of the first learning rate in a straight line, over `totalIters` steps. */
export class LinearLR extends LambdaLR {
  constructor(
    optimizer: AnyOptimizer,
    {
      startFactor = 1 / 3,
      endFactor = 1,
      totalIters = 5,
    }: { startFactor?: number; endFactor?: number; totalIters?: number } = {},
  ) {
    checkArguments(new.target, arguments);
    wantCount('LinearLR', 'totalIters', totalIters);
    super(optimizer, (step) => startFactor + ((endFactor - startFactor) * Math.min(step, totalIters)) / totalIters);
  }
}

/** `factor` of the first learning rate for `totalIters` steps, then all of it. */
export class ConstantLR extends LambdaLR {
  constructor(
    optimizer: AnyOptimizer,
    { factor = 1 / 3, totalIters = 5 }: { factor?: number; totalIters?: number } = {},
  ) {
    checkArguments(new.target, arguments);
    super(optimizer, (step) => (step < totalIters ? factor : 1));
  }
}

/** Half a cosine down from the first learning rate to `etaMin`, over `tMax` steps (Loshchilov & Hutter 2017), then up again. */
export class CosineAnnealingLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { tMax, etaMin = 0 }: { tMax: number; etaMin?: number }) {
    checkArguments(new.target, arguments);
    wantCount('CosineAnnealingLR', 'tMax', tMax);
    super(optimizer, (step, base) => (etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * step) / tMax))) / 2) / base);
  }
}

/** At each step `factor(step)` times as fast as before it. */
export class MultiplicativeLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, factor: (step: number) => number) {
    checkArguments(new.target, arguments);
    super(optimizer, (step) => {
      let product = 1;
      for (let i = 1; i <= step; i++) product *= factor(i);
      return product;
    });
  }
}

/** Down to 0 over `totalIters` steps: (1 − step / totalIters) to this power. */
export class PolynomialLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { totalIters = 5, power = 1 }: { totalIters?: number; power?: number } = {}) {
    checkArguments(new.target, arguments);
    wantCount('PolynomialLR', 'totalIters', totalIters);
    super(optimizer, (step) => (1 - Math.min(step, totalIters) / totalIters) ** power);
  }
}

/**
 * Half a cosine down to `etaMin` over `t0` steps, then from the top again, each time over `tMult` times as many (Loshchilov &
 * Hutter 2017).
 */
export class CosineAnnealingWarmRestarts extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { t0, tMult = 1, etaMin = 0 }: { t0: number; tMult?: number; etaMin?: number }) {
    checkArguments(new.target, arguments);
    wantCount('CosineAnnealingWarmRestarts', 't0', t0);
    wantCount('CosineAnnealingWarmRestarts', 'tMult', tMult);
    super(optimizer, (step, base) => {
      let [since, length] = [step, t0];
      for (; since >= length; length *= tMult) since -= length;
      return (etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * since) / length))) / 2) / base;
    });
  }
}

/** The course of repeated cycles. */
export interface CyclicOptions {
  /** The lowest learning rate, at the start of each cycle. */
  baseLr: number;
  /** The highest learning rate of the first cycle. */
  maxLr: number;
  /** How many steps a cycle rises. Default 2000. */
  stepSizeUp?: number;
  /** How many steps it falls; as many as it rises by default. */
  stepSizeDown?: number;
  /** Whether cycles are alike (default), each half as high as the one before, or lower by `gamma` at every step. */
  mode?: 'triangular' | 'triangular2' | 'expRange';
  /** What `'expRange'` multiplies with at each step. Default 1. */
  gamma?: number;
}

/** Up and down between two learning rates, again and again (Smith 2017). Leaves momentum alone. */
export class CyclicLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, options: CyclicOptions) {
    checkArguments(new.target, arguments);
    const { baseLr, maxLr, stepSizeUp = 2000, stepSizeDown = stepSizeUp, mode = 'triangular', gamma = 1 } = options;
    wantCount('CyclicLR', 'stepSizeUp', stepSizeUp);
    wantCount('CyclicLR', 'stepSizeDown', stepSizeDown);
    const length = stepSizeUp + stepSizeDown;
    super(optimizer, (step, base) => {
      const cycle = Math.floor(step / length);
      const since = step - cycle * length;
      const height = since <= stepSizeUp ? since / stepSizeUp : (length - since) / stepSizeDown;
      const scale = mode === 'triangular' ? 1 : mode === 'triangular2' ? 0.5 ** cycle : gamma ** step;
      return (baseLr + (maxLr - baseLr) * height * scale) / base;
    });
  }
}

/** Schedules one after another. */
export interface SequentialOptions {
  /** In their order; each counts its own steps from 0. */
  schedulers: readonly LambdaLR[];
  /** The steps at which the next one takes over, one fewer than there are schedules. */
  milestones: readonly number[];
}

/**
 * One schedule up to each milestone, such as a warm-up before a cosine: `new optim.SequentialLR(optimizer, { schedulers: [new
 * optim.LinearLR(optimizer), new optim.CosineAnnealingLR(optimizer, { tMax: 95 })], milestones: [5] })`. Only this one's `step()` is
 * called. Throws TensightError where milestones do not rise, or are not one fewer than schedules.
 */
export class SequentialLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { schedulers, milestones }: SequentialOptions) {
    checkArguments(new.target, arguments);
    const rising = milestones.every((milestone, i) => milestone > (milestones[i - 1] ?? 0));
    if (milestones.length !== schedulers.length - 1 || !rising)
      throw new TensightError(
        `SequentialLR: milestones [${milestones.join(', ')}] for ${schedulers.length} schedules`,
        'Give the steps at which the second, the third … takes over, in rising order.',
      );
    super(optimizer, (step, base) => {
      const which = milestones.filter((milestone) => milestone <= step).length;
      return schedulers[which]!.factor(step - (milestones[which - 1] ?? 0), base);
    });
  }
}

/** The course of one cycle. */
export interface OneCycleOptions {
  /** The highest learning rate. */
  maxLr: number;
  /** How many steps there will be, up and down together. */
  totalSteps: number;
  /** The part of the steps that rise. Default 0.3. */
  pctStart?: number;
  /** Default `'cos'`. */
  annealStrategy?: 'cos' | 'linear';
  /** The first learning rate is maxLr / divFactor. Default 25. */
  divFactor?: number;
  /** The last learning rate is the first / finalDivFactor. Default 10000. */
  finalDivFactor?: number;
}

/** Up to `maxLr`, then down far below the first learning rate (Smith & Topin 2019). Throws beyond `totalSteps`. Leaves momentum alone. */
export class OneCycleLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, options: OneCycleOptions) {
    checkArguments(new.target, arguments);
    const { maxLr, totalSteps, pctStart = 0.3, annealStrategy = 'cos', divFactor = 25, finalDivFactor = 1e4 } = options;
    wantCount('OneCycleLR', 'totalSteps', totalSteps);
    const first = maxLr / divFactor;
    const top = pctStart * totalSteps - 1;
    const between = (from: number, to: number, part: number) =>
      annealStrategy === 'cos' ? to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2 : from + (to - from) * part;
    super(optimizer, (step, base) => {
      if (step >= totalSteps)
        throw new TensightError(
          `OneCycleLR: step ${step + 1} of ${totalSteps}`,
          'Give as many totalSteps as there will be.',
        );
      const rate =
        step <= top
          ? between(first, maxLr, top > 0 ? step / top : 1)
          : between(maxLr, first / finalDivFactor, (step - top) / (totalSteps - 1 - top));
      return rate / base;
    });
  }
}

function wantCount(name: string, what: string, value: number): void {
  if (!(value >= 1)) throw new TensightError(`${name}: expected ${what} of 1 or more, got ${value}`);
}
