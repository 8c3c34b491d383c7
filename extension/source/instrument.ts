/**
 * Puts probes around what can hold a tensor, so that every value reports the place it came from while the program does
 * exactly what it did before. Works on the TypeScript text itself: types are stripped afterwards, from the probed text.
 *
 * Always holds:
 * - Wrappers are calls that begin with an identifier, `__x(__e(3), …)` and `__v(4, …)`, so that a statement that followed a
 *   line without a semicolon still does (automatic semicolon insertion looks at the first token).
 * - A callee is never wrapped (`this` would be lost), nor is a part of an optional chain (its short circuit would be).
 * - Anonymous functions and classes are never wrapped (they take their name from what they are assigned to).
 */
import type {
  ArrowFunctionExpression,
  Class,
  Expression,
  ForStatement,
  Function as FunctionNode,
  Node,
  Program,
  Statement,
  VariableDeclaration,
} from '@babel/types';
import type { Site } from '../../core/trace/trace.ts';
import { type Bindings, bare, boundNames, findBindings, hasPlainType, isPlain } from './bindings.ts';
import { ExpressionWalker, keyName } from './expressions.ts';
import { type Patch, probeNames } from './patch.ts';

/** An import or re-export, by its specifier. */
export interface ImportSpecifier {
  readonly specifier: string;
  readonly start: number;
  readonly end: number;
}

const { enter, see, loop } = probeNames;
/** What the loader hands to every module. */
const reserved: ReadonlySet<string> = new Set(['exports', 'require', ...Object.values(probeNames)]);

type Name = { readonly name: string; readonly start: number };

/** Walks a program, leaving probes and problems in `patch`. Returns what it imports. */
export function instrument(program: Program, patch: Patch): ImportSpecifier[] {
  const walker = new Walker(patch, findBindings(program));
  walker.list(program.body);
  return walker.imports;
}

class Walker extends ExpressionWalker {
  readonly imports: ImportSpecifier[] = [];
  #className: string | undefined;

  constructor(patch: Patch, bindings: Bindings) {
    super(patch, bindings);
    for (const name of bindings.declared)
      if (reserved.has(name))
        patch.problemAtWord(
          'syntax',
          patch.text.search(`\\b${name}\\b`),
          `the name ${name} is taken by Tensight`,
          'Rename it.',
        );
  }

