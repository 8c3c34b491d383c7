/**
 * Runs the Python of a golden case's `code` and `module`: assignments, loops, functions, comprehensions and expressions over tensors.
 * What the names `torch`, `F` and `nn` hold is not known here (`torch.ts`).
 */

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { numberOf, textOf } from './literals.ts';
import { assignTo, attribute, binary, compared, iterate, setAttribute, subscript, truth } from './semantics.ts';
import { type Callable, ellipsis, type Keywords, PythonError, Slice } from './values.ts';

type Scope = Map<string, unknown>;

class Returned {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/**
 * Runs a program in `scope`, which afterwards holds what it assigned. Names in `kept` stay as they are: their assignments are passed
 * over. Throws PythonError where the program uses what is not known here.
 */
export function runPython(code: string, scope: Scope, kept: ReadonlySet<string> = new Set()): void {
  new Interpreter(code, kept).run(scope);
}

/** The value of one expression. */
export function evaluatePython(code: string, scope: Scope): unknown {
  const inner = new Map(scope);
  runPython(`result_ = ${code}`, inner);
  return inner.get('result_');
}

class Interpreter {
  readonly #code: string;
  readonly #kept: ReadonlySet<string>;
  constructor(code: string, kept: ReadonlySet<string>) {
    this.#code = code;
    this.#kept = kept;
  }

  run(scope: Scope): void {
    this.#block(children(parser.parse(`${this.#code}\n`).topNode), scope);
  }

  #text(node: SyntaxNode): string {
    return this.#code.slice(node.from, node.to);
  }

