/** What every lesson under examples/ comes to, by the test file that trains it. */
import { expect } from 'vitest';
import type { TrainResult } from '../../../core/index.ts';

/** What must be true of the result, by export. */
export type Stated = Readonly<Record<string, (result: TrainResult) => void>>;

/** By test file, and by file under examples/. */
export const lessons = {
  basics: {
    linear: {
      default: ({ w1, w2, b, 'f(4, 2)': unseen }) => {
        near(w1, 3);
        near(w2, -2);
        near(b, 1);
        near(unseen, 9);
      },
    },
    'back-propagation': {
      default: ({ a, b, 'one step': step }) => {
        near(a, 3);
        near(b, -2);
        expect(step).toBe('y is 3, wanted 8: a 1 → 1.5, b 1 → 2.0, y → 5.5');
      },
    },
    mlp: {
      default: (answers) => {
        for (const [bits, wanted] of Object.entries({ '0 0': 0, '0 1': 1, '1 0': 1, '1 1': 0 }))
          near(answers[bits], wanted, 0.1);
      },
    },
    cnn: { default: ({ accuracy }) => atLeast(accuracy, 0.93) },
    'feed-forward': {
      default: ({ 'mean error': error, 'share of zeros': zeros }) => {
        atMost(error, 0.03);
        atLeast(zeros, 0.2);
      },
    },
  },
  memory: {
    memory: {
      rnn: ({ accuracy, 'gradient first/last': reach }) => {
        atMost(accuracy, 0.45);
        atMost(reach, 0.005);
      },
      lstm: ({ accuracy }) => atLeast(accuracy, 0.95),
      gru: ({ accuracy }) => atLeast(accuracy, 0.95),
      transformer: ({ accuracy, 'gradient first/last': reach }) => {
        atLeast(accuracy, 0.95);
        atLeast(reach, 0.1);
      },
    },
  },
  seq2seq: {
    seq2seq: {
      additive: reverses,
      dot: reverses,
    },
  },
  attention: {
    positions: {
      sinusoidal: ({ accuracy, 'neighbours alike': near, 'eight apart': far }) => {
        atLeast(accuracy, 0.95);
        atLeast(Number(near) - Number(far), 0.2);
      },
      learned: ({ accuracy }) => atLeast(accuracy, 0.95),
      random: ({ accuracy, 'neighbours alike': near }) => {
        atLeast(accuracy, 0.95);
        atMost(Math.abs(Number(near)), 0.3);
      },
      none: ({ accuracy }) => atMost(accuracy, 0.4),
    },
    'multi-head-attention': {
      eight: ({ 'before right': before, 'after right': after }) =>
        atLeast(Math.min(Number(before), Number(after)), 0.9),
      one: ({ 'before right': before, 'after right': after }) => atMost(Math.min(Number(before), Number(after)), 0.7),
    },
    'add-norm': {
      addNorm: ({ accuracy, 'gradient first/last': reach }) => {
        atLeast(accuracy, 0.97);
        atLeast(reach, 1e-4);
      },
      plain: ({ accuracy, 'gradient first/last': reach }) => {
        atMost(accuracy, 0.7);
        atMost(reach, 1e-6);
      },
    },
    attention: {
      default: (result) =>
        expect(result).toEqual({ 'too tired': 'animal', 'too wide': 'street', 'it looks at': 'tired' }),
    },
    output: {
      default: (result) => {
        expect(result['after the']).toMatch(/^cat (4[5-9]|5[0-5]) %, (mat|dog) 2\d %, (mat|dog) 2\d %$/);
        expect(result['after sat']).toMatch(/^on (9\d|100) %/);
      },
    },
  },
  halves: {
    encoder: { default: ({ accuracy }) => atLeast(accuracy, 0.93) },
    decoder: {
      default: ({ read, 'leak from the future': leak }) => {
        expect(read).toBe('four four one six two five');
        expect(leak).toBe(0);
      },
    },
  },
  transformer: {
    transformer: {
      default: (result) => {
        atLeast(result['known right'], 0.95);
        expect(result['the bird drinks milk']).toBe('der Vogel trinkt Milch');
      },
    },
    gpt: {
      default: ({ written }) => expect(written).toBe('the cat sat on the mat and the dog sat on the cat'),
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Stated>>>>;

function reverses({ 'words right': right, faded, 'looked at': order }: TrainResult): void {
  atLeast(right, 0.85);
  expect(faded).toBe('dedaf');
  // Backwards, or nearly.
  expect(order).toMatch(/^[45] [45] [234] [123] [12]$/);
}

function near(value: unknown, wanted: number, within = 0.01): void {
  expect(Math.abs(Number(value) - wanted)).toBeLessThan(within);
}

function atLeast(value: unknown, bound: number): void {
  expect(Number(value)).toBeGreaterThanOrEqual(bound);
}

function atMost(value: unknown, bound: number): void {
  expect(Number(value)).toBeLessThanOrEqual(bound);
}
