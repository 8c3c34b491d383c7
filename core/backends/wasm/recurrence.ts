/** `Backend.recurrence` by the kernels of assembly/recurrence.ts: weights are packed once, steps go through in spans. */
import type { Backend, Recurrence, RecurrenceGradients, RecurrenceKind, Strided } from '../backend.ts';
import { count } from '../reference/loops.ts';
import { gateCount } from '../reference/recurrence.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

const kinds: Record<RecurrenceKind, number> = { tanh: 0, relu: 1, lstm: 2, gru: 3 };

export function recurrenceKernels(
  exports: Exports,
  scratch: Scratch,
  work: number,
  limits: Limits,
): Pick<Backend, 'recurrence' | 'recurrenceBackward'> {
  const floatsOf = (view: Strided) => view.storage.data as Float32Array;

  function put(view: Strided, start: number, length: number, at: number): void {
    const from = view.offset + start;
    scratch.floats.set(floatsOf(view).subarray(from, from + length), at >>> 2);
  }

  function get(at: number, length: number, view: Strided, start: number): void {
    floatsOf(view).set(scratch.floats.subarray(at >>> 2, (at >>> 2) + length), view.offset + start);
  }

  function laid(view: Strided | undefined): number {
    if (view === undefined) return 0;
    const n = count(view.shape);
    const at = scratch.take(n);
    put(view, 0, n, at);
    return at;
  }

  /** The state's weights, packed, as [rows, columns] with these strides. */
  function packed(weight: Strided, columns: number, rows: number, row: number, column: number): number {
    const to = scratch.take(exports.packedLength(columns, rows));
    const from = laid(weight);
    exports.pack(columns, rows, 0, rows, 0, columns, from, row, column, to);
    return to;
  }

  /** Spans of time in the order in which they are gone through: [first step in memory, steps]. */
  function spans({ reverse, out }: Recurrence, floatsAStep: number, backward: boolean): [number, number][] {
    const steps = out.shape[1]!;
    const length = Math.max(1, Math.min(steps, Math.floor(limits.span / floatsAStep)));
    const list: [number, number][] = [];
    for (let first = 0; first < steps; first += length) list.push([first, Math.min(length, steps - first)]);
    path(backward ? 'recurrence, backward' : 'recurrence', list.length > 1 ? 'several spans' : 'one span');
    return reverse === backward ? list : list.reverse();
  }

  return {
    recurrence(of) {
      const { kind, reverse, gates, weight, bias, start, out, saved } = of;
      const [states, steps, batch, hidden] = out.shape as [number, number, number, number];
      const width = gateCount[kind] * hidden;
      const size = batch * hidden;
      scratch.reset();
      const w = packed(weight, width, hidden, 1, hidden);
      const added = laid(bias);
      const own = scratch.take(batch * width);
      const before = [0, 1].map((part) => laid(start[part]));
      const list = spans(of, batch * (width + 3 * hidden), false);
      const longest = Math.max(...list.map(([, n]) => n));
      const z = scratch.take(longest * batch * width);
      const after = Array.from({ length: states }, () => scratch.take(longest * size));
      const kept = scratch.take(longest * size);
      for (const [first, n] of list) {
        put(gates, first * batch * width, n * batch * width, z);
        exports.recurrence(
          ...([kinds[kind], n, batch, hidden, reverse] as const),
          ...([z, w, added, before[0]!, before[1]!, after[0]!, after[1] ?? 0, kept, own, work] as const),
        );
        get(z, n * batch * width, saved[0]!, first * batch * width);
        if (kind === 'gru') get(kept, n * size, saved[1]!, first * size);
        after.forEach((at, part) => {
          get(at, n * size, out, (part * steps + first) * size);
          // The state that the next span begins with.
          const last = (at >>> 2) + (reverse ? 0 : (n - 1) * size);
          scratch.floats.copyWithin(before[part]! >>> 2, last, last + size);
        });
      }
    },

    recurrenceBackward(of, grad, to: RecurrenceGradients) {
      const { kind, reverse, weight, start, out, saved } = of;
      const [states, steps, batch, hidden] = out.shape as [number, number, number, number];
      const width = gateCount[kind] * hidden;
      const size = batch * hidden;
      scratch.reset();
      const w = packed(weight, hidden, width, hidden, 1);
      const dWeight = laid(to.weight);
      const before = [0, 1].map((part) => laid(start[part]));
      const carried = to.start.map(() => scratch.take(size));
      for (const at of carried) scratch.floats.fill(0, at >>> 2, (at >>> 2) + size);
      const list = spans(of, batch * (2 * width + 5 * hidden), true);
      const longest = Math.max(...list.map(([, n]) => n));
      const z = scratch.take(longest * batch * width);
      const own = kind === 'gru' ? scratch.take(longest * batch * width) : z;
      const parts = Array.from({ length: states }, (_, part) => part);
      const after = parts.map(() => scratch.take(longest * size));
      const slopes = parts.map(() => scratch.take(longest * size));
      const kept = scratch.take(longest * size);
      list.forEach(([first, n], i) => {
        put(saved[0]!, first * batch * width, n * batch * width, z);
        if (kind === 'gru') put(saved[1]!, first * size, n * size, kept);
        for (const part of parts) {
          put(out, (part * steps + first) * size, n * size, after[part]!);
          put(grad, (part * steps + first) * size, n * size, slopes[part]!);
          // The state before the span: the last one after the span before it.
          if (i < list.length - 1)
            put(out, (part * steps + (reverse ? first + n : first - 1)) * size, size, before[part]!);
          else put(start[part]!, 0, size, before[part]!);
        }
        exports.recurrenceBackward(
          ...([kinds[kind], n, batch, hidden, reverse] as const),
          ...([z, w, before[0]!, before[1]!, after[0]!, after[1] ?? 0, kept, own] as const),
          ...([slopes[0]!, slopes[1] ?? 0, carried[0]!, carried[1] ?? 0, dWeight, work] as const),
        );
        get(z, n * batch * width, to.gates, first * batch * width);
        if (to.own !== undefined) get(own, n * batch * width, to.own, first * batch * width);
      });
      get(dWeight, width * hidden, to.weight, 0);
      carried.forEach((at, part) => {
        get(at, size, to.start[part]!, 0);
      });
    },
  };
}
