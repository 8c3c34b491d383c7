/** Lessons trained from a seed alone come down the curve that PyTorch's come down from the same seed (training.json, written by training.py). */
import { describe, expect, test } from 'vitest';
import { train } from '../../../core/index.ts';
import cnn from '../../../examples/cnn.model.ts';
import encoder from '../../../examples/encoder.model.ts';
import feedForward from '../../../examples/feed-forward.model.ts';
import { recorded } from './recorded.ts';

const curves = recorded<Readonly<Record<string, readonly number[]>>>('training.json', import.meta.url);
const trainings = {
  'feed-forward': (steps: number) => train(feedForward, { steps }),
  encoder: (steps: number) => train(encoder, { steps }),
  cnn: (steps: number) => train(cnn, { steps }),
};

describe('a training from a seed stays within 0.0001 of PyTorch’s', () => {
  test.each(Object.entries(trainings))('%s, step by step', (name, trained) => {
    const curve = curves[name]!;
    expect(curve).toHaveLength(100);
    const { losses } = trained(curve.length);
    const apart = losses.map((loss, step) => Math.abs(loss - curve[step]!));
    expect(Math.max(...apart)).toBeLessThan(1e-4);
    // They have something to come down.
    expect(curve.at(-1)).toBeLessThan(curve[0]! * 0.7);
  });
});
