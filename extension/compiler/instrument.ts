/**
 * Finds what can hold a tensor, so that every value reports the place it came from while the program does exactly what it did
 * before. Walks the TypeScript as it is written; what it marks is woven in once types and modules are compiled (weave.ts).
 *
 * Always holds:
 * - A callee is never wrapped (`this` would be lost), nor is a part of an optional chain (its short circuit would be).
 * - Anonymous functions and classes are never wrapped (they take their name from what they are assigned to).
 */
import type {
  Class,
  Expression,
  ForStatement,
  Function as FunctionNode,
  Identifier,
  Node,
  Program,
  Statement,
  VariableDeclaration,
} from '@babel/types';
import type { Site } from '../../core/trace/trace.ts';
import { bare } from './bare.ts';
import { type Bindings, boundNames, hasPlainType, isPlain } from './bindings.ts';
import { isTypeScriptClass } from './classes.ts';
import { ExpressionWalker } from './expressions.ts';
import type { MarkRecord, Marks } from './marks.ts';
import { keyName } from './names.ts';
import { decorators, insteadOfDecorator } from './parse.ts';
import { canDispose } from './platform.ts';
import { checkNames, refuseTopLevelAwait } from './refusedExpressions.ts';
import { shorten } from './text.ts';

/** Walks a program, leaving marks and problems. Returns the classes that are TypeScript's only (classes.ts). */
export function instrument(program: Program, marks: Marks, bindings: Bindings): readonly Class[] {
  const walker = new Walker(marks, bindings);
  walker.list(program.body);
  return walker.classes;
}

class Walker extends ExpressionWalker {
  readonly classes: Class[] = [];
  #className: string | undefined;

