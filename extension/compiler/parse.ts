import { type ParserPlugin, parse } from '@babel/parser';
import type { File } from '@babel/types';
import { checkAngles, nestedTooDeeply } from './nesting.ts';
import { parserWords } from './parserWords.ts';
import { pythonWords } from './pythonSyntax.ts';
import { SourceSyntaxError } from './syntaxError.ts';

export { SourceSyntaxError } from './syntaxError.ts';

/** `decorators` only so that they parse, and can be refused in words; accessor fields belong to them. */
const plugins: ParserPlugin[] = ['typescript', 'decorators', 'decoratorAutoAccessors'];

/** What is said of any of them. */
export const decorators = 'decorators are not supported in a model file';

/** What to write in place of one. */
export const insteadOfDecorator = (text: string): string =>
  /no_grad|noGrad|inference_mode/.test(text)
    ? 'Write noGrad(() => { … }) around what is computed.'
    : 'Call the function in the constructor instead.';

/** Whether something recursive met the end of the stack. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

/** Where Babel's parser (8.1) does not refuse the text but leaves a hole in its tree, or fails. Also found in comments and strings. */
const namespaceWithoutName =
  /\bnamespace[^\S\r\n]+(?=(?:break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with)\b)/g;

/** Refuses a tree with a hole, at the first place that may have made it. */
function checkHoles(file: File, places: readonly RegExpExecArray[]): void {
  const waiting: unknown[] = [file.program];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null) continue;
    // Elements of lists and patterns that are left out are null.
    if (Array.isArray(node) && node.includes(undefined)) throw noName(places[0]!);
    waiting.push(...Object.values(node));
  }
}

function noName({ index, 0: { length } }: RegExpExecArray): SourceSyntaxError {
  return new SourceSyntaxError('Expected the name of a namespace.', index + length);
}

/** What the Unicode of this JavaScript has not assigned; the parser's may be a newer one. */
const unknownHere = /\p{Cn}/u;

interface Token {
  readonly start: number;
  readonly end: number;
  readonly type: { readonly label?: string };
}

/** Refuses names that the parser takes and the engine would not. */
function checkNames(text: string): void {
  const { tokens } = parse(text, { sourceType: 'module', plugins, tokens: true });
  for (const { start, end, type } of (tokens ?? []) as readonly Token[]) {
    if (type.label !== 'name' && type.label !== '#name') continue;
    const at = unknownHere.exec(text.slice(start, end));
    if (at !== null) throw new SourceSyntaxError(`Did not expect the character ${at[0]} in a name.`, start + at.index);
  }
}

/** Parses TypeScript. Parentheses are nodes of their own, so that text can be inserted around any expression. */
export function parseSource(text: string): File {
  checkAngles(text);
  const doubtful = [...text.matchAll(namespaceWithoutName)];
  try {
    const file = parse(text, {
      sourceType: 'module',
      plugins,
      attachComment: false,
      createParenthesizedExpressions: true,
      errorRecovery: false,
    });
    if (doubtful.length > 0) checkHoles(file, doubtful);
    if (unknownHere.test(text)) checkNames(text);
    return file;
  } catch (error) {
    if (error instanceof SourceSyntaxError) throw error;
    if (isOverflow(error)) throw nestedTooDeeply(text);
    if (error instanceof TypeError && doubtful.length > 0) throw noName(doubtful[0]!);
    if (!(error instanceof SyntaxError)) throw error;
    const offset = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
    const words = pythonWords(text, offset);
    if (words !== undefined) throw new SourceSyntaxError(words.message, words.offset, words.hint);
    const message = error.message.replace(/ \(\d+:\d+\)$/, '');
    if (/\bdecorat/i.test(message)) {
      throw new SourceSyntaxError(
        decorators,
        offset,
        insteadOfDecorator(text.slice(Math.max(0, offset - 60), offset + 60)),
      );
    }
    const told = parserWords(message, text, offset);
    throw new SourceSyntaxError(told.message, told.offset, told.hint);
  }
}
