/**
 * PyTorch's schedules of the learning rate, each as a factor of the first one by the number of steps so far: closed forms, so that
 * nothing depends on what was asked before. Call `step()` after the optimizer's own.
 */
import { TensightError } from '../errors.ts';
import type { AnyOptimizer } from './optimizer.ts';
import { LambdaLR } from './schedule.ts';

/** Every `stepSize` steps `gamma` times as fast. */
export class StepLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { stepSize, gamma = 0.1 }: { stepSize: number; gamma?: number }) {
    wantCount('StepLR', 'stepSize', stepSize);
    super(optimizer, (step) => gamma ** Math.floor(step / stepSize));
  }
}

/** At each milestone `gamma` times as fast. */
export class MultiStepLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { milestones, gamma = 0.1 }: { milestones: readonly number[]; gamma?: number }) {
    super(optimizer, (step) => gamma ** milestones.filter((milestone) => milestone <= step).length);
  }
}

/** At each step `gamma` times as fast. */
export class ExponentialLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { gamma }: { gamma: number }) {
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
    super(optimizer, (step) => (step < totalIters ? factor : 1));
  }
}

/** Half a cosine down from the first learning rate to `etaMin`, over `tMax` steps (Loshchilov & Hutter 2017), then up again. */
export class CosineAnnealingLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, { tMax, etaMin = 0 }: { tMax: number; etaMin?: number }) {
    wantCount('CosineAnnealingLR', 'tMax', tMax);
    super(optimizer, (step, base) => (etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * step) / tMax))) / 2) / base);
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
  if (!(value >= 1)) throw new TensightError(`${name}: ${what} is ${value}`, 'A number of 1 or more.');
}
