/** Recurrences step by step: `Backend.recurrence` and its gradient. */
import type { Recurrence, RecurrenceGradients, RecurrenceKind, Strided } from '../backend.ts';

/** Gates of each kind. */
export const gateCount: Record<RecurrenceKind, number> = { tanh: 1, relu: 1, lstm: 4, gru: 3 };

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function elements({ storage, offset }: Strided, start: number, length: number): Float32Array {
  return (storage.data as Float32Array).subarray(offset + start, offset + start + length);
}

const whole = (view: Strided) =>
  elements(
    view,
    0,
    view.shape.reduce((n, size) => n * size, 1),
  );

/** What a step works on: states before and after it, gates' values, all of one element of the batch. */
interface Step {
  readonly z: Float32Array;
  readonly before: readonly Float32Array[];
  readonly after: readonly Float32Array[];
  readonly kept: Float32Array | undefined;
  /** Index of the element among all of the sequence, and in the batch. */
  readonly index: number;
  readonly b: number;
}

/** Calls `run` for each step and each element of the batch, in the order of time or against it. */
function eachStep(
  { kind, reverse, start, out, saved }: Recurrence,
  backward: boolean,
  run: (step: Step) => void,
): void {
  const [states, steps, batch, hidden] = out.shape as [number, number, number, number];
  const width = gateCount[kind] * hidden;
  const step = (s: number, t: number) => {
    for (let b = 0; b < batch; b++) {
      const index = t * batch + b;
      const state = (part: number, time: number) => elements(out, ((part * steps + time) * batch + b) * hidden, hidden);
      const parts = Array.from({ length: states }, (_, part) => part);
      run({
        z: elements(saved[0]!, index * width, width),
        before: parts.map((part) =>
          s === 0 ? elements(start[part]!, b * hidden, hidden) : state(part, reverse ? t + 1 : t - 1),
        ),
        after: parts.map((part) => state(part, t)),
        kept: kind === 'gru' ? elements(saved[1]!, index * hidden, hidden) : undefined,
        index,
        b,
      });
    }
  };
  for (let i = 0; i < steps; i++) {
    const s = backward ? steps - 1 - i : i;
    step(s, reverse ? steps - 1 - s : s);
  }
}

export function recurrence(of: Recurrence): void {
  const { kind, gates, weight, bias, out } = of;
  const hidden = out.shape[3]!;
  const width = gateCount[kind] * hidden;
  const [w, added] = [whole(weight), bias && whole(bias)];
  const own = new Float64Array(width);
  eachStep(of, false, ({ z, before, after, kept, index }) => {
    const given = elements(gates, index * width, width);
    const h = before[0]!;
    for (let g = 0; g < width; g++) {
      let sum = added?.[g] ?? 0;
      for (let j = 0; j < hidden; j++) sum += w[g * hidden + j]! * h[j]!;
      own[g] = sum;
    }
    for (let j = 0; j < hidden; j++) {
      const at = (gate: number) => gate * hidden + j;
      const sum = (gate: number) => given[at(gate)]! + own[at(gate)]!;
      switch (kind) {
        case 'tanh':
        case 'relu':
          z[j] = sum(0);
          after[0]![j] = kind === 'tanh' ? Math.tanh(sum(0)) : Math.max(0, sum(0));
          break;
        case 'lstm': {
          const [i, f, g, o] = [sigmoid(sum(0)), sigmoid(sum(1)), Math.tanh(sum(2)), sigmoid(sum(3))];
          [i, f, g, o].forEach((value, gate) => {
            z[at(gate)] = value;
          });
          const c = f * before[1]![j]! + i * g;
          after[1]![j] = c;
          after[0]![j] = o * Math.tanh(c);
          break;
        }
        case 'gru': {
          const [r, u] = [sigmoid(sum(0)), sigmoid(sum(1))];
          const n = Math.tanh(given[at(2)]! + r * own[at(2)]!);
          [r, u, n].forEach((value, gate) => {
            z[at(gate)] = value;
          });
          kept![j] = own[at(2)]!;
          after[0]![j] = n + u * (h[j]! - n);
          break;
        }
        default:
          kind satisfies never;
      }
    }
  });
}

export function recurrenceBackward(of: Recurrence, grad: Strided, to: RecurrenceGradients): void {
  const { kind, weight, out } = of;
  const [, steps, batch, hidden] = out.shape as [number, number, number, number];
  const width = gateCount[kind] * hidden;
  const w = whole(weight);
  const dWeight = whole(to.weight);
  // The gradient of the state after the step, by element of the batch; in the end that of the state at the start.
  const carried = to.start.map((part) => whole(part).fill(0));
  eachStep(of, true, ({ z, before, after, kept, index, b }) => {
    const slope = (part: number, j: number) =>
      carried[part]![b * hidden + j]! + elements(grad, (part * steps * batch + index) * hidden, hidden)[j]!;
    const d = elements(to.gates, index * width, width);
    const own = to.own === undefined ? d : elements(to.own, index * width, width);
    const passed = new Float64Array(hidden);
    for (let j = 0; j < hidden; j++) {
      const at = (gate: number) => gate * hidden + j;
      const dh = slope(0, j);
      switch (kind) {
        case 'tanh':
          d[j] = dh * (1 - after[0]![j]! ** 2);
          break;
        case 'relu':
          d[j] = after[0]![j]! > 0 ? dh : 0;
          break;
        case 'lstm': {
          const [i, f, g, o] = [z[at(0)]!, z[at(1)]!, z[at(2)]!, z[at(3)]!];
          const t = Math.tanh(after[1]![j]!);
          const dc = slope(1, j) + dh * o * (1 - t * t);
          d[at(0)] = dc * g * i * (1 - i);
          d[at(1)] = dc * before[1]![j]! * f * (1 - f);
          d[at(2)] = dc * i * (1 - g * g);
          d[at(3)] = dh * t * o * (1 - o);
          carried[1]![b * hidden + j] = dc * f;
          break;
        }
        case 'gru': {
          const [r, u, n] = [z[at(0)]!, z[at(1)]!, z[at(2)]!];
          const dn = dh * (1 - u) * (1 - n * n);
          d[at(0)] = own[at(0)] = dn * kept![j]! * r * (1 - r);
          d[at(1)] = own[at(1)] = dh * (before[0]![j]! - n) * u * (1 - u);
          d[at(2)] = dn;
          own[at(2)] = dn * r;
          passed[j] = dh * u;
          break;
        }
        default:
          kind satisfies never;
      }
    }
    for (let j = 0; j < hidden; j++) {
      let sum = passed[j]!;
      for (let g = 0; g < width; g++) {
        sum += own[g]! * w[g * hidden + j]!;
        dWeight[g * hidden + j]! += own[g]! * before[0]![j]!;
      }
      carried[0]![b * hidden + j] = sum;
    }
  });
}
