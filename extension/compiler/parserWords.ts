/** What the parser refuses, in words for somebody who writes a model: where the text breaks off, and what to try. */

interface Words {
  readonly message: string;
  readonly hint?: string;
  /** Where in the text. */
  readonly offset: number;
}

/** What to say in place of the parser's `message` about a text that it refused at `offset`. */
export function parserWords(message: string, text: string, offset: number): Words {
  const mark = conflict.exec(text);
  if (mark !== null)
    return {
      message: 'two versions of this place were not merged',
      hint: 'Keep one of them, and remove the lines <<<<<<<, ======= and >>>>>>>.',
      offset: mark.index,
    };
  const element = elementAt(text, offset);
  if (element !== undefined)
    return {
      message: 'JSX is not available in a model file',
      hint: 'A model is a class with a method forward: class Net extends nn.Module { … }.',
      offset: element,
    };
  const unfinished = breaksOff(message, text, offset);
  if (unfinished !== undefined) return unfinished;
  const plugin = /parser plugins?: "?(\w+)/.exec(message)?.[1];
  if (plugin !== undefined) {
    const [told, hint] = (Object.hasOwn(proposals, plugin) ? proposals[plugin] : undefined) ?? proposals.other!;
    return { message: told, hint, offset };
  }
  const twice = /^Identifier '(.*)' has already been declared/.exec(message)?.[1];
  if (twice !== undefined) return { message: `'${twice}' is declared twice`, hint: declaredTwice, offset };
  for (const [pattern, told, hint] of sayings) if (pattern.test(message)) return { message: told, hint, offset };
  // It is told where the statement would have ended; what is there comes after a space, most often.
  const at = message.startsWith('Missing semicolon')
    ? offset + /^[^\S\n]*/.exec(text.slice(offset))![0].length
    : offset;
  return { message: named(message, text, at), offset: at };
}

/** What to try where one name is declared in two places. */
export const declaredTwice = 'Remove one of them, or give it another name.';

/** A mark that a merge leaves at the beginning of a line. */
const conflict = /^(?:<{7} |>{7} |\|{7} )/m;

/** Syntax that the parser knows and TypeScript has not, by the parser's name of it. */
const proposals: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  pipelineOperator: ['there is no operator |>', 'Write g(f(x)), or one method after the other: x.relu().sum().'],
  partialApplication: [
    'there is no ? in place of an argument',
    'Write a function of the missing argument: (y) => f(y, x).',
  ],
  doExpressions: ['there are no do expressions', 'Write a function that is called, or a ? b : c.'],
  functionBind: ['there is no operator ::', 'Write (x) => object.method(x).'],
  throwExpressions: ['throw is a statement, not a value', 'Write it in a function or after if (…).'],
  jsx: ['< begins a tag here, and tags are not TypeScript', 'Write a < b for a comparison, f<T>(x) for a type.'],
  other: ['this is syntax that TypeScript does not have', 'Write it in statements and calls that TypeScript knows.'],
};

