import type { Range } from '../../core/trace/trace.ts';

/** Offsets of one text as the Language Server Protocol counts: zero-based lines, UTF-16 units. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(private readonly text: string) {
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) this.#starts.push(i + 1);
    }
  }

  position(offset: number): Range['start'] {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low, character: offset - this.#starts[low]! };
  }

  /** Where the line of an offset begins. */
  lineStart(offset: number): number {
    return this.#starts[this.position(offset).line]!;
  }

  /** Where the line of an offset ends, its break left out. */
  lineEnd(offset: number): number {
    const next = this.#starts[this.position(offset).line + 1];
    if (next === undefined) return this.text.length;
    return this.text[next - 1] === '\n' && this.text[next - 2] === '\r' ? next - 2 : next - 1;
  }

  /** Where a line begins. */
  offset(line: number): number {
    return this.#starts[Math.min(line, this.#starts.length - 1)]!;
  }

  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  /** The word at an offset, or the one character there: what to underline when only a point is known. */
  wordAt(offset: number): Range {
    const word = /^[\p{ID_Start}$_#][\p{ID_Continue}$]*/u.exec(this.text.slice(offset, offset + 200));
    return this.range(offset, Math.min(this.text.length, offset + (word?.[0].length ?? 1)));
  }
}

const longest = 120;

/** One line of at most 120 characters. */
export function shorten(text: string): string {
  // Of a long text the beginning says it all, unless that is empty.
  const head = text.length <= enough ? text : text.slice(0, enough);
  const start = head.replace(/\s+/g, ' ').trim();
  const line = head === text || start.length > longest ? start : text.replace(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

const enough = 1000;
