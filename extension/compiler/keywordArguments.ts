/**
 * Keyword arguments, as Python has them. In TypeScript `x.sum(dim=1)` assigns to a variable, and what the language says of it is about that
 * variable. Refused where no variable of that name can be meant.
 */
import type { AssignmentExpression, CallExpression, Expression, Identifier, NewExpression, Node } from '@babel/types';
import { type WrittenArgument, withoutKeywords } from '../../core/usage/keywords.ts';
import { bare } from './bare.ts';
import { boundNames, eachChild } from './bindings.ts';
import { SourceSyntaxError } from './syntaxError.ts';

type Call = CallExpression | NewExpression;
type Keyword = AssignmentExpression & { readonly left: Identifier };

/** Whether there may be one: a name and a single = in brackets. Defaults of parameters look the same. */
const possible = /[(,]\s*[A-Za-z_]\w*\s*=(?![=>])/;

/** Throws SourceSyntaxError at the first keyword argument. */
export function checkKeywords(program: Node, text: string): void {
  if (possible.test(text)) visit(program, text, []);
}

function visit(node: Node, text: string, scopes: readonly Scope[]): void {
  const inner = isScope(node) ? [...scopes, new Scope(node)] : scopes;
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    const found = node.arguments.find((argument) => isKeyword(argument) && !isVariable(argument.left.name, scopes));
    if (found !== undefined)
      throw new SourceSyntaxError("keyword arguments are Python's", found.start!, withoutKeywords(written(node, text)));
  }
  eachChild(node, (child) => visit(child, text, inner));
}

const isKeyword = (node: Node): node is Keyword =>
  node.type === 'AssignmentExpression' && node.operator === '=' && node.left.type === 'Identifier';

/** Whether it can be assigned to; a name that nothing declares, or a constant, cannot. */
function isVariable(name: string, scopes: readonly Scope[]): boolean {
  for (const scope of scopes.toReversed()) {
    const assignable = scope.names.get(name);
    if (assignable !== undefined) return assignable;
  }
  return false;
}

const isScope = (node: Node): boolean => node.type === 'Program' || 'params' in node;

/** A function or the file, with what is declared in any of its blocks. Found when first asked for: few calls look like this. */
class Scope {
  #names: Map<string, boolean> | undefined;

  constructor(readonly node: Node) {}

  /** Whether each can be assigned to. */
  get names(): ReadonlyMap<string, boolean> {
    if (this.#names !== undefined) return this.#names;
    const names = new Map<string, boolean>();
    if ('id' in this.node && this.node.id?.type === 'Identifier') names.set(this.node.id.name, false);
    if ('params' in this.node && Array.isArray(this.node.params))
      for (const item of this.node.params) for (const { name } of boundNames(item as Node)) names.set(name, true);
    eachChild(this.node, (child) => collect(child, names));
    this.#names = names;
    return names;
  }
}

function collect(node: Node, names: Map<string, boolean>): void {
  switch (node.type) {
    case 'VariableDeclaration':
      for (const { id } of node.declarations)
        for (const { name } of boundNames(id)) names.set(name, node.kind === 'let' || node.kind === 'var');
      break;
    case 'ImportDeclaration':
      for (const { local } of node.specifiers) names.set(local.name, false);
      return;
    case 'CatchClause':
      for (const { name } of boundNames(node.param ?? null)) names.set(name, true);
      break;
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
    case 'TSEnumDeclaration':
      if (node.id?.type === 'Identifier') names.set(node.id.name, node.type !== 'TSEnumDeclaration');
      break;
  }
  if (!isScope(node)) eachChild(node, (child) => collect(child, names));
}

function written(call: Call, text: string): Parameters<typeof withoutKeywords>[0] {
  const { start, end } = call.callee;
  return {
    callee: text.slice(start!, end!),
    arguments: call.arguments.map(
      (argument): WrittenArgument =>
        isKeyword(argument)
          ? { keyword: argument.left.name, text: valueText(argument.right, text) }
          : { text: valueText(argument as Expression, text) },
    ),
  };
}

const constants: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'undefined' };

/** As it is written here: Python's constants by ours, its tuples as lists. */
function valueText(node: Expression, text: string): string {
  const inner = bare(node);
  if (inner.type === 'Identifier') return constants[inner.name] ?? inner.name;
  if (inner.type === 'SequenceExpression')
    return `[${inner.expressions.map((item) => valueText(item, text)).join(', ')}]`;
  const whole = text.slice(node.start!, node.end!);
  return whole.length > 60 || whole.includes('\n') ? '…' : whole;
}
