/** Texts that are nested too deeply to be read: what is said of them, and those that are known before they are. */
import { SourceSyntaxError } from './syntaxError.ts';

const message = 'this is nested or chained too deeply: put parts of it into variables';

/** For a text, or what was made of it, that is too deep to be walked: at the deepest bracket, the longest chain or the first word. */
export function nestedTooDeeply(text: string): SourceSyntaxError {
  let deepest = 0;
  let depth = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if ('([{'.includes(c)) {
      if (++depth > deepest) {
        deepest = depth;
        at = i;
      }
    } else if (')]}'.includes(c)) depth = Math.max(0, depth - 1);
  }
  const longest = longestLine(text);
  if (deepest < fewBrackets && longest !== undefined) at = longest;
  return new SourceSyntaxError(message, at);
}

/** Below this it is no brackets that are too many. */
const fewBrackets = 50;

/** Where the line with the most operators or dots begins. */
function longestLine(text: string): number | undefined {
  let most = 0;
  let at: number | undefined;
  let start = 0;
  for (const line of text.split('\n')) {
    const count = line.length - line.replace(/[.+\-*/%&|?:<>=]|\b(?:if|else|for|while)\b/g, '').length;
    if (count > most) {
      most = count;
      at = start + (line.length - line.trimStart().length);
    }
    start += line.length + 1;
  }
  return at;
}

/**
 * Brackets in each other that come after types (`f<A>(f<A>(`, `<A>[<A>[`). Of each, Babel's parser (8.1) tries more than one meaning,
 * and of all within it again: twice the time for one more, a fifth of a second for these.
 */
const mostAfterTypes = 11;
/** Type arguments in each other; the parser takes time with the square of their number. */
const mostAngles = 120;

/** Throws SourceSyntaxError where a parser would try for more than a moment what `<` may mean. */
export function checkAngles(text: string): void {
  new Angles(text).check();
}

/** Arrow functions after `? (` in one expression: time with the square of their number as well. */
const mostChoices = 60;
/** The same of `<` in one list, each of which may be a type that goes on. */
const mostListed = 500;

/** What is open. */
interface Open {
  /** Whether a type comes before it, in the same expression. */
  readonly typed: boolean;
  readonly template: boolean;
  /** How many `<` were open there. */
  readonly angles: number;
  /** Whether a type has come within it, in the present expression; `? (`, arrows after that; commas after `<`. */
  after: boolean;
  choices: number;
  arrows: number;
  listed: number;
}

/** Characters that mean something here. */
const telling = new Uint8Array(128);
for (const c of '()[]{}`;,&|<>"\'/') telling[c.charCodeAt(0)] = 1;

const code = (c: string) => c.charCodeAt(0);
const [slash, star, dollar, brace, backslash, backquote] = ['/', '*', '$', '{', '\\', '`'].map(code);
const [ampersand, bar, equals, question, bracket] = ['&', '|', '=', '?', ')'].map(code);