  #record(names: readonly Identifier[], kind: Site['kind']): MarkRecord[] {
    return names.map((identifier) => {
      const { name, start } = identifier;
      return { site: this.marks.site(start!, start! + name.length, kind), identifier };
    });
  }

  /** Records names after a statement that stands in a list. */
  #recordAfter(statement: Statement, names: readonly Identifier[]): void {
    this.marks.recordAfter(statement, this.#record(names, 'declaration'));
  }

  // ---- statements

  list(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement, true);
  }

  /** `inList`: whether other statements may be put beside it. */
  statement(node: Statement, inList: boolean): void {
    if (!hasNoPlace.has(node.type)) this.marks.place(node, node);
    switch (node.type) {
      case 'BlockStatement':
        return this.list(node.body);
      case 'ExpressionStatement': {
        const inner = bare(node.expression);
        if (inner.type === 'SequenceExpression') checkNames(inner, this.marks);
        this.expression(node.expression);
        if (inList && inner.type === 'AssignmentExpression' && inner.left.type.endsWith('Pattern'))
          this.#recordAfter(node, boundNames(inner.left));
        return;
      }
      case 'VariableDeclaration': {
        const names = this.#variables(node);
        if (inList) this.#recordAfter(node, names);
        return;
      }
      case 'ReturnStatement':
        if (!node.argument) return;
        if (node.argument.type === 'SequenceExpression')
          this.marks.site(node.argument.start!, node.argument.end!, 'expression', { tuple: true });
        if (!isPlain(node.argument)) {
          const { start, end } = bare(node.argument);
          this.marks.wrap(node.argument, 'see', this.marks.site(start!, end!, 'return'));
        }
        return this.expression(node.argument);
      case 'ThrowStatement': {
        const id = this.marks.site(node.argument.start!, node.argument.end!, 'expression');
        this.marks.wrap(node.argument, 'enter', id);
        return this.expression(node.argument);
      }
      case 'IfStatement':
        this.condition(node.test);
        this.statement(node.consequent, false);
        if (node.alternate) this.statement(node.alternate, false);
        return;
      case 'WhileStatement':
        this.condition(node.test);
        return this.#loopBody(node, node.body, []);
      case 'DoWhileStatement':
        this.#loopBody(node, node.body, []);
        return this.condition(node.test);
      case 'ForStatement':
        return this.#for(node);
      case 'ForInStatement':
        if (node.left.type === 'VariableDeclaration') this.#variables(node.left);
        else this.target(node.left);
        this.expression(node.right);
        return this.#loopBody(node, node.body, []);
      case 'ForOfStatement': {
        if (node.await && this.functionDepth === 0) refuseTopLevelAwait(node, this.marks);
        const declared = node.left.type === 'VariableDeclaration';
        if (node.left.type === 'VariableDeclaration') this.#variables(node.left);
        else this.target(node.left);
        const names =
          node.left.type === 'VariableDeclaration'
            ? node.left.declarations.flatMap(({ id }) => (hasType(id) ? [] : boundNames(id)))
            : boundNames(node.left);
        this.expression(node.right);
        return this.#loopBody(node, node.body, declared || node.left.type !== 'MemberExpression' ? names : []);
      }
      case 'LabeledStatement':
        return this.statement(node.body, false);
      case 'SwitchStatement':
        this.expression(node.discriminant);
        for (const { test, consequent } of node.cases) {
          if (test) this.expression(test);
          this.list(consequent);
        }
        return;
      case 'TryStatement':
        this.list(node.block.body);
        if (node.handler?.param) this.target(node.handler.param);
        if (node.handler) this.list(node.handler.body.body);
        if (node.finalizer) this.list(node.finalizer.body);
        return;
      case 'FunctionDeclaration':
        if (node.declare !== true) this.function(node, node.id?.name);
        return;
      case 'ClassDeclaration':
        if (node.declare !== true) this.class(node, node.id?.name);
        return;
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return;
      case 'ExportNamedDeclaration':
        if (node.exportKind !== 'type' && node.declaration) this.statement(node.declaration, inList);
        return;
      case 'ExportDefaultDeclaration':
        switch (node.declaration.type) {
          case 'FunctionDeclaration':
          case 'ClassDeclaration':
            this.nameHint = 'default';
            return this.statement(node.declaration, false);
          case 'TSDeclareFunction':
            return;
          default:
            return this.expression(node.declaration as Expression);
        }
      case 'TSEnumDeclaration':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSDeclareFunction':
      case 'TSNamespaceExportDeclaration':
        return;
      case 'TSModuleDeclaration':
        if (node.declare !== true && !isTypesOnly(node))
          this.marks.problem(
            'syntax',
            node.start!,
            node.id.end!,
            'namespaces with values are not supported',
            'Export the values from a file of their own instead.',
          );
        return;
      case 'TSImportEqualsDeclaration':
        if (node.importKind === 'type') return;
        if (node.moduleReference.type === 'TSExternalModuleReference')
          this.marks.problem(
            'import',
            node.start!,
            node.end!,
            'import … = require(…) is not supported',
            "Write import { … } from './file'.",
          );
        else {
          const { start, end } = node.moduleReference;
          const [name, value] = [node.id.name, shorten(this.marks.text.slice(start!, end!))];
          this.marks.problem(
            'syntax',
            node.start!,
            node.end!,
            `import ${name} = ${value}, another name for a part of a namespace, is not supported`,
            `Write const ${name} = ${value}; or, where it is a type, type ${name} = ${value};`,
          );
        }
        return;
      case 'TSExportAssignment':
        this.marks.problem('syntax', node.start!, node.end!, 'export = is not supported', 'Write export default ….');
        return;
    }
    // Empty, break, continue, debugger: nothing to see.
  }

  #variables(node: VariableDeclaration): Identifier[] {
    if (node.declare === true) return [];
    if ((node.kind === 'using' || node.kind === 'await using') && !canDispose())
      this.marks.problemAtWord(
        'syntax',
        node.start!,
        'using is not supported by the JavaScript that runs models here',
        'Write const, and call [Symbol.dispose]() in the finally of a try around what uses it.',
      );
    const names: Identifier[] = [];
    for (const { id, init } of node.declarations) {
      if (id.type === 'VoidPattern') continue;
      this.target(id);
      if (!init) continue;
      if (id.type === 'Identifier') {
        this.nameHint = id.name;
        this.bound({ start: id.start!, end: id.start! + id.name.length }, 'declaration', init);
        this.nameHint = undefined;
      } else {
        this.expression(init);
        boundNames(id, names);
      }
    }
    return names;
  }

  #for(node: ForStatement): void {
    let names: Identifier[] = [];
    if (node.init?.type === 'VariableDeclaration') names = this.#variables(node.init);
    else if (node.init) this.expression(node.init);
    if (node.test) this.condition(node.test);
    if (node.update) this.expression(node.update);
    this.#loopBody(node, node.body, names);
  }

  /** Every round of a loop reports where it is: a loop without an end can be named, and stopped. */
  #loopBody(node: Statement, body: Statement, names: readonly Identifier[]): void {
    const head = this.marks.text.slice(node.start!, body.start!).trimEnd();
    const loop = this.marks.site(node.start!, node.start! + head.length, 'expression');
    this.marks.open(body, { loop, names: this.#record(names, 'declaration') });
    if (body.type === 'BlockStatement') this.list(body.body);
    else this.statement(body, true);
  }

  // ---- functions and classes

  protected override function(node: FunctionNode, name: string | undefined): void {
    const names: Identifier[] = [];
    this.functionDepth++;
    const className = this.#className;
    this.#className = undefined;
    this.nameHint = undefined;
    this.marks.scoped(name === undefined || className === undefined ? name : `${className}.${name}`, () => {
      for (const item of node.params) {
        this.#refuseDecorators(item);
        const parameter = item.type === 'TSParameterProperty' ? item.parameter : item;
        const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
        // `this` as the first parameter is a type.
        if (pattern === node.params[0] && pattern.type === 'Identifier' && pattern.name === 'this') continue;
        this.target(parameter);
        if (pattern.type === 'Identifier') {
          if (this.bindings.tensors.has(pattern.name) && !hasPlainType(pattern)) boundNames(pattern, names);
        } else boundNames(pattern, names);
      }
      const body = node.body.type === 'BlockStatement' ? node.body : bare(node.body);
      this.marks.open(body, { names: this.#record(names, 'argument') });
      if (node.body.type === 'BlockStatement') this.list(node.body.body);
      else {
        // Of what is computed no probe tells.
        if (isPlain(node.body) || body.type === 'Identifier') this.marks.place(body, body);
        this.expression(node.body);
      }
    });
    this.#className = className;
    this.functionDepth--;
  }

  protected override class(node: Class, name: string | undefined): void {
    this.#refuseDecorators(node);
    if (isTypeScriptClass(node)) this.classes.push(node);
    this.nameHint = undefined;
    const base = node.superClass;
    if (base?.type === 'MemberExpression') this.constructed(base);
    else if (base && base.type !== 'Identifier') this.expression(base);
    const outer = this.#className;
    const outerDepth = this.functionDepth;
    this.#className = name;
    this.functionDepth++;
    this.marks.scoped(name, () => {
      for (const member of node.body.body) {
        if ('decorators' in member) this.#refuseDecorators(member);
        switch (member.type) {
          case 'ClassMethod':
          case 'ClassPrivateMethod': {
            const computed = member.type === 'ClassMethod' && member.computed === true;
            if (member.type === 'ClassMethod' && computed) this.expression(member.key as Expression);
            this.function(member, keyName(member.key, computed));
            break;
          }
          case 'ClassProperty':
          case 'ClassPrivateProperty':
          case 'ClassAccessorProperty': {
            const computed = 'computed' in member && member.computed === true;
            if (computed && member.type === 'ClassAccessorProperty')
              this.marks.problem(
                'syntax',
                member.key.start!,
                member.key.end!,
                'an accessor field with a computed name is not supported',
                'Write a getter and a setter.',
              );
            if (computed) this.expression(member.key as Expression);
            if (!member.value || ('declare' in member && member.declare === true)) break;
            if (isPlain(member.value)) this.marks.place(member, bare(member.value));
            const key = computed ? undefined : keyName(member.key, false);
            this.nameHint = key;
            if (key === undefined) this.expression(member.value);
            else this.bound({ start: member.key.start!, end: member.key.end! }, 'field', member.value);
            this.nameHint = undefined;
            break;
          }
          case 'StaticBlock':
            this.list(member.body);
            break;
          // Index signatures and methods without a body are types.
        }
      }
    });
    this.#className = outer;
    this.functionDepth = outerDepth;
  }

  #refuseDecorators(node: object): void {
    const found = 'decorators' in node && Array.isArray(node.decorators) ? (node.decorators as Node[]) : [];
    for (const decorator of found)
      this.marks.problem(
        'syntax',
        decorator.start!,
        decorator.end!,
        decorators,
        insteadOfDecorator(this.marks.text.slice(decorator.start!, decorator.end!)),
      );
  }
}

/** Statements that hold others, or nothing that can fail. */
const hasNoPlace: ReadonlySet<Node['type']> = new Set([
  'BlockStatement',
  'LabeledStatement',
  'TryStatement',
  'EmptyStatement',
  'BreakStatement',
  'ContinueStatement',
  'DebuggerStatement',
  'FunctionDeclaration',
  'ClassDeclaration',
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'TSEnumDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSDeclareFunction',
  'TSNamespaceExportDeclaration',
  'TSModuleDeclaration',
  'TSImportEqualsDeclaration',
  'TSExportAssignment',
]);

function hasType(node: Node): boolean {
  return node.type === 'Identifier' && hasPlainType(node);
}

function isTypesOnly(node: Extract<Statement, { type: 'TSModuleDeclaration' }>): boolean {
  return node.body.body.every((item) => {
    const inner = item.type === 'ExportNamedDeclaration' ? item.declaration : item;
    if (inner?.type === 'TSModuleDeclaration') return isTypesOnly(inner);
    return inner?.type === 'TSInterfaceDeclaration' || inner?.type === 'TSTypeAliasDeclaration';
  });
}