/** The parser's messages that say what it wants rather than what is wrong. */
const sayings: readonly (readonly [pattern: RegExp, message: string, hint: string])[] = [
  [
    /^Unsyntactic break/,
    'break outside of a loop',
    'Remove it, or put it in for, while or switch; return ends a function.',
  ],
  [
    /^Unsyntactic continue/,
    'continue outside of a loop',
    'Remove it, or put it in for or while; return ends a function.',
  ],
  [
    /^Missing initializer in (?:const|using|destructuring)/,
    'a constant without a value',
    'Give it one, const x = …, or write let x; for a variable.',
  ],
  [
    /^Unterminated string/,
    'this text has no closing quote',
    'End it on the same line with the quote it begins with; text of several lines is in backquotes.',
  ],
  [/^Unterminated template/, 'this text has no closing backquote', 'End it with a backquote.'],
  [/^Unterminated comment/, 'this comment has no end', 'End it with */.'],
  [
    /^Unterminated regular expression/,
    'this regular expression has no end',
    'End it with /. Division has a value before it: a / b.',
  ],
  [
    /^'return' outside of function/,
    'return outside of a function',
    'Put it in a method or a function; a } before it ends one too many.',
  ],
  [
    /^'with' in strict mode/,
    'there is no with',
    'Write noGrad(() => { … }) for no_grad(); everything else needs no with.',
  ],
  [
    /^'import' and 'export' may only appear/,
    'import and export belong at the top level of a file, not in a block',
    'Move it out of the braces; a } is perhaps missing before it.',
  ],
  [
    /^Invalid left-hand side|^Assigning to rvalue|^Invalid parenthesized assignment/,
    'this cannot be assigned to',
    'A variable, a field or an element stands before =; a comparison is ===.',
  ],
  [/^Missing catch or finally/, 'try without catch', 'Write try { … } catch (error) { … }.'],
  [/^A class name is required/, 'a class without a name', 'Write class Net extends nn.Module { … }.'],
  [
    /^Identifier directly after number/,
    'a name that begins with a digit',
    'A name begins with a letter; a product is written 2 * x.',
  ],
  [/^Legacy octal/, 'a number that begins with 0', 'Leave the 0 out.'],
  [/^Illegal expression\. Wrap left hand side/, 'a sign before a power', 'Write (-a) ** b, or -(a ** b).'],
  [/^Nullish coalescing/, '?? next to && or ||', 'Put one of them in parentheses.'],
  [/^Lexical declaration cannot appear/, 'a declaration without a block of its own', 'Write { … } around it.'],
  [/^Only one default export/, 'two default exports', 'Name all but one: export const other = defineModel({ … });'],
  [
    /^`?'?super/,
    'super outside of a class that extends another',
    'Call super() in the constructor of a class, super.method() in its methods.',
  ],
  [/^'await' is only allowed/, 'await outside of an async function', 'Remove it: a model runs synchronously.'],
  [/^'yield' is only allowed/, 'yield outside of a generator', 'Collect the values in a list.'],
  [/^Duplicate constructor/, 'a class with two constructors', 'Write one, with parameters that have defaults.'],
  [/^Argument name clash/, 'two parameters of one name', 'Give one of them another name.'],
];

/** Words that begin a statement, never a value or a name after a dot that somebody meant. */
const beginning =
  /^(?:return|const|let|var|if|for|while|do|switch|case|default|break|continue|throw|try|catch|finally|class|export|import|enum|interface)\b/;

/** Where an element of JSX begins that has its end, and the refused place in it. */
function elementAt(text: string, offset: number): number | undefined {
  const from = Math.max(0, offset - longest);
  for (const found of text
    .slice(from, offset + longest)
    .matchAll(/<([A-Za-z][\w.]*)(?:\s[^<>]*)?(?:\/>|>[^<]*<\/\1>)/g)) {
    const start = from + found.index;
    if (start <= offset && offset <= start + found[0].length) return start;
  }
  return undefined;
}

/** Where a line ends in the middle and the parser went on to the next: told at the end of that line. */
function breaksOff(message: string, text: string, offset: number): Words | undefined {
  // What is refused is the first of its line, or, after a dot, what follows the word that was taken for a name.
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const head = text.slice(start, offset).trim();
  const line = text.slice(start, start + 200).trimStart();
  const first = head === '' ? text.slice(offset, offset + 40) : line;
  const isFirst = head === '';
  if (!isFirst && !beginning.test(head)) return undefined;
  const end = endOfCode(text, start);
  if (end === 0) return undefined;
  const last = /(?:=>|\?\.|&&|\|\||\?\?|\*\*|[^\s])$/.exec(text.slice(Math.max(0, end - 2), end))?.[0] ?? '';
  // A second one makes it the end of a regular expression.
  const ends = last === '/' && text.slice(text.lastIndexOf('\n', end - 1) + 1, end - 1).includes('/');
  const wanted = !ends && Object.hasOwn(wants, last) ? wants[last] : undefined;
  const isName = last === '.' || last === '?.';
  if (!isFirst && !isName) return undefined;
  if (first !== '' && !/^[}\])]/.test(first) && !beginning.test(first)) return undefined;
  if (wanted !== undefined && !/\.\.\.$/.test(text.slice(0, end)))
    return {
      message: `the line ends after '${last}', where ${wanted} is expected`,
      hint: isName ? 'Write the name of a method or a field, or remove the dot.' : `Write it, or remove the '${last}'.`,
      offset: end - last.length,
    };
  const closing = /expected "?([,)\]]|\))/.exec(message)?.[1];
  if (closing === undefined) return undefined;
  const open = unclosed(text, end);
  if (open === undefined) return undefined;
  const [bracket, close] = open;
  return {
    message: `the line ends inside of '${bracket}'`,
    hint: `Write '${close}' at its end.`,
    offset: Math.max(0, end - 1),
  };
}

const value = 'a value';
/** What belongs after it. */
const wants: Readonly<Record<string, string>> = {
  '.': 'a name',
  '?.': 'a name',
  '(': "an argument or ')'",
  '[': "a value or ']'",
  ',': 'another one',
  ...{ '=': value, '=>': value, ':': value, '?': value, '+': value, '-': value, '*': value, '/': value, '%': value },
  ...{ '**': value, '&&': value, '||': value, '??': value, '&': value, '|': value, '<': value, '>': value },
};

/** Where code ends before `from`: blank lines and comments left out. */
function endOfCode(text: string, from: number): number {
  let end = from;
  while (end > 0) {
    // Counted from the end, -1 would be the first character.
    const start = end < 2 ? 0 : text.lastIndexOf('\n', end - 2) + 1;
    const line = text.slice(start, end);
    const code = line.length > longest ? line.trimEnd() : withoutComment(line).trimEnd();
    if (code.endsWith('*/')) {
      const comment = text.lastIndexOf('/*', start + code.length - 3);
      if (comment < 0) return 0;
      end = comment;
    } else if (code.trim() !== '') return start + code.length;
    else end = start;
  }
  return 0;
}

/** A line that is longer is no line of somebody's. */
const longest = 500;

const withoutComment = (line: string): string => {
  const found = /^(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|(?!\/\/)[^"'`])*/.exec(line)?.[0] ?? line;
  return line.startsWith('//', found.length) ? found : line;
};