/** What ends a line, and a comment in it; a string goes on over the last two. */
const lineEnd = /[\n\r\u2028\u2029]/g;
const lineEndOfString = /[\n\r]/;
/** A `/` after one of these begins a regular expression, after anything else it divides. */
const beforePattern =
  /(?:^|[(,=:[!&|?{;+\-*%~^<>]|(?<![\w$.])(?:await|case|delete|do|else|in|instanceof|of|return|throw|typeof|void|yield))$/;
const longestWord = 10;
/** Blanks that may be between them. */
const lookedBack = 200;

class Angles {
  readonly #open: Open[] = [
    { typed: false, template: false, angles: 0, after: false, choices: 0, arrows: 0, listed: 0 },
  ];
  #typed = 0;
  #angles = 0;
  /** The last character that is neither space nor comment. */
  #last = 0;

  constructor(private readonly text: string) {}

  check(): void {
    const { text } = this;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (this.#top.template) i = this.#template(i);
      else if (c < 128 && telling[c] === 0) {
        if (c > 32) this.#last = c;
      } else if (c === slash && (text.charCodeAt(i + 1) === slash || text.charCodeAt(i + 1) === star)) {
        const end = text.charCodeAt(i + 1) === slash ? this.#endOfLine(i) : text.indexOf('*/', i + 2) + 1;
        if (end <= 0) return;
        i = end;
      } else if (c === slash && this.#isPattern(i)) {
        i = this.#endOfPattern(i);
        this.#last = bracket!;
      } else {
        this.#character(text[i]!, i);
        this.#last = c;
        if (text[i] === '"' || text[i] === "'") i = this.#endOfString(i);
      }
    }
  }

  #template(at: number): number {
    const c = this.text.charCodeAt(at);
    if (c === backslash) return at + 1;
    if (c === backquote) this.#close();
    else if (c === dollar && this.text.charCodeAt(at + 1) === brace) {
      this.#push(at + 1, false);
      return at + 1;
    }
    return at;
  }

  #character(c: string, at: number): void {
    const top = this.#top;
    switch (c) {
      case '(':
        if (this.#last === question) top.choices++;
        return this.#push(at, false);
      case '[':
      case '{':
        return this.#push(at, false);
      case '`':
        return this.#push(at, true);
      case ')':
      case ']':
        return this.#close();
      case '}':
        this.#close();
        return this.#expression();
      case ';':
        this.#angles = top.angles;
        top.listed = 0;
        return this.#expression();
      case ',':
        if (this.#angles > top.angles && ++top.listed > mostListed) throw new SourceSyntaxError(message, at);
        this.#angles = top.angles;
        return this.#expression();
      case '&':
      case '|':
        // Two of them are of no type.
        if (this.#last === (c === '&' ? ampersand : bar)) this.#angles = top.angles;
        return;
      case '<':
        if (++this.#angles > mostAngles) throw new SourceSyntaxError(message, at);
        return;
      case '>':
        if (this.#last === equals) {
          if (top.choices > 0 && ++top.arrows > mostChoices) throw new SourceSyntaxError(message, at);
          return;
        }
        top.after = true;
        this.#angles = Math.max(top.angles, this.#angles - 1);
    }
  }

  get #top(): Open {
    return this.#open[this.#open.length - 1]!;
  }

  /** Another begins. */
  #expression(): void {
    const top = this.#top;
    top.after = false;
    top.choices = 0;
    top.arrows = 0;
  }

  #push(at: number, template: boolean): void {
    const typed = this.#top.after;
    this.#open.push({ typed, template, angles: this.#angles, after: false, choices: 0, arrows: 0, listed: 0 });
    if (typed && ++this.#typed > mostAfterTypes) throw new SourceSyntaxError(message, at);
  }

  #close(): void {
    if (this.#open.length === 1) return;
    const { typed, angles } = this.#open.pop()!;
    this.#angles = angles;
    if (typed) this.#typed--;
    this.#last = bracket!;
  }

  #endOfString(start: number): number {
    const quote = this.text[start];
    for (let i = start + 1; i < this.text.length; i++) {
      const c = this.text[i];
      // The two characters of an end of line are one.
      if (c === '\\') i += this.text.startsWith('\r\n', i + 1) ? 2 : 1;
      else if (c === quote || lineEndOfString.test(c!)) return i;
    }
    return this.text.length;
  }

  #endOfLine(start: number): number {
    lineEnd.lastIndex = start;
    return lineEnd.exec(this.text)?.index ?? this.text.length;
  }

  #isPattern(at: number): boolean {
    const before = this.text.slice(Math.max(0, at - longestWord - lookedBack), at).trimEnd();
    return beforePattern.test(before);
  }

  /** A regular expression's end; where it has none on its line, it is no such thing. */
  #endOfPattern(start: number): number {
    const end = this.#endOfLine(start);
    let inClass = false;
    for (let i = start + 1; i < end; i++) {
      const c = this.text[i];
      if (c === '\\') i++;
      else if (c === '[') inClass = true;
      else if (c === ']') inClass = false;
      else if (c === '/' && !inClass) return i;
    }
    return start;
  }
}
