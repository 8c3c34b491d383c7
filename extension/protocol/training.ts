/** A model's training as the lens and the panel show it. Plain data; of a hundred thousand steps no more than a screen can draw. */
import type { Problem, Range } from '../../core/trace/trace.ts';

/** The losses of any number of steps, in a few hundred points: each is of `width` steps in a row, the last of what is left. */
export interface LossCurve {
  readonly width: number;
  readonly mean: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
}

export interface Training {
  readonly uri: string;
  /** Export name. */
  readonly model: string;
  readonly name: string;
  /** `stopping`: it was asked to stop, and its last step is still under way. `failed`: an error ended it. */
  readonly state: 'running' | 'stopping' | 'done' | 'stopped' | 'failed';
  /** Steps made. */
  readonly step: number;
  /** Steps asked for; 0 while that is not known. */
  readonly steps: number;
  readonly firstLoss?: number;
  /** Of the last step. */
  readonly loss?: number;
  readonly ms: number;
  readonly curve: LossCurve;
  /** What the definition's `result` says. */
  readonly result: Readonly<Record<string, number | string>>;
  /** What ended it, with the place as it was when it ran. */
  readonly problem?: Pick<Problem, 'severity' | 'message' | 'hint'> & {
    readonly place?: { readonly file: string; readonly range: Range };
  };
  /** The text was edited since it began. */
  readonly outOfDate: boolean;
  /** Which parameters runs of this model use; `none`: there are no trained ones. */
  readonly parameters: 'trained' | 'initial' | 'none';
  /** Why the trained parameters are no longer there. */
  readonly remark?: string;
}
