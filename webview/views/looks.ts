/** What is looked at in the detail of each row: which call, which tensor, which slice of it. Kept, so that the way back leads to it. */
import * as v from 'valibot';
import { persisted } from '../persisted.ts';

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const look = v.object({
  /** One of the layer's calls. */
  call: v.optional(index),
  tensor: v.optional(v.string()),
  /** Indices of all dimensions but the last two, by tensor. */
  at: v.optional(v.record(v.string(), v.array(index))),
  /** The dimension whose slices stand beside each other, or −1 where one is shown alone, by tensor. */
  sheet: v.optional(v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(-1)))),
});
export type Look = v.InferOutput<typeof look>;

/** Rows that are remembered. */
const kept = 60;

/** By row, the last one last. */
const looks = persisted('looks', [], v.array(v.tuple([v.string(), look])));

export const lookAt = (row: string): Look => looks.value.find(([key]) => key === row)?.[1] ?? {};

/** Remembers what was chosen of a row. */
export function chooseIn(row: string, choice: Look): void {
  const others = looks.peek().filter(([key]) => key !== row);
  looks.value = [...others, [row, { ...lookAt(row), ...choice }] as [string, Look]].slice(-kept);
}

/** The indices chosen for a tensor, as far as its dimensions reach today. */
export const indicesIn = (at: Look['at'], tensor: string, lengths: readonly number[]): readonly number[] =>
  lengths.map((length, i) => Math.max(0, Math.min(at?.[tensor]?.[i] ?? 0, length - 1)));
