/**
 * Puts the probes of a file into its compiled syntax tree, at the places `Marks` keeps. Probes are calls that take what they
 * wrap as their last argument, so that the program does exactly what it did before.
 */
import {
  type BlockStatement,
  type CallExpression,
  type Comment,
  type Expression,
  type ExpressionStatement,
  type File,
  identifier,
  type Node,
  type Statement,
  VISITOR_KEYS,
} from '@babel/types';
import { type MarkRecord, type Marks, type Opening, placeMark, probeNames, type Wrap } from './marks.ts';

export function weave({ program }: File, marks: Marks): void {
  new Weaver(marks).children(program);
}

type Fields = Record<string, Node | null | undefined | (Node | null)[]>;

class Weaver {
  constructor(private readonly marks: Marks) {}

  children(node: Node): void {
    const fields = node as unknown as Fields;
    for (const key of VISITOR_KEYS[node.type] ?? []) {
      const value = fields[key];
      if (value == null) continue;
      if (!Array.isArray(value)) {
        if (!isName(node, key)) fields[key] = this.#woven(value);
      } else if (isList(node, key)) fields[key] = this.#list(value as Statement[]);
      else for (let i = 0; i < value.length; i++) if (value[i] != null) value[i] = this.#woven(value[i]!);
    }
    // Written in short only as long as it reads the name alone.
    if (node.type === 'ObjectProperty' && node.value.type === 'CallExpression') node.shorthand = false;
  }

  #woven(node: Node): Node {
    const { loc } = node;
    this.children(node);
    if (loc == null) return node;
    const wraps = this.marks.wraps.get(loc);
    const opening = this.marks.openings.get(loc);
    const place = this.marks.placed.get(loc);
    if (place !== undefined) {
      this.marks.placed.delete(loc);
      node.leadingComments = [{ type: 'CommentBlock', value: placeMark(place) } as Comment];
    }
    if (wraps === undefined && opening === undefined) return node;
    // One node only: what a compiler makes of a name may keep its place twice.
    this.marks.wraps.delete(loc);
    this.marks.openings.delete(loc);
    const whole = wraps === undefined ? node : wraps.reduceRight<Node>((inner, wrap) => wrapped(inner, wrap), node);
    return opening === undefined ? whole : this.#opened(whole, opening);
  }

  #list(statements: readonly Statement[]): Statement[] {
    const out: Statement[] = [];
    for (const statement of statements) {
      const names = statement.loc == null ? undefined : this.marks.after.get(statement.loc);
      out.push(this.#woven(statement) as Statement);
      if (names !== undefined) for (const name of names) out.push(asStatement(record(name)));
    }
    return out;
  }

  /** A body with its first probes: of a loop, a function, or an arrow function that is one expression. */
  #opened(body: Node, { loop, names }: Opening): Node {
    const calls = [...(loop === undefined ? [] : [call(probeNames.loop, numeral(loop))]), ...names.map(record)];
    if (body.type === 'BlockStatement') {
      body.body.unshift(...calls.map(asStatement));
      return body;
    }
    if (!body.type.endsWith('Statement') && !body.type.endsWith('Declaration'))
      return { type: 'SequenceExpression', expressions: [...calls, body as Expression] } as Node;
    const block = { type: 'BlockStatement', directives: [], body: [] as Statement[] } as unknown as BlockStatement;
    const after = (body.loc == null ? undefined : this.marks.after.get(body.loc)) ?? [];
    block.body = [...calls, body as Statement, ...after.map(record)].map((item) =>
      item.type === 'CallExpression' ? asStatement(item) : item,
    );
    return block;
  }
}

/** Whether a child is only a name, never read. */
function isName(node: Node, key: string): boolean {
  switch (node.type) {
    case 'ObjectProperty':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassProperty':
      return key === 'key' && !node.computed;
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return key === 'property' && !node.computed;
    default:
      return false;
  }
}

function isList(node: Node, key: string): boolean {
  return (
    (key === 'body' && (node.type === 'Program' || node.type === 'BlockStatement' || node.type === 'StaticBlock')) ||
    (key === 'consequent' && node.type === 'SwitchCase')
  );
}

function wrapped(node: Node, { probe, site }: Wrap): Node {
  const value = node as Expression;
  switch (probe) {
    case 'see':
      return call(probeNames.see, numeral(site), value);
    case 'leave':
      return call(probeNames.leave, call(probeNames.enter, numeral(site)), value);
    case 'enter':
      return {
        type: 'ParenthesizedExpression',
        expression: { type: 'SequenceExpression', expressions: [call(probeNames.enter, numeral(site)), value] },
      } as Node;
    default:
      return probe satisfies never;
  }
}

function record({ site, identifier: { name } }: MarkRecord): CallExpression {
  return call(probeNames.see, numeral(site), identifier(name));
}

function call(name: string, ...args: Expression[]): CallExpression {
  return { type: 'CallExpression', callee: { type: 'Identifier', name }, arguments: args } as CallExpression;
}

function numeral(value: number): Expression {
  return { type: 'NumericLiteral', value } as Expression;
}

function asStatement(expression: CallExpression): ExpressionStatement {
  return { type: 'ExpressionStatement', expression } as ExpressionStatement;
}
