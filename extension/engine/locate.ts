import { probeNames } from '../compiler/marks.ts';

/** How far back to look: an expression longer than this is told by its line. */
const farthest = 5000;

/**
 * The innermost probed expression around a position of instrumented code, as its module's own site number. Reads the code
 * backwards, counting parentheses: each one still open is the start of a call, and a probe's call names its site. Stops at
 * the block the position is in.
 */
export function siteAround(code: string, line: number, column: number): number | undefined {
  let offset = 0;
  for (let i = 0; i < line; i++) {
    offset = code.indexOf('\n', offset) + 1;
    if (offset === 0) return undefined;
  }
  offset += column;
  let closed = 0;
  for (let i = offset - 1; i >= 0 && i > offset - farthest; i--) {
    const c = code[i];
    if (c === ')' || c === '}') closed++;
    else if (c === '{' || c === '(') {
      if (closed > 0) closed--;
      else if (c === '{') return undefined;
      else {
        const site = siteOpenedAt(code, i);
        if (site !== undefined) return site;
      }
    }
  }
  return undefined;
}

/** The site of `__v(3, `, `__x(__e(3), ` or `(__e(3), ` whose outer parenthesis is at `at`. */
function siteOpenedAt(code: string, at: number): number | undefined {
  const behind = code.slice(at, at + 40);
  const { enter, leave, see } = probeNames;
  const name = code.slice(Math.max(0, at - leave.length), at);
  const id = name === see ? /^\((\d+),\s/.exec(behind) : new RegExp(`^\\(${enter}\\((\\d+)\\),\\s`).exec(behind);
  return id === null ? undefined : Number(id[1]);
}
