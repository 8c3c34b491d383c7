import type { FileTrace, Site } from '../../core/trace/trace.ts';
import type { PlaceTracker } from './placeTracker.ts';
import type { Change } from './positions.ts';
import { track } from './view.ts';

/** A trace that is kept, the texts it ran on, and where its places stand since. */
export class TraceSnapshot {
  #places: PlaceTracker<Site>;
  #asRan = true;

  constructor(
    private ran: FileTrace,
    private texts: ReadonlyMap<string, string>,
  ) {
    this.#places = track(ran);
  }

  get trace(): FileTrace {
    return this.ran;
  }

  get places(): PlaceTracker<Site> {
    return this.#places;
  }

  /** Whether the texts are what they were when it ran; an undone edit makes them so again. */
  get asRan(): boolean {
    return this.#asRan;
  }

  /** A file has another name. */
  rename(from: string, to: string): void {
    if (!this.texts.has(from)) return;
    this.ran = withName(this.ran, from, to);
    this.texts = new Map([...this.texts].map(([file, text]) => [file === from ? to : file, text]));
    this.#places.rename(from, to);
  }

  edit(file: string, change: Change): void {
    if (!this.texts.has(file)) return;
    this.#places.edit(file, change);
    this.#asRan = false;
  }

  /** After all edits of a file were told: `text` is what it reads now. */
  compare(read: (file: string) => string | undefined): void {
    const same = [...this.texts].every(([file, text]) => read(file) === text);
    if (same && this.#places.edits > 0) this.#places = track(this.ran);
    this.#asRan = same;
  }
}

/** Plain data with another name of a file wherever it is said; what does not say it is the same object. */
export function withName<T>(data: T, from: string, to: string): T {
  if (data === from) return to as T;
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return data;
  if (Array.isArray(data)) {
    const renamed = data.map((each: unknown) => withName(each, from, to));
    return renamed.some((each, i) => each !== data[i]) ? (renamed as T) : data;
  }
  const entries = Object.entries(data);
  const renamed = entries.map(([key, value]) => [key, withName(value as unknown, from, to)] as const);
  return renamed.some(([, value], i) => value !== entries[i]![1]) ? (Object.fromEntries(renamed) as T) : data;
}

/** What was found, by file, under another name of one. */
export function withFileName<T>(found: ReadonlyMap<string, T>, from: string, to: string): ReadonlyMap<string, T> {
  return new Map([...found].map(([file, data]) => [file === from ? to : file, withName(data, from, to)]));
}