  /** `__v(1, a);__v(2, b);` */
  #record(names: readonly Name[], kind: Site['kind']): string {
    return names
      .map(({ name, start }) => `${see}(${this.patch.site(start, start + name.length, kind)}, ${name});`)
      .join('');
  }

  /** Records names behind a statement that stands in a list. */
  #recordAfter(statement: Node, names: readonly Name[]): void {
    if (names.length === 0) return;
    const separator = this.patch.text[statement.end! - 1] === ';' ? '' : ';';
    this.patch.insert(statement.end!, separator + this.#record(names, 'declaration'));
  }

  // ---- statements

  list(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement, true);
  }

  /** `inList`: whether other statements may be put beside it. */
  statement(node: Statement, inList: boolean): void {
    switch (node.type) {
      case 'BlockStatement':
        return this.list(node.body);
      case 'ExpressionStatement': {
        this.expression(node.expression);
        const inner = bare(node.expression);
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
        if (isPlain(node.argument)) return this.expression(node.argument);
        this.open(node.argument, 'return', bare(node.argument));
        this.expression(node.argument);
        return this.close(node.argument);
      case 'ThrowStatement': {
        // Entered and never left, so that what catches it can say where it was thrown.
        const id = this.patch.site(node.argument.start!, node.argument.end!, 'expression');
        this.patch.insert(node.argument.start!, `(${enter}(${id}), `);
        this.expression(node.argument);
        return this.close(node.argument);
      }
      case 'IfStatement':
        this.expression(node.test);
        this.statement(node.consequent, false);
        if (node.alternate) this.statement(node.alternate, false);
        return;
      case 'WhileStatement':
        this.expression(node.test);
        return this.#loopBody(node, node.body, []);
      case 'DoWhileStatement':
        this.#loopBody(node, node.body, []);
        return this.expression(node.test);
      case 'ForStatement':
        return this.#for(node);
      case 'ForInStatement':
        if (node.left.type === 'VariableDeclaration') this.#variables(node.left);
        else this.target(node.left);
        this.expression(node.right);
        return this.#loopBody(node, node.body, []);
      case 'ForOfStatement': {
        if (node.await) this.noTopLevelAwait(node);
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
        if (node.importKind !== 'type' && node.importKind !== 'typeof') this.#import(node.source);
        return;
      case 'ExportAllDeclaration':
        if (node.exportKind !== 'type') this.#import(node.source);
        return;
      case 'ExportNamedDeclaration':
        if (node.exportKind === 'type') return;
        if (node.source) this.#import(node.source);
        if (!node.declaration) return;
        if (node.declaration.type === 'VariableDeclaration' && startsWithPattern(node.declaration))
          // Becomes `[exports.a] = …`, which must not continue the line before.
          this.patch.insert(node.start!, ';');
        return this.statement(node.declaration, inList);
      case 'ExportDefaultDeclaration':
        switch (node.declaration.type) {
          case 'FunctionDeclaration':
          case 'ClassDeclaration':
            this.nameHint = 'default';
            return this.statement(node.declaration, false);
          case 'TSDeclareFunction':
            return;
          default:
            return this.expression(node.declaration);
        }
      case 'TSEnumDeclaration':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSDeclareFunction':
      case 'TSNamespaceExportDeclaration':
        return;
      case 'TSModuleDeclaration':
        if (node.declare !== true && !isTypesOnly(node))
          this.patch.problem(
            'syntax',
            node.start!,
            node.id.end!,
            'namespaces with values are not supported',
            'Export the values from a file of their own instead.',
          );
        return;
      case 'TSImportEqualsDeclaration':
        if (node.importKind === 'type') return;
        this.patch.problem(
          'import',
          node.start!,
          node.end!,
          'import … = require(…) is not supported',
          "Write import { … } from './file'.",
        );
        return;
      case 'TSExportAssignment':
        this.patch.problem('syntax', node.start!, node.end!, 'export = is not supported', 'Write export default ….');
        return;
    }
    // Empty, break, continue, debugger: nothing to see.
  }

  #variables(node: VariableDeclaration): Name[] {
    if (node.declare === true) return [];
    const names: Name[] = [];
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
        boundNames(id, names as { name: string; start: number }[]);
      }
    }
    return names;
  }

  #for(node: ForStatement): void {
    let names: Name[] = [];
    if (node.init?.type === 'VariableDeclaration') names = this.#variables(node.init);
    else if (node.init) this.expression(node.init);
    if (node.test) this.expression(node.test);
    if (node.update) this.expression(node.update);
    this.#loopBody(node, node.body, names);
  }

  /** Every round of a loop reports where it is: a loop without an end can be named, and stopped. */
  #loopBody(node: Statement, body: Statement, names: readonly Name[]): void {
    const head = this.patch.text.slice(node.start!, body.start!).trimEnd();
    const id = this.patch.site(node.start!, node.start! + head.length, 'expression');
    const text = `${loop}(${id});${this.#record(names, 'declaration')}`;
    if (body.type === 'BlockStatement') {
      this.patch.insert(body.start! + 1, text);
      this.list(body.body);
    } else {
      this.patch.insert(body.start!, `{${text}`);
      this.statement(body, true);
      this.patch.insert(body.end!, '}');
    }
  }

  #import(source: { readonly value: string; readonly start?: number | null; readonly end?: number | null }): void {
    this.imports.push({ specifier: source.value, start: source.start!, end: source.end! });
  }

  // ---- functions and classes

  protected override function(node: FunctionNode, name: string | undefined): void {
    this.#refuseDecorators(node);
    const names: Name[] = [];
    this.functionDepth++;
    const className = this.#className;
    this.#className = undefined;
    this.nameHint = undefined;
    this.patch.scoped(name === undefined || className === undefined ? name : `${className}.${name}`, () => {
      for (const item of node.params) {
        this.#refuseDecorators(item);
        const parameter = item.type === 'TSParameterProperty' ? item.parameter : item;
        const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
        this.target(parameter);
        if (pattern.type === 'Identifier') {
          if (pattern.name !== 'this' && this.bindings.tensors.has(pattern.name) && !hasPlainType(pattern))
            boundNames(pattern, names as { name: string; start: number }[]);
        } else boundNames(pattern, names as { name: string; start: number }[]);
      }
      if (node.body.type === 'BlockStatement') {
        const directive = node.body.directives.at(-1);
        const at = directive?.end ?? node.body.start! + 1;
        if (names.length > 0) {
          const separator = directive && this.patch.text[at - 1] !== ';' ? ';' : '';
          this.patch.insert(at, separator + this.#record(names, 'argument'));
        }
        this.list(node.body.body);
      } else this.#arrowBody(node.body, names);
    });
    this.#className = className;
    this.functionDepth--;
  }

  /** `(x) => f(x)` becomes `(x) => (__v(1, x), f(x))`. */
  #arrowBody(body: Exclude<ArrowFunctionExpression['body'], { type: 'BlockStatement' }>, names: readonly Name[]): void {
    if (names.length > 0) {
      this.patch.insert(body.start!, `(${this.#record(names, 'argument').replaceAll(';', ', ')}`);
      this.expression(body);
      this.patch.insert(body.end!, ')');
    } else this.expression(body);
  }

  protected override class(node: Class, name: string | undefined): void {
    this.#refuseDecorators(node);
    this.nameHint = undefined;
    const base = node.superClass;
    if (base && base.type !== 'Identifier' && base.type !== 'MemberExpression') this.expression(base);
    const outer = this.#className;
    const outerDepth = this.functionDepth;
    this.#className = name;
    this.functionDepth++;
    this.patch.scoped(name, () => {
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
            if (computed) this.expression(member.key as Expression);
            if (!member.value || ('declare' in member && member.declare === true)) break;
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
    const decorators = 'decorators' in node && Array.isArray(node.decorators) ? (node.decorators as Node[]) : [];
    for (const decorator of decorators)
      this.patch.problem(
        'syntax',
        decorator.start!,
        decorator.end!,
        'decorators are not supported in a model file',
        'Call the function in the constructor instead.',
      );
  }
}

function hasType(node: Node): boolean {
  return node.type === 'Identifier' && hasPlainType(node);
}

function startsWithPattern(node: VariableDeclaration): boolean {
  return node.declarations[0]?.id.type !== 'Identifier';
}

function isTypesOnly(node: Extract<Statement, { type: 'TSModuleDeclaration' }>): boolean {
  if (node.body.type !== 'TSModuleBlock') return isTypesOnly(node.body);
  return node.body.body.every((item) => {
    const inner = item.type === 'ExportNamedDeclaration' ? item.declaration : item;
    if (inner?.type === 'TSModuleDeclaration') return isTypesOnly(inner);
    return inner?.type === 'TSInterfaceDeclaration' || inner?.type === 'TSTypeAliasDeclaration';
  });
}
