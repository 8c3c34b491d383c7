/** Takes out what TypeScript adds to functions, classes and their members. */
import type {
  ArrowFunctionExpression,
  Class,
  ClassBody,
  Function as FunctionNode,
  Identifier,
  Node,
  Statement,
  TSParameterProperty,
} from '@babel/types';
import type { Edits } from './edits.ts';

/** What edits of the text can't do, and why: for those who wonder. */
export class NeedsTransform extends Error {
  override name = 'NeedsTransform';
}

/** Ranks of what is put around the same part of a text: the higher is outside. */
export const ranks = {
  probe: 0,
  after: 1,
  end: 2,
  property: 3,
  place: 4,
  opening: 5,
  body: 6,
  key: 7,
  module: 8,
} as const;

type Member = ClassBody['body'][number];

export abstract class MemberEraser {
  constructor(
    protected readonly text: string,
    protected readonly edits: Edits,
  ) {}

  abstract visit(node: Node): void;
  /** What is written to. `declared`: names in it are declared. */
  protected abstract target(node: Node, declared?: boolean): void;
  protected abstract declare(node: Identifier): void;

  /** Semicolons that are left out: what comes next may be another than it was. */
  end(node: Node): void {
    if (this.text[node.end! - 1] !== ';') this.edits.around(node.start!, node.end!, ranks.end, '', ';');
  }

  protected erase(node: Node): void {
    this.edits.erase(node.start!, node.end!);
  }

  protected function(node: FunctionNode): void {
    if (node.typeParameters != null) this.erase(node.typeParameters);
    const [first, second] = node.params;
    let params: readonly Node[] = node.params;
    if (first?.type === 'Identifier' && first.name === 'this') {
      const comma = /^\s*,/.exec(this.text.slice(first.end!))?.[0].length ?? 0;
      if (comma === 0 && second !== undefined) throw new NeedsTransform('a comma that is not found');
      this.edits.erase(first.start!, first.end! + comma);
      params = params.slice(1);
    }
    for (const item of params) {
      if (item.type === 'TSParameterProperty') this.#modifiers(item, item.parameter);
      this.target(item.type === 'TSParameterProperty' ? item.parameter : item, true);
    }
    if (node.returnType != null) this.erase(node.returnType);
    this.visit(node.body);
  }

  /** Before `=>`, and after `async`, there are no line breaks. */
  protected arrow({ typeParameters, returnType }: ArrowFunctionExpression): void {
    const broken = (start: number, end: number) => /[\n\r\u2028\u2029]/.test(this.text.slice(start, end));
    if (typeParameters != null && broken(typeParameters.start!, typeParameters.end!))
      throw new NeedsTransform('an arrow function with types on several lines');
    if (returnType == null) return;
    const before = this.text.slice(0, returnType.start!).trimEnd();
    if (!before.endsWith(')') || broken(before.length, returnType.end!))
      throw new NeedsTransform('an arrow function with types on several lines');
  }

  protected class(node: Class): void {
    if (node.id != null) this.declare(node.id);
    if ('abstract' in node && node.abstract === true) {
      if (!this.text.startsWith('abstract', node.start!)) throw new NeedsTransform('abstract');
      this.edits.erase(node.start!, node.start! + 'abstract'.length);
    }
    if (node.typeParameters != null) this.erase(node.typeParameters);
    if (node.superClass != null) this.visit(node.superClass);
    if (node.superTypeArguments != null) this.erase(node.superTypeArguments);
    const implemented = node.implements?.[0];
    if (implemented != null) {
      const before = this.text.slice(0, implemented.start!).trimEnd();
      if (!before.endsWith('implements')) throw new NeedsTransform('implements');
      this.edits.erase(before.length - 'implements'.length, node.implements!.at(-1)!.end!);
    }
    const fields = node.body.body.flatMap((member) => this.#member(member, node.superClass != null));
    // Declared first of all, as TypeScript does.
    const { start, end } = node.body;
    if (fields.length > 0) this.edits.around(start! + 1, end! - 1, ranks.key, ` ${fields.join('; ')};`, '');
  }

