/**
 * Where a place in the text has gone after an edit. What always holds: an edit before a place moves it, one after it leaves it
 * alone, one inside it stretches it and marks it touched, one that swallows it removes it.
 */
import type { Range } from '../../core/trace/trace.ts';

export type Position = Range['start'];

/** A replacement of one range by new text, as the Language Server Protocol sends it. */
export interface Change {
  readonly range: Range;
  readonly text: string;
}

export interface ShiftedRange {
  readonly range: Range;
  /** The edit fell within it. */
  readonly touched: boolean;
}

export function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

/** Half-open, but a caret right after the last character still counts as inside. */
export function contains(range: Range, position: Position): boolean {
  return compare(range.start, position) <= 0 && compare(position, range.end) <= 0;
}

export function sameRange(a: Range, b: Range): boolean {
  return compare(a.start, b.start) === 0 && compare(a.end, b.end) === 0;
}

/** `whole`: a name that is being typed, so characters added right after it belong to it. */
export function shift(range: Range, change: Change, whole: boolean): ShiftedRange | undefined {
  const { start, end } = change.range;
  const empty = compare(range.start, range.end) === 0;
  // Behind it: nothing happens, unless a name goes on.
  if (compare(start, range.end) >= 0) {
    if (whole && !empty && compare(start, range.end) === 0 && /^[\w$]/.test(change.text)) {
      const added = /^[\w$]+/.exec(change.text)?.[0].length ?? 0;
      return {
        range: { start: range.start, end: { ...range.end, character: range.end.character + added } },
        touched: true,
      };
    }
    return { range, touched: false };
  }
  const newEnd = endOf(start, change.text);
  // Before it: it moves.
  if (compare(end, range.start) <= 0)
    return { range: { start: move(range.start, end, newEnd), end: move(range.end, end, newEnd) }, touched: false };
  // Replaced as it stands, as a rename does.
  if (sameRange(range, change.range) && change.text !== '') return { range: { start, end: newEnd }, touched: true };
  // All of it swallowed: it is gone.
  if (compare(start, range.start) <= 0 && compare(end, range.end) >= 0) return undefined;
  const first = compare(start, range.start) < 0 ? newEnd : range.start;
  const last = compare(end, range.end) > 0 ? start : move(range.end, end, newEnd);
  return { range: { start: first, end: last }, touched: true };
}

/** Where text inserted at `start` ends. */
function endOf(start: Position, text: string): Position {
  const lines = text.split(/\r\n|\r|\n/);
  const last = lines[lines.length - 1]!;
  return lines.length === 1
    ? { line: start.line, character: start.character + last.length }
    : { line: start.line + lines.length - 1, character: last.length };
}

/** A position at or after `from`, after what ended at `from` came to end at `to`. */
function move(position: Position, from: Position, to: Position): Position {
  return position.line === from.line
    ? { line: to.line, character: to.character + position.character - from.character }
    : { line: position.line + to.line - from.line, character: position.character };
}