/** The innermost bracket that is open at `end` of its line, and what closes it. */
function unclosed(text: string, end: number): readonly [string, string] | undefined {
  const line = text.slice(Math.max(text.lastIndexOf('\n', end - 1) + 1, end - longest), end);
  const code = line.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/g, '');
  const open: string[] = [];
  for (const [bracket] of code.matchAll(/[()[\]]/g))
    if (bracket === '(' || bracket === '[') open.push(bracket);
    else open.pop();
  const last = open.at(-1);
  return last === undefined ? undefined : [last, last === '(' ? ')' : ']'];
}

/** The parser's "Unexpected token", with the token. */
function named(message: string, text: string, offset: number): string {
  const found = /^(?:[\w$]{1,40}|=>|[^\s\w])/u.exec(text.slice(offset, offset + 80))?.[0];
  const got = found === undefined ? 'end of line or file' : `'${found}'`;
  if (/^Missing semicolon/.test(message)) return `Expected the end of the statement, got ${got}`;
  const keyword = /^Unexpected (?:keyword|reserved word) '(\w+)'/.exec(message)?.[1];
  if (keyword !== undefined) return `Unexpected '${keyword}'`;
  const [, expected] = /^Unexpected token(?:, expected (.*?))?\.?$/.exec(message) ?? [undefined, null];
  if (expected === null) return message;
  return expected === undefined ? `Unexpected ${got}` : `Expected ${expected.replaceAll('"', "'")}, got ${got}`;
}
