/**
 * The texts open in the editor, and the edits each went through, so that what was found in an earlier version can be moved to
 * the present one. A file that is not open is read from disk.
 */

import { TextDocument } from 'vscode-languageserver-textdocument';
import { host } from '#host';
import { UnreadableError } from '../compiler/host.ts';
import type { Change } from './positions.ts';

/** Versions of open files at one moment. */
export type Versions = ReadonlyMap<string, number>;

interface OpenDocument {
  document: TextDocument;
  /** Edits that led to `version`, oldest first; the last few hundred. */
  edits: { readonly version: number; readonly change: Change }[];
}

const keptEdits = 500;

/** A change as it comes: without a range it replaces the whole text. */
export interface IncomingChange {
  readonly range?: Change['range'];
  readonly text: string;
}

export class Documents {
  readonly #open = new Map<string, OpenDocument>();
  /** What the editor shows files in. */
  folders: readonly string[] = [];

  open(uri: string, languageId: string, version: number, text: string): void {
    this.#open.set(uri, { document: TextDocument.create(uri, languageId, version, text), edits: [] });
  }

  /** Applies the changes in order and returns them, each with its range. */
  change(uri: string, version: number, changes: readonly IncomingChange[]): readonly Change[] {
    const open = this.#open.get(uri);
    if (open === undefined) return [];
    const made: Change[] = [];
    for (const incoming of changes) {
      const whole = {
        start: { line: 0, character: 0 },
        end: open.document.positionAt(Number.MAX_SAFE_INTEGER),
      };
      const change = { range: incoming.range ?? whole, text: incoming.text };
      open.document = TextDocument.update(open.document, [change], version);
      open.edits.push({ version, change });
      made.push(change);
    }
    if (open.edits.length > keptEdits) open.edits.splice(0, open.edits.length - keptEdits);
    return made;
  }

  close(uri: string): void {
    this.#open.delete(uri);
  }

  get(uri: string): TextDocument | undefined {
    return this.#open.get(uri)?.document;
  }

  isOpen(uri: string): boolean {
    return this.#open.has(uri);
  }

  get uris(): readonly string[] {
    return [...this.#open.keys()];
  }

  versions(): Versions {
    return new Map([...this.#open].map(([uri, { document }]) => [uri, document.version]));
  }

  /** Edits to a file since `then`. */
  *since(uri: string, then: Versions): Iterable<Change> {
    const version = then.get(uri);
    if (version === undefined) return;
    for (const edit of this.#open.get(uri)?.edits ?? []) if (edit.version > version) yield edit.change;
  }

  /** Unsaved text first, the disk's otherwise; undefined where there is no such file. Throws UnreadableError. */
  read(uri: string): string | undefined {
    const open = this.#open.get(uri);
    if (open !== undefined) return open.document.getText();
    return host.readSource(uri);
  }

  /** What `read` gives, undefined also where it can't be read. */
  textOf(uri: string): string | undefined {
    try {
      return this.read(uri);
    } catch (error) {
      if (error instanceof UnreadableError) return undefined;
      throw error;
    }
  }
}