  #unknown(node: SyntaxNode): PythonError {
    return new PythonError(`${node.name} is not known here: ${this.#text(node)}`);
  }

  #block(statements: readonly SyntaxNode[], scope: Scope): Returned | undefined {
    for (const statement of statements) {
      const returned = this.#statement(statement, scope);
      if (returned !== undefined) return returned;
    }
    return undefined;
  }

  #body(node: SyntaxNode, scope: Scope): Returned | undefined {
    return this.#block(
      children(node).filter(({ name }) => name !== ':'),
      scope,
    );
  }

  #statement(node: SyntaxNode, scope: Scope): Returned | undefined {
    const parts = children(node);
    switch (node.name) {
      case 'Comment':
      case 'PassStatement':
        return undefined;
      case 'StatementGroup':
        return this.#block(
          parts.filter(({ name }) => name !== ';'),
          scope,
        );
      case 'ExpressionStatement':
        this.#expression(parts[0]!, scope);
        return undefined;
      case 'AssignStatement':
        this.#assignment(parts, scope);
        return undefined;
      case 'UpdateStatement': {
        const [target, operator, value] = parts as [SyntaxNode, SyntaxNode, SyntaxNode];
        const sign = this.#text(operator).slice(0, -1);
        this.#assign([target], binary(sign, this.#expression(target, scope), this.#expression(value, scope)), scope);
        return undefined;
      }
      case 'ForStatement': {
        const into = parts.findIndex(({ name }) => name === 'in');
        const body = parts.at(-1)!;
        for (const value of iterate(this.#tuple(parts.slice(into + 1, -1), scope))) {
          this.#assign(parts.slice(1, into), value, scope);
          const returned = this.#body(body, scope);
          if (returned !== undefined) return returned;
        }
        return undefined;
      }
      case 'IfStatement': {
        for (let i = 0; i < parts.length; i++) {
          const { name } = parts[i]!;
          if (name === 'else') return this.#body(parts[i + 1]!, scope);
          if ((name === 'if' || name === 'elif') && truth(this.#expression(parts[i + 1]!, scope)))
            return this.#body(parts[i + 2]!, scope);
        }
        return undefined;
      }
      case 'WithStatement':
        // Only `torch.no_grad()` stands here: what is stepped or copied below it asks for no gradient anyway.
        return this.#body(parts.at(-1)!, scope);
      case 'ReturnStatement':
        return new Returned(parts.length > 1 ? this.#tuple(parts.slice(1), scope) : null);
      case 'FunctionDefinition': {
        const [, name, parameters, body] = parts as [SyntaxNode, SyntaxNode, SyntaxNode, SyntaxNode];
        scope.set(
          this.#text(name),
          this.#callable(parameters, scope, (inner) => this.#body(body, inner)?.value ?? null),
        );
        return undefined;
      }
      default:
        throw this.#unknown(node);
    }
  }

  #assignment(parts: readonly SyntaxNode[], scope: Scope): void {
    const operators = parts.flatMap(({ name }, i) => (name === 'AssignOp' ? [i] : []));
    const targets = operators.map((at, i) => parts.slice(i === 0 ? 0 : operators[i - 1]! + 1, at));
    if (targets.flat().every((target) => this.#kept.has(this.#rootOf(target)) || target.name === ',')) return;
    const value = this.#tuple(parts.slice(operators.at(-1)! + 1), scope);
    for (const target of targets)
      this.#assign(
        target.filter(({ name }) => name !== 'TypeDef'),
        value,
        scope,
      );
  }

  /** The name that a target is, or is a part of. */
  #rootOf(node: SyntaxNode): string {
    return node.name === 'MemberExpression' ? this.#rootOf(node.firstChild!) : this.#text(node);
  }

  #assign(targets: readonly SyntaxNode[], value: unknown, scope: Scope): void {
    if (targets.length > 1) {
      const names = targets.filter(({ name }) => name !== ',');
      const values = iterate(value);
      if (values.length !== names.length)
        throw new PythonError(
          `${values.length} values for the ${names.length} names ${names.map((n) => this.#text(n))}`,
        );
      for (const [i, name] of names.entries()) this.#assign([name], values[i], scope);
      return;
    }
    const target = targets[0]!;
    const inside = children(target);
    switch (target.name) {
      case 'VariableName':
        if (!this.#kept.has(this.#text(target))) scope.set(this.#text(target), value);
        return;
      case 'TupleExpression':
      case 'ArrayExpression':
      case 'ParenthesizedExpression': {
        const inner = inside.slice(1, -1);
        // One name between parentheses is that name; with a comma it is a tuple of one.
        if (inner.length === 2) this.#assign([inner[0]!], iterate(value)[0], scope);
        else this.#assign(inner, value, scope);
        return;
      }
      case 'MemberExpression': {
        const object = this.#expression(inside[0]!, scope);
        if (inside[1]!.name === '.') {
          setAttribute(object, this.#text(inside[2]!), value);
          return;
        }
        const changed = assignTo(object, this.#index(inside.slice(2, -1), scope), value);
        if (changed !== object) this.#assign([inside[0]!], changed, scope);
        return;
      }
      default:
        throw this.#unknown(target);
    }
  }

  /** Expressions between commas: one of them is itself, several are a tuple. */
  #tuple(parts: readonly SyntaxNode[], scope: Scope): unknown {
    const values = parts.filter(({ name }) => name !== ',').map((part) => this.#expression(part, scope));
    return parts.length === 1 ? values[0] : values;
  }

  #expression(node: SyntaxNode, scope: Scope): unknown {
    const parts = children(node);
    switch (node.name) {
      case 'Number':
        return numberOf(this.#text(node));
      case 'String':
        return textOf(this.#text(node));
      case 'Boolean':
        return this.#text(node) === 'True';
      case 'None':
        return null;
      case 'Ellipsis':
        return ellipsis;
      case 'VariableName': {
        const name = this.#text(node);
        if (!scope.has(name)) throw new PythonError(`the case's code uses the name ${name}, which it does not give`);
        return scope.get(name);
      }
      case 'ParenthesizedExpression':
        return this.#expression(parts[1]!, scope);
      case 'TupleExpression':
      case 'ArrayExpression':
        return this.#listed(parts.slice(1, -1), scope);
      case 'DictionaryExpression':
        return this.#dictionary(parts.slice(1, -1), scope);
      case 'ArrayComprehensionExpression':
      case 'ComprehensionExpression': {
        const made: unknown[] = [];
        this.#comprehend(parts.slice(2, -1), new Map(scope), (inner) => made.push(this.#expression(parts[1]!, inner)));
        return made;
      }
      case 'DictionaryComprehensionExpression': {
        const made = new Map<unknown, unknown>();
        this.#comprehend(parts.slice(4, -1), new Map(scope), (inner) =>
          made.set(this.#expression(parts[1]!, inner), this.#expression(parts[3]!, inner)),
        );
        return made;
      }
      case 'ConditionalExpression':
        return this.#expression(truth(this.#expression(parts[2]!, scope)) ? parts[0]! : parts[4]!, scope);
      case 'LambdaExpression':
        return this.#callable(parts[1]!, scope, (inner) => this.#expression(parts.at(-1)!, inner));
      case 'UnaryExpression':
        return this.#unary(this.#text(parts[0]!), parts[1]!, scope);
      case 'BinaryExpression':
        return this.#binary(parts, scope);
      case 'MemberExpression': {
        const object = this.#expression(parts[0]!, scope);
        if (parts[1]!.name === '.') return attribute(object, this.#text(parts[2]!));
        return subscript(object, this.#index(parts.slice(2, -1), scope));
      }
      case 'CallExpression': {
        const callee = this.#expression(parts[0]!, scope);
        const { args, keywords } = this.#arguments(parts[1]!, scope);
        if (typeof callee !== 'function') throw new PythonError(`${this.#text(parts[0]!)} cannot be called here`);
        return (callee as Callable)(args, keywords);
      }
      default:
        throw this.#unknown(node);
    }
  }

  #unary(sign: string, operand: SyntaxNode, scope: Scope): unknown {
    // -x ** 2 is -(x ** 2), but the parser binds the sign more tightly than `*` does: (-x) * y is the same number.
    const value = this.#expression(operand, scope);
    if (sign === 'not') return !truth(value);
    if (sign === '~') return binary('==', value, false);
    return sign === '-' ? binary('negate', value, undefined) : value;
  }

  #binary(parts: readonly SyntaxNode[], scope: Scope): unknown {
    const left = this.#expression(parts[0]!, scope);
    const sign = parts
      .slice(1, -1)
      .map((part) => this.#text(part))
      .join(' ');
    // The right side of these is looked at only where the left does not decide.
    if (sign === 'and') return truth(left) ? this.#expression(parts.at(-1)!, scope) : left;
    if (sign === 'or') return truth(left) ? left : this.#expression(parts.at(-1)!, scope);
    const right = this.#expression(parts.at(-1)!, scope);
    const known = compared(sign, left, right);
    return known ?? binary(sign, left, right);
  }

  /** What stands between brackets behind an object: a number, a slice, or several of them. */
  #index(parts: readonly SyntaxNode[], scope: Scope): unknown[] {
    const groups: SyntaxNode[][] = [[]];
    for (const part of parts) {
      if (part.name === ',') groups.push([]);
      else groups.at(-1)!.push(part);
    }
    if (groups.at(-1)!.length === 0) groups.pop();
    return groups.flatMap((group) => {
      if (!group.some(({ name }) => name === ':')) {
        const value = this.#expression(group[0]!, scope);
        return group[0]!.name === 'TupleExpression' ? (value as unknown[]) : [value];
      }
      const limits: (number | undefined)[] = [undefined];
      for (const part of group) {
        if (part.name === ':') limits.push(undefined);
        else limits[limits.length - 1] = (this.#expression(part, scope) ?? undefined) as number | undefined;
      }
      return [new Slice(limits[0], limits[1], limits[2])];
    });
  }

  #listed(parts: readonly SyntaxNode[], scope: Scope): unknown[] {
    const values: unknown[] = [];
    for (let i = 0; i < parts.length; i++) {
      const { name } = parts[i]!;
      if (name === ',') continue;
      if (name === '*') values.push(...iterate(this.#expression(parts[++i]!, scope)));
      else values.push(this.#expression(parts[i]!, scope));
    }
    return values;
  }

  #dictionary(parts: readonly SyntaxNode[], scope: Scope): Map<unknown, unknown> {
    const made = new Map<unknown, unknown>();
    for (let i = 0; i < parts.length; i++) {
      const { name } = parts[i]!;
      if (name === ',') continue;
      if (name === '**') {
        for (const [key, value] of this.#expression(parts[++i]!, scope) as Map<unknown, unknown>) made.set(key, value);
        continue;
      }
      made.set(this.#expression(parts[i]!, scope), this.#expression(parts[i + 2]!, scope));
      i += 2;
    }
    return made;
  }

  /** `for a in b if c`, as often as they stand there. */
  #comprehend(parts: readonly SyntaxNode[], scope: Scope, each: (scope: Scope) => void): void {
    if (parts.length === 0) {
      each(scope);
      return;
    }
    if (parts[0]!.name === 'if') {
      if (truth(this.#expression(parts[1]!, scope))) this.#comprehend(parts.slice(2), scope, each);
      return;
    }
    const into = parts.findIndex(({ name }) => name === 'in');
    for (const value of iterate(this.#expression(parts[into + 1]!, scope))) {
      this.#assign(parts.slice(1, into), value, scope);
      this.#comprehend(parts.slice(into + 2), scope, each);
    }
  }

  #arguments(list: SyntaxNode, scope: Scope): { args: unknown[]; keywords: Keywords } {
    const args: unknown[] = [];
    const keywords: Record<string, unknown> = {};
    const parts = children(list).slice(1, -1);
    const comprehended = parts.findIndex(({ name }) => name === 'for');
    if (comprehended > 0) {
      const made: unknown[] = [];
      this.#comprehend(parts.slice(comprehended), new Map(scope), (inner) =>
        made.push(this.#expression(parts[0]!, inner)),
      );
      return { args: [made], keywords };
    }
    for (let i = 0; i < parts.length; i++) {
      const { name } = parts[i]!;
      if (name === ',') continue;
      if (name === '*') args.push(...iterate(this.#expression(parts[++i]!, scope)));
      else if (name === '**')
        for (const [key, value] of this.#expression(parts[++i]!, scope) as Map<string, unknown>) keywords[key] = value;
      else if (parts[i + 1]?.name === 'AssignOp') {
        keywords[this.#text(parts[i]!)] = this.#expression(parts[i + 2]!, scope);
        i += 2;
      } else args.push(this.#expression(parts[i]!, scope));
    }
    return { args, keywords };
  }

  #callable(parameters: SyntaxNode, scope: Scope, body: (inner: Scope) => unknown): Callable {
    const names: string[] = [];
    const defaults = new Map<string, unknown>();
    const parts = children(parameters);
    for (let i = 0; i < parts.length; i++) {
      if (parts[i]!.name !== 'VariableName') continue;
      const name = this.#text(parts[i]!);
      names.push(name);
      if (parts[i + 1]?.name !== 'AssignOp') continue;
      defaults.set(name, this.#expression(parts[i + 2]!, scope));
      i += 2;
    }
    return (args, keywords) => {
      const given = Object.entries(keywords);
      return body(
        new Map([...scope, ...defaults, ...names.slice(0, args.length).map((n, i) => [n, args[i]] as const), ...given]),
      );
    };
  }
}

/** Its children; what the parser could not read is an error of ours. */
function children(node: SyntaxNode): SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.type.isError) throw new PythonError(`the case's code does not parse at ${child.from}`);
    list.push(child);
  }
  return list;
}
