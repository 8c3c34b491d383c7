/** What is said of a gradient that is not as it should be. */
import type { Verdict } from '../../../extension/reading/gradients.ts';

export const verdictText: Readonly<Record<Verdict, string>> = {
  nan: 'NaN or ∞',
  exploding: 'exploding',
  dead: 'zero-gradient',
  vanishing: 'vanishing',
};

export const verdictIcon: Readonly<Record<Verdict, string>> = {
  nan: 'error',
  exploding: 'flame',
  dead: 'circle-slash',
  vanishing: 'arrow-down',
};

export const verdictWhy: Readonly<Record<Verdict, string>> = {
  nan: 'Some elements of this gradient are NaN or infinite',
  exploding: 'This gradient is more than a thousand times that of the layers nearest the loss',
  dead: 'Every element is exactly zero: nothing here is learned from this input',
  vanishing: 'This gradient is less than a millionth of that of the layers nearest the loss',
};
