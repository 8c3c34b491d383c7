import { placeMark, probeNames } from '../compiler/marks.ts';

/** How far back to look: an expression longer than this is told by its line. */
const farthest = 5000;

/** What is known of a position of instrumented code, by its module's own numbers. */
export interface Spot {
  readonly kind: 'site' | 'place';
  readonly id: number;
}

/**
 * The innermost probed expression around a position of instrumented code; where there is none, what shares the position's line with other
 * code and has a mark for that. Reads the code backwards, counting parentheses: each one still open is the start of a call, and a
 * probe's call names its site. Stops at the block the position is in.
 */
export function spotAround(code: string, line: number, column: number): Spot | undefined {
  let offset = 0;
  for (let i = 0; i < line; i++) {
    offset = code.indexOf('\n', offset) + 1;
    if (offset === 0) return undefined;
  }
  const lineStart = offset;
  offset += column;
  let closed = 0;
  for (let i = offset - 1; i >= 0 && i > offset - farthest; i--) {
    const c = code[i];
    if (c === ')' || c === '}') closed++;
    else if (c === '/' && closed === 0 && i > lineStart) {
      const place = placeMarkedAt(code, i);
      if (place !== undefined) return { kind: 'place', id: place };
    } else if (c === '{' || c === '(') {
      if (closed > 0) closed--;
      else if (c === '{') return undefined;
      else {
        const site = siteOpenedAt(code, i);
        if (site !== undefined) return { kind: 'site', id: site };
      }
    }
  }
  return undefined;
}

/** The site of `__v(3, `, `__x(__e(3), ` or `(__e(3), ` whose outer parenthesis is at `at`. */
function siteOpenedAt(code: string, at: number): number | undefined {
  const rest = code.slice(at, at + 40);
  const { enter, leave, see } = probeNames;
  const name = code.slice(Math.max(0, at - leave.length), at);
  const id = name === see ? /^\((\d+),\s/.exec(rest) : new RegExp(`^\\(${enter}\\((\\d+)\\),\\s`).exec(rest);
  return id === null ? undefined : Number(id[1]);
}

const mark = new RegExp(`/\\*${placeMark(0).replace('0', '(\\d+)')}\\*/$`);

/** The place of a mark that ends at `at`. */
function placeMarkedAt(code: string, at: number): number | undefined {
  if (code[at - 1] !== '*') return undefined;
  const id = mark.exec(code.slice(Math.max(0, at - 20), at + 1));
  return id === null ? undefined : Number(id[1]);
}