  /** Returns the names of its parameter properties. */
  #member(member: Member, derived: boolean): string[] {
    switch (member.type) {
      case 'TSDeclareMethod':
      case 'TSIndexSignature':
        this.erase(member);
        return [];
      case 'ClassMethod':
      case 'ClassPrivateMethod':
        if (member.abstract === true) {
          this.erase(member);
          return [];
        }
        this.#key(member);
        this.function(member);
        return member.kind === 'constructor' ? this.#properties(member, derived) : [];
      case 'ClassProperty':
      case 'ClassPrivateProperty':
        if (('declare' in member && member.declare === true) || ('abstract' in member && member.abstract === true)) {
          this.erase(member);
          return [];
        }
        this.#key(member);
        if (member.typeAnnotation != null) this.erase(member.typeAnnotation);
        if (member.value != null) this.visit(member.value);
        this.end(member);
        return [];
      case 'StaticBlock':
        this.visit(member);
        return [];
      default:
        throw new NeedsTransform(member.type);
    }
  }

  /** Words before a member's name, and the mark after it. */
  #key(member: Extract<Member, { key: Node }>): void {
    const { key } = member;
    const computed = 'computed' in member && member.computed === true;
    this.#modifiers(member, key);
    if (computed) this.visit(key);
    const optional =
      ('optional' in member && member.optional === true) || ('definite' in member && member.definite === true);
    if (!optional) return;
    const mark = (computed ? /^\s*\]\s*[?!]/ : /^\s*[?!]/).exec(this.text.slice(key.end!));
    if (mark === null) throw new NeedsTransform('a mark that is not found');
    this.edits.erase(key.end! + mark[0].length - 1, key.end! + mark[0].length);
  }

  #modifiers(node: Node, key: Node): void {
    const head = this.text.slice(node.start!, key.start!);
    if (!modifier.test(head)) return;
    if (head.includes('/')) throw new NeedsTransform('a comment between modifiers');
    for (const { index, 0: word } of head.matchAll(modifiers))
      this.edits.erase(node.start! + index, node.start! + index + word.length);
  }

  /** `constructor(readonly x)`: assigned before all, or after the super class has been called. */
  #properties(
    { params, body }: Extract<FunctionNode, { body: { type: 'BlockStatement' } }>,
    derived: boolean,
  ): string[] {
    const names = params.flatMap((item) => (item.type === 'TSParameterProperty' ? [propertyName(item)] : []));
    if (names.length === 0) return [];
    const assigned = names.map((name) => ` this.${name} = ${name};`).join('');
    const calls = body.body.filter(isSuperCall);
    const [call] = calls;
    if (!derived) {
      const start = body.directives.at(-1)?.end ?? body.start! + 1;
      this.edits.around(start, body.end! - 1, ranks.module, assigned, '');
    } else if (call !== undefined && calls.length === 1 && this.#calls(body) === 1)
      this.edits.around(call.start!, call.end!, ranks.property, '', assigned);
    else throw new NeedsTransform('a super class that is called within an expression');
    return names;
  }

  /** How often `super(` is written. */
  #calls({ start, end }: Node): number {
    return this.text.slice(start!, end!).split(/\bsuper\s*\(/).length - 1;
  }
}

const modifier = /\b(?:public|private|protected|readonly|override|abstract|declare)\b/;
const modifiers = new RegExp(modifier, 'g');

function propertyName({ parameter }: TSParameterProperty): string {
  const name = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  if (name.type !== 'Identifier') throw new NeedsTransform('a parameter property that is a pattern');
  return name.name;
}

function isSuperCall(node: Statement): boolean {
  return (
    node.type === 'ExpressionStatement' &&
    node.expression.type === 'CallExpression' &&
    node.expression.callee.type === 'Super'
  );
}
