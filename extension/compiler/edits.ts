/** Pieces put around parts of a text, and parts taken out of it. What is left stays on its line. */

interface Around {
  readonly start: number;
  readonly end: number;
  readonly rank: number;
  /** When it was added. */
  readonly turn: number;
  readonly open: string;
  readonly close: string;
}

interface Replaced {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

export class Edits {
  readonly #around: Around[] = [];
  readonly #replaced: Replaced[] = [];

  constructor(private readonly text: string) {}

  /** Around the same part, the higher rank is outside; of the same rank, what was added first. */
  around(start: number, end: number, rank: number, open: string, close: string): void {
    this.#around.push({ start, end, rank, turn: this.#around.length, open, close });
  }

  /** Parts that are replaced may hold each other, then the outermost is what happens; they never overlap. */
  replace(start: number, end: number, by: string): void {
    this.#replaced.push({ start, end, by });
  }

  /** Leaves the line breaks, or a space. */
  erase(start: number, end: number): void {
    const lines = this.text.slice(start, end).replace(notBreaks, '');
    this.replace(start, end, lines === '' ? ' ' : lines);
  }

  apply(): string {
    const { text } = this;
    const opens = this.#around.filter(({ open }) => open !== '').sort(byStart);
    const closes = this.#around.filter(({ close }) => close !== '').sort(byEnd);
    const replaced = this.#replaced.sort((a, b) => a.start - b.start || b.end - a.end);
    let out = '';
    let from = 0;
    let [nextOpen, nextClose, nextReplaced] = [0, 0, 0];
    for (;;) {
      const at = Math.min(
        opens[nextOpen]?.start ?? Number.POSITIVE_INFINITY,
        closes[nextClose]?.end ?? Number.POSITIVE_INFINITY,
        replaced[nextReplaced]?.start ?? Number.POSITIVE_INFINITY,
      );
      if (at > text.length) return out + text.slice(from);
      if (at > from) {
        out += text.slice(from, at);
        from = at;
      }
      for (; closes[nextClose]?.end === at; nextClose++) out += closes[nextClose]!.close;
      for (; opens[nextOpen]?.start === at; nextOpen++) {
        const { open } = opens[nextOpen]!;
        // `return[x]`: the keyword stays one.
        out += startsWord.test(open) && endsWord(text, at) ? ` ${open}` : open;
      }
      for (; replaced[nextReplaced]?.start === at; nextReplaced++) {
        const { end, by } = replaced[nextReplaced]!;
        if (end <= from) continue;
        out += by;
        from = end;
      }
    }
  }
}

const notBreaks = /[^\n\r\u2028\u2029]+/g;
const startsWord = /^[\w$]/;

function endsWord(text: string, at: number): boolean {
  return at > 0 && /[\w$\u0080-\uffff]/.test(text[at - 1]!);
}

/** Outermost first. */
function byStart(a: Around, b: Around): number {
  return a.start - b.start || b.end - a.end || b.rank - a.rank || a.turn - b.turn;
}

/** Innermost first. */
function byEnd(a: Around, b: Around): number {
  return a.end - b.end || b.start - a.start || a.rank - b.rank || b.turn - a.turn;
}
