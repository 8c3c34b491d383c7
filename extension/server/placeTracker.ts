import type { Range } from '../../core/trace/trace.ts';
import { type Change, shift } from './positions.ts';

/** A place in a file; `whole` where it is a name that may be typed on. */
export interface Place {
  readonly file: string;
  readonly range: Range;
}

/** Places in source text, and where they stand after the edits made since they were found. */
export class PlaceTracker<P extends Place> {
  #places: readonly P[];
  readonly #now: (Range | undefined)[];
  readonly #touched = new Set<number>();
  readonly #byFile = new Map<string, number[]>();
  #edits = 0;

  constructor(
    places: readonly P[],
    private readonly isName: (place: P) => boolean,
  ) {
    this.#places = places;
    this.#now = places.map((place) => place.range);
    places.forEach((place, index) => {
      const indices = this.#byFile.get(place.file);
      if (indices === undefined) this.#byFile.set(place.file, [index]);
      else indices.push(index);
    });
  }

  get places(): readonly P[] {
    return this.#places;
  }

  /** A file has another name. */
  rename(from: string, to: string): void {
    const indices = this.#byFile.get(from);
    if (indices === undefined) return;
    this.#byFile.delete(from);
    this.#byFile.set(to, indices);
    this.#places = this.#places.map((place) => (place.file === from ? { ...place, file: to } : place));
  }

  /** Edits made to its files so far. */
  get edits(): number {
    return this.#edits;
  }

  get files(): Iterable<string> {
    return this.#byFile.keys();
  }

  /** Positions in `places` of what stands in a file. */
  inFile(file: string): readonly number[] {
    return this.#byFile.get(file) ?? [];
  }

  /** Where it stands now; undefined once it is deleted. */
  range(index: number): Range | undefined {
    return this.#now[index];
  }

  /** Whether an edit fell within it. */
  touched(index: number): boolean {
    return this.#touched.has(index);
  }

  edit(file: string, change: Change): void {
    this.#edits++;
    for (const index of this.inFile(file)) {
      const before = this.#now[index];
      if (before === undefined) continue;
      const after = shift(before, change, this.isName(this.#places[index]!));
      this.#now[index] = after?.range;
      if (after?.touched) this.#touched.add(index);
    }
  }
}
