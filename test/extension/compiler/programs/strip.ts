/** Takes probes out of compiled code again, to compare what is left with what is compiled without them. */
import { generate } from '@babel/generator';
import { parse } from '@babel/parser';
import { type Node, VISITOR_KEYS } from '@babel/types';
import { probeNames } from '../../../../extension/compiler/marks.ts';

const { enter, leave, see, loop } = probeNames;

/** A module, or the body of the generator that one is compiled to, in one way of writing it, without its probes. */
export function canonical(code: string, kind: 'body' | 'module' = 'body'): string {
  const file = kind === 'module' ? parse(code, { sourceType: kind }) : parse(`function* body() {${code}\n}`);
  const program = stripped(file.program);
  return generate(program, { comments: false, compact: true, jsescOption: { minimal: true } }).code;
}

type Fields = Record<string, unknown>;

function stripped(node: Node): Node {
  const fields = node as unknown as Fields;
  for (const key of VISITOR_KEYS[node.type] ?? []) {
    const value = fields[key];
    if (Array.isArray(value))
      fields[key] = value
        .filter((item) => !isProbeStatement(item) && !isLink(item))
        .map((item) => item && stripped(item));
    else if (value != null) fields[key] = stripped(value as Node);
  }
  delete fields.extra;
  switch (node.type) {
    case 'CallExpression': {
      const { callee, arguments: args } = node;
      const isProbe = callee.type === 'Identifier' && (callee.name === see || callee.name === leave);
      return isProbe ? args[1]! : node;
    }
    case 'SequenceExpression': {
      // Names that are read for nothing are left out of either: a probe of an argument reads one.
      const all = node.expressions.flatMap((item) => (item.type === 'SequenceExpression' ? item.expressions : [item]));
      const kept = all.filter(
        (item, i) => i === all.length - 1 || !(item.type === 'Identifier' || isCall(item, [enter])),
      );
      return kept.length === 1 ? kept[0]! : { ...node, expressions: kept };
    }
    case 'ObjectProperty':
      node.shorthand = false;
      return node;
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      if (node.body.type !== 'BlockStatement')
        node.body = { type: 'BlockStatement', body: [node.body], directives: [] } as never;
      return node;
    default:
      return node;
  }
}

function isCall(node: Node, names: readonly string[]): boolean {
  return node.type === 'CallExpression' && node.callee.type === 'Identifier' && names.includes(node.callee.name);
}

/** What only says where names come from and go to. */
function isLink(item: unknown): boolean {
  const node = item as Node | null;
  return (
    node?.type === 'ImportDeclaration' ||
    node?.type === 'ExportAllDeclaration' ||
    (node?.type === 'ExportNamedDeclaration' && node.declaration == null)
  );
}

/** Also a name that is read for nothing, which looks like one. */
function isProbeStatement(item: unknown): boolean {
  const node = item as Node | null;
  if (node?.type !== 'ExpressionStatement') return false;
  const { expression } = node;
  if (expression.type === 'Identifier' || isCall(expression, [loop])) return true;
  return (
    expression.type === 'CallExpression' && isCall(expression, [see]) && expression.arguments[1]?.type === 'Identifier'
  );
}
