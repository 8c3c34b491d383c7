/** What an expression may not be in a model file, said in words: what the parser lets pass, and what a model has no access to. */
import type { Expression, Identifier, Node, ObjectProperty, RegExpLiteral, SequenceExpression } from '@babel/types';
import type { Bindings } from './bindings.ts';
import type { Marks } from './marks.ts';
import { shorten } from './text.ts';

/** The parser's own for `a: T` where that may still become an arrow function's parameter, and left there where it does not. */
export const isTypeCast = (node: Node): boolean => (node.type as string) === 'TSTypeCastExpression';

export function refuseAnnotation(node: Node, marks: Marks): void {
  marks.problem(
    'syntax',
    node.start!,
    node.end!,
    'Did not expect a type annotation here',
    'Write value as Type for the type of a value; a: b stands in an object, { a: b }.',
  );
}

/** `import()`. */
export function refuseImport(node: Expression, marks: Marks): void {
  marks.problem(
    'import',
    node.start!,
    node.end!,
    'import() is not available in a model file',
    "Write import … from './file' at the top.",
  );
}

/** `import.meta`. */
export function refuseImportMeta(node: Expression, marks: Marks): void {
  marks.problem(
    'import',
    node.start!,
    node.end!,
    'import.meta is not available in a model file',
    "A model can't open files: put the data into a .ts or .json file and import that.",
  );
}

/** The names of the other kind of modules: what is compiled has them, what is written has not. */
export function refuseCommonJs({ name, start, end }: Identifier, marks: Marks, { declared }: Bindings): void {
  if ((name !== 'require' && name !== 'exports' && name !== 'module') || declared.has(name)) return;
  const hint =
    name === 'require'
      ? "Write import … from 'tensight' or from a relative path to a .ts file."
      : 'Write export before what you want to export.';
  marks.problem('import', start!, end!, `${name} is not available in a model file`, hint);
}

/** `await` where no function is around it. */
export function refuseTopLevelAwait({ start }: Node, marks: Marks): void {
  marks.problemAtWord(
    'syntax',
    start!,
    'await outside a function is not supported in a model file',
    'Compute what is needed without await.',
  );
}

/** The parser does not look into regular expressions. */
export function checkPattern({ pattern, flags, start, end }: RegExpLiteral, marks: Marks): void {
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    marks.problem('syntax', start!, end!, shorten(error.message));
  }
}

/** The parser takes types after the name of a property, which may turn out to be that of a method. */
export function checkProperty(property: ObjectProperty, marks: Marks): void {
  const types = 'typeParameters' in property ? (property.typeParameters as Node | null | undefined) : undefined;
  if (types != null) marks.problem('syntax', types.start!, types.end!, 'only a method has type parameters');
}

/** The parser takes `this` for any name; a value is a node of another kind. */
export function checkVariable({ name, start }: Identifier, marks: Marks): void {
  if (name === 'this')
    marks.problem('syntax', start!, start! + 4, "'this' can't be the name of a variable", 'Choose another name.');
}

/** ``f`…` ``: what Python puts before a text that has values in it. */
export function checkTag({ name, start, end }: Identifier, marks: Marks, { declared }: Bindings): void {
  if (/^(?:f|r|rf|fr|b|u)$/i.test(name) && !declared.has(name))
    marks.problem(
      'syntax',
      start!,
      end!,
      `${name} before a text is Python's`,
      'Write the text in backquotes without it, and a dollar sign before each brace.',
    );
}

/** `x[0, 1]`: of several indices only the last would count. */
export function refuseIndices({ start, end }: SequenceExpression, marks: Marks): void {
  marks.problem(
    'syntax',
    start!,
    end!,
    "several indices in brackets are Python's",
    'Write x.select(dim, index) for one index along an axis, x.slice(dim, start, end) for a part of one.',
  );
}

/** `a, b = list;`: in Python both are assigned. */
export function checkNames({ expressions, start, end }: SequenceExpression, marks: Marks): void {
  const last = expressions.at(-1)!;
  const names = expressions.slice(0, -1);
  if (last.type !== 'AssignmentExpression' || last.operator !== '=' || last.left.type !== 'Identifier') return;
  if (!names.every((item): item is Identifier => item.type === 'Identifier')) return;
  const all = [...names.map(({ name }) => name), last.left.name].join(', ');
  marks.problem(
    'syntax',
    start!,
    end!,
    'several names are assigned from a list in brackets',
    `Write [${all}] = …; or const [${all}] = …; for new ones.`,
  );
}
