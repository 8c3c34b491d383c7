/**
 * An axis knows what it counts (`batch`, `seq`, `embed`) and, where the data came from words, which word stands at each
 * index. Shape rules carry axes along beside sizes, so that a hover can say `[batch 2, seq 8, embed 64]` and an attention
 * map can write the tokens on its own two sides.
 */
export interface Axis {
  /** What it counts: `batch`, `seq`, `embed`. Undefined where nobody said. */
  readonly name?: string;
  /** One label an index, or one list a batch element where sentences differ. */
  readonly labels?: readonly string[] | readonly (readonly string[])[];
}

/** The axis nothing is known about. */
export const unnamed: Axis = Object.freeze({});

const cache: (readonly Axis[])[] = [];

/** `rank` unnamed axes (one shared array a rank). */
export function unnamedAxes(rank: number): readonly Axis[] {
  cache[rank] ??= Object.freeze(new Array<Axis>(rank).fill(unnamed));
  return cache[rank];
}

export function axis(name: string, labels?: Axis['labels']): Axis {
  return labels === undefined ? { name } : { name, labels };
}

/** The same axis under another name; its labels stay. `query` and `key` of an attention map are made so. */
export function renamed(from: Axis, name: string): Axis {
  return from.labels === undefined ? { name } : { name, labels: from.labels };
}

/** What an axis is called after two operands met in it: the first known wins, an axis of size 1 gives way. */
export function mergeAxes(a: Axis, aSize: number, b: Axis, bSize: number): Axis {
  if (aSize === 1 && bSize !== 1) return b.name !== undefined || b.labels ? b : renamedOr(a, b);
  if (a.name === undefined && a.labels === undefined) return b;
  return a;
}

function renamedOr(a: Axis, b: Axis): Axis {
  return a.name === undefined ? b : { name: a.name };
}
