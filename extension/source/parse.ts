import { type ParserPlugin, parse } from '@babel/parser';
import type { File } from '@babel/types';

/** `decorators` only so that they parse, and can be refused in words. */
const plugins: ParserPlugin[] = ['typescript', 'decorators'];

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
    if (!(error instanceof SyntaxError)) throw error;
    const offset = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
    throw new SourceSyntaxError(error.message.replace(/ \(\d+:\d+\)$/, ''), offset);
  }
}
