/** Dropout where it is not random: in evaluation, and with nothing to drop. */
import fc from 'fast-check';
import { input, shape } from '../drawing.ts';
import type { Drawn, Layers } from './layer.ts';

const dropout: Drawn = shape(2, 4).chain((s) =>
  fc.tuple(input(s), fc.constantFrom(0, 0.3)).map(([a, p]) => ({ args: [p], inputs: [a], evaluated: p > 0 })),
);

export const dropouts: Layers = {
  Dropout: dropout,
  Dropout1d: shape(3, 3).chain((s) => input(s).map((a) => ({ args: [0.3], inputs: [a], evaluated: true }))),
  Dropout2d: shape(4, 4).chain((s) => input(s).map((a) => ({ args: [0.3], inputs: [a], evaluated: true }))),
  Dropout3d: shape(5, 5, 3).chain((s) => input(s).map((a) => ({ args: [0.3], inputs: [a], evaluated: true }))),
  AlphaDropout: dropout,
  FeatureAlphaDropout: dropout,
};
