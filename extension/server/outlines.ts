import { SourceSyntaxError } from '../compiler/parse.ts';
import type { Documents } from './documents.ts';
import { type OutlineItem, outline } from './outline.ts';
import { PlaceTracker } from './placeTracker.ts';
import type { Change } from './positions.ts';

/** Outlines of open files; while a text can't be parsed its last one stays and moves with the edits. */
export class Outlines {
  readonly #known = new Map<string, { version: number; items: PlaceTracker<OutlineItem> }>();

  constructor(private readonly documents: Documents) {}

  of(uri: string): PlaceTracker<OutlineItem> | undefined {
    const document = this.documents.get(uri);
    const known = this.#known.get(uri);
    if (document === undefined || known?.version === document.version) return known?.items;
    try {
      const items = new PlaceTracker(outline(uri, document.getText()), () => true);
      this.#known.set(uri, { version: document.version, items });
      return items;
    } catch (error) {
      if (!(error instanceof SourceSyntaxError)) throw error;
      return known?.items;
    }
  }

  edited(uri: string, changes: readonly Change[]): void {
    for (const change of changes) this.#known.get(uri)?.items.edit(uri, change);
  }

  closed(uri: string): void {
    this.#known.delete(uri);
  }
}
