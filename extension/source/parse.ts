import { type ParserPlugin, parse } from '@babel/parser';
import type { File } from '@babel/types';

/** `decorators` only so that they parse, and can be refused in words; accessor fields belong to them. */
const plugins: ParserPlugin[] = ['typescript', 'decorators', 'decoratorAutoAccessors'];

/** A text that is no TypeScript, and where. */
export class SourceSyntaxError extends Error {
  override name = 'SourceSyntaxError';
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Whether something recursive met the end of the stack. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

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
  return new SourceSyntaxError('this is nested, or chained, too deeply. Give parts of it names of their own.', at);
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

/** Parses TypeScript. Parentheses are nodes of their own, so that text can be inserted around any expression. */
export function parseSource(text: string): File {
  try {
    return parse(text, {
      sourceType: 'module',
      plugins,
      attachComment: false,
      createParenthesizedExpressions: true,
      errorRecovery: false,
    });
  } catch (error) {
    if (isOverflow(error)) throw nestedTooDeeply(text);
    if (!(error instanceof SyntaxError)) throw error;
    const offset = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
    throw new SourceSyntaxError(error.message.replace(/ \(\d+:\d+\)$/, ''), offset);
  }
}
