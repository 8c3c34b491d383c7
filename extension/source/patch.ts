import type { Problem, Range, Site } from '../../core/trace/trace.ts';
import { LineIndex, shorten } from './text.ts';

/** The names instrumented code calls its probe by; the loader passes them to every module. */
export const probeNames = {
  /** `__e(id)`: an expression that may fail begins. Gives the site's id in the whole program. */
  enter: '__e',
  /** `__x(__e(id), value)`: it ended with this value. */
  leave: '__x',
  /** `__v(id, value)`: a value was read. */
  see: '__v',
  /** `__l(id)`: another round of a loop. */
  loop: '__l',
} as const;

/**
 * The sites found in one file and the text to be inserted for them. Text is only ever inserted, never with a newline, so
 * that line numbers stay; insertions at one offset keep the order they were made in, which is the order of nesting because
 * wrappers open on the way down the tree and close on the way up.
 */
export class Patch {
  readonly sites: Site[] = [];
  readonly problems: Problem[] = [];
  readonly #insertions: { readonly at: number; readonly text: string }[] = [];
  readonly #lines: LineIndex;
  readonly #scopes: string[] = [];

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.#lines = new LineIndex(text);
  }

  range(start: number, end: number): Range {
    return this.#lines.range(start, end);
  }

  insert(at: number, text: string): void {
    this.#insertions.push({ at, text });
  }

  site(start: number, end: number, kind: Site['kind']): number {
    const scope = this.#scopes.at(-1);
    const site: Site = {
      file: this.file,
      range: this.#lines.range(start, end),
      text: shorten(this.text.slice(start, end)),
      kind,
      ...(scope === undefined ? {} : { scope }),
    };
    return this.sites.push(site) - 1;
  }

  /** Runs `body` inside a class, method or function of this name. */
  scoped(name: string | undefined, body: () => void): void {
    if (name === undefined) return body();
    this.#scopes.push(name);
    body();
    this.#scopes.pop();
  }

  problem(code: Problem['code'], start: number, end: number, message: string, hint?: string): void {
    this.problems.push({
      severity: 'error',
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      file: this.file,
      range: this.#lines.range(start, end),
    });
  }

  problemAtWord(code: Problem['code'], offset: number, message: string, hint?: string): void {
    const range = this.#lines.wordAt(offset);
    const problem: Problem = { severity: 'error', code, message, file: this.file, range };
    this.problems.push(hint === undefined ? problem : { ...problem, hint });
  }

  /** The text with everything inserted. */
  apply(): string {
    const sorted = this.#insertions.sort((a, b) => a.at - b.at);
    const out: string[] = [];
    let from = 0;
    for (const { at, text } of sorted) {
      if (at > from) out.push(this.text.slice(from, at));
      out.push(text);
      from = at;
    }
    out.push(this.text.slice(from));
    return out.join('');
  }
}
