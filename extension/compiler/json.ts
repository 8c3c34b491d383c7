/** Where a text that is no JSON stops being it, which the platform does not always say. RFC 8259. */

export interface JsonFault {
  readonly offset: number;
  /** `expected a value, got ','` */
  readonly message: string;
}

const blank = /[ \t\n\r]*/y;
const value = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a string may not hold any
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;
const word = /[\w$.+-]+/y;

/** What may come next. */
type Expected =
  | 'a value'
  | 'a value or ]'
  | 'a name in double quotes'
  | 'a name in double quotes or }'
  | ':'
  | ', or ]'
  | ', or }'
  | 'the end of the file';

/** The first fault of a text that `JSON.parse` refuses. */
export function jsonFault(text: string): JsonFault {
  let at = 0;
  /** What is open: whether it is a list. */
  const open: boolean[] = [];
  let expected: Expected = 'a value';
  const taken = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    at += match?.[0].length ?? 0;
    return match !== null;
  };
  const afterValue = (): Expected =>
    open.length === 0 ? 'the end of the file' : open[open.length - 1] ? ', or ]' : ', or }';
  for (;;) {
    taken(blank);
    const c = text[at];
    if (c === undefined) return { offset: at, message: `expected ${expected}, got the end of the file` };
    switch (expected) {
      case 'a value or ]':
      case 'a value':
        if (c === '[' || c === '{') {
          open.push(c === '[');
          at++;
          expected = c === '[' ? 'a value or ]' : 'a name in double quotes or }';
          continue;
        }
        if (c === '"') {
          taken(string);
          if (text[at] !== '"') return inString(text, at);
          at++;
        } else if (c === ']' && expected === 'a value or ]') {
          at++;
          open.pop();
        } else if (!taken(value)) return unexpected(text, at, expected);
        expected = afterValue();
        continue;
      case 'a name in double quotes or }':
      case 'a name in double quotes':
        if (c === '}' && expected === 'a name in double quotes or }') {
          at++;
          open.pop();
          expected = afterValue();
          continue;
        }
        if (c !== '"') return unexpected(text, at, expected);
        taken(string);
        if (text[at] !== '"') return inString(text, at);
        at++;
        expected = ':';
        continue;
      case ':':
        if (c !== ':') return unexpected(text, at, expected);
        at++;
        expected = 'a value';
        continue;
      case ', or ]':
      case ', or }':
        if (c === ',') expected = open[open.length - 1] ? 'a value' : 'a name in double quotes';
        else if (c === (open[open.length - 1] ? ']' : '}')) {
          open.pop();
          expected = afterValue();
        } else return unexpected(text, at, expected);
        at++;
        continue;
      case 'the end of the file':
        return unexpected(text, at, expected);
      default:
        expected satisfies never;
    }
  }
}

function unexpected(text: string, offset: number, expected: Expected): JsonFault {
  word.lastIndex = offset;
  const got = word.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(offset)!);
  return { offset, message: `expected ${expected}, got ${shown(got)}` };
}

function inString(text: string, offset: number): JsonFault {
  const c = text[offset];
  if (c === undefined || c === '\n' || c === '\r') return { offset, message: 'this string has no closing "' };
  if (c === '\\') return { offset, message: `${shown(text.slice(offset, offset + 2))} is not an escape sequence` };
  return { offset, message: `a string can't contain the character ${shown(c)} unescaped` };
}

const longest = 20;

/** In quotes; a character that can't be seen by its number. */
function shown(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return `'${short.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (c) => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`)}'`;
}
