import type { FileTrace, Site } from '../../core/trace/trace.ts';
import type { Change } from './positions.ts';
import type { Tracked } from './tracked.ts';
import { track } from './view.ts';

/** A trace that is kept, the texts it ran on, and where its places stand since. */
export class Kept {
  #places: Tracked<Site>;
  #asRan = true;

  constructor(
    readonly trace: FileTrace,
    private readonly texts: ReadonlyMap<string, string>,
  ) {
    this.#places = track(trace);
  }

  get places(): Tracked<Site> {
    return this.#places;
  }

  /** Whether the texts are what they were when it ran; an undone edit makes them so again. */
  get asRan(): boolean {
    return this.#asRan;
  }

  edit(file: string, change: Change): void {
    if (!this.texts.has(file)) return;
    this.#places.edit(file, change);
    this.#asRan = false;
  }

  /** After all edits of a file were told: `text` is what it reads now. */
  compare(read: (file: string) => string | undefined): void {
    const same = [...this.texts].every(([file, text]) => read(file) === text);
    if (same && this.#places.edits > 0) this.#places = track(this.trace);
    this.#asRan = same;
  }
}
