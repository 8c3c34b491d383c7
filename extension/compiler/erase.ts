/**
 * Takes out of a text what TypeScript adds to the language, where taking out is all there is to do: everything else, whatever
 * is doubtful with it, is left to Babel (compile.ts), which is slower. Finds on its way the names a text declares and reads.
 */
import type { File, Identifier, Node, Statement } from '@babel/types';
import type { Edits } from './edits.ts';
import { probeNames } from './marks.ts';
import { MemberEraser, NeedsTransform, ranks } from './members.ts';

/** An imported name that is read. */
export interface ImportUse {
  readonly node: Identifier;
  /** `x()`: without a receiver. */
  readonly called: boolean;
}

/** Names of compiled code, which a text that has them for itself can't be given. */
const reserved: ReadonlySet<string> = new Set(['exports', 'require', 'module', 'Object', ...Object.values(probeNames)]);
/** Names that compiled modules have for what they import and export. */
const ownName = /^__(?:module\d+|default)$/;

/** Erases types. Returns where each of the names that are imported is read. Throws NeedsTransform. */
export function eraseTypes(file: File, text: string, edits: Edits): ReadonlyMap<string, readonly ImportUse[]> {
  const { program, comments } = file;
  // To a script `<!--` begins a comment.
  if (text.includes('<!--') || text.includes('-->')) throw new NeedsTransform('an arrow of HTML');
  if (program.interpreter != null) edits.erase(program.interpreter.start!, program.interpreter.end!);
  for (const { start, end } of comments ?? []) edits.erase(start!, end!);
  const eraser = new Eraser(text, edits);
  for (const statement of program.body)
    if (statement.type === 'ImportDeclaration')
      for (const { local } of statement.specifiers) eraser.reads.set(local.name, []);
  for (const directive of program.directives) eraser.end(directive);
  for (const statement of program.body) eraser.statement(statement);
  return eraser.reads;
}

class Eraser extends MemberEraser {
  /** By imported name. */
  readonly reads = new Map<string, ImportUse[]>();

  statement(node: Statement): void {
    switch (node.type) {
      case 'ImportDeclaration':
        if ('phase' in node && node.phase != null) throw new NeedsTransform('an import of a phase');
        return;
      case 'ExportAllDeclaration':
        return;
      case 'ExportNamedDeclaration':
        if (node.declaration != null) {
          if (isErased(node.declaration as Statement)) this.erase(node);
          else this.statement(node.declaration as Statement);
        }
        return;
      case 'ExportDefaultDeclaration': {
        const { declaration } = node;
        if (declaration.type === 'TSDeclareFunction' || declaration.type === 'TSInterfaceDeclaration')
          return this.erase(node);
        if (declaration.type === 'FunctionDeclaration' && declaration.id == null)
          throw new NeedsTransform('a hoisted function without a name');
        this.visit(declaration);
        // What has a name stays a declaration.
        if (!('id' in declaration && declaration.id != null && declaration.type.endsWith('Declaration')))
          this.end(node);
        return;
      }
      default:
        if (isErased(node)) this.erase(node);
        else this.visit(node);
    }
  }

  override visit(node: Node): void {
    switch (node.type) {
      case 'Identifier':
        return this.#read(node);
      case 'TSTypeAnnotation':
      case 'TSTypeParameterInstantiation':
      case 'TSTypeParameterDeclaration':
        return this.erase(node);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSInstantiationExpression':
        this.visit(node.expression);
        return this.edits.erase(node.expression.end!, node.end!);
      case 'StringLiteral':
      case 'NumericLiteral':
      case 'ThisExpression':
      case 'TemplateElement':
      case 'PrivateName':
        return;
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        this.visit(node.object);
        if (node.computed) this.visit(node.property);
        return;
      case 'CallExpression':
      case 'OptionalCallExpression':
        this.#callee(node.callee);
        if (node.typeArguments != null) this.visit(node.typeArguments);
        return this.#all(node.arguments);
      case 'TaggedTemplateExpression':
        this.#callee(node.tag);
        if (node.typeArguments != null) this.visit(node.typeArguments);
        return this.#all(node.quasi.expressions as Node[]);
      case 'BinaryExpression':
      case 'LogicalExpression':
        // `a < b as T + c` is `(a < b) + c`.
        if (isCast(node.left) && isOperation(node.left)) throw new NeedsTransform('a cast that is an operand');
        break;
      case 'AssignmentExpression':
        this.target(node.left);
        return this.visit(node.right);
      case 'UpdateExpression':
        return this.target(node.argument);
      case 'ObjectProperty':
        if (node.computed) this.visit(node.key);
        if (!node.shorthand) return this.visit(node.value);
        if (node.value.type !== 'Identifier') return this.target(node.value);
        if (node.value.name === '__proto__') return;
        // Written in short only as long as it reads the name alone.
        this.edits.around(node.start!, node.end!, ranks.key, `${node.value.name}: `, '');
        return this.#read(node.value);
      case 'ObjectMethod':
        if (node.computed) this.visit(node.key);
        return this.function(node);
      case 'FunctionDeclaration':
      case 'FunctionExpression':
        if (node.id != null) this.declare(node.id);
        return this.function(node);
      case 'ArrowFunctionExpression':
        this.arrow(node);
        return this.function(node);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.class(node);
      case 'BlockStatement':
      case 'StaticBlock':
        if (node.type === 'BlockStatement') for (const directive of node.directives) this.end(directive);
        for (const statement of node.body) this.statement(statement);
        return;
      case 'SwitchCase':
        if (node.test != null) this.visit(node.test);
        for (const statement of node.consequent) this.statement(statement);
        return;
      case 'VariableDeclaration':
        this.#variables(node.declarations);
        return this.end(node);
      case 'ForStatement':
        if (node.init?.type === 'VariableDeclaration') this.#variables(node.init.declarations);
        else if (node.init != null) this.visit(node.init);
        if (node.test != null) this.visit(node.test);
        if (node.update != null) this.visit(node.update);
        return this.#body(node.body);
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type === 'VariableDeclaration') this.#variables(node.left.declarations);
        else this.target(node.left);
        this.visit(node.right);
        return this.#body(node.body);
      case 'IfStatement':
        this.visit(node.test);
        this.#body(node.consequent);
        if (node.alternate != null) this.#body(node.alternate);
        return;
      case 'WhileStatement':
        this.visit(node.test);
        return this.#body(node.body);
      case 'DoWhileStatement':
        this.#body(node.body);
        this.visit(node.test);
        return this.end(node);
      case 'LabeledStatement':
        return this.#body(node.body);
      case 'CatchClause':
        if (node.param != null) this.target(node.param, true);
        return this.visit(node.body);
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'DebuggerStatement':
        return this.end(node);
      case 'ExpressionStatement':
      case 'ReturnStatement':
      case 'ThrowStatement':
        this.#children(node);
        return this.end(node);
      case 'MetaProperty':
        return;
    }
    if (node.type.startsWith('TS')) throw new NeedsTransform(node.type);
    this.#children(node);
  }

  #children(node: Node): void {
    for (const key in node) {
      const value: unknown = node[key as keyof Node];
      if (typeof value !== 'object' || value === null || key === 'loc' || key === 'extra') continue;
      if (Array.isArray(value)) this.#all(value as (Node | null)[]);
      else this.visit(value as Node);
    }
  }

  #all(nodes: readonly (Node | null)[]): void {
    for (const node of nodes) if (node !== null) this.visit(node);
  }

  /** A statement that is not one of a list. */
  #body(node: Statement): void {
    if (isErased(node)) throw new NeedsTransform('a type in the place of a statement');
    this.visit(node);
  }

  #callee(node: Node): void {
    switch (node.type) {
      case 'Identifier':
        return this.#read(node, true);
      case 'Super':
      case 'Import':
        return;
      case 'ParenthesizedExpression':
        return this.#callee(node.expression);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSInstantiationExpression':
        this.#callee(node.expression);
        return this.edits.erase(node.expression.end!, node.end!);
      default:
        this.visit(node);
    }
  }

  #read(node: Identifier, called = false): void {
    this.reads.get(node.name)?.push({ node, called });
  }

  protected override declare(node: Identifier): void {
    const { name } = node;
    if (this.reads.has(name)) throw new NeedsTransform('a name that is imported and declared');
    if (reserved.has(name) || ownName.test(name)) throw new NeedsTransform('a name of compiled code');
    const end = node.start! + name.length;
    if (node.typeAnnotation == null && node.optional !== true) return;
    if (!this.text.startsWith(name, node.start!)) throw new NeedsTransform('a name with escapes and a type');
    this.edits.erase(end, node.end!);
  }

  // ---- what is written to

  #variables(declarations: Extract<Statement, { type: 'VariableDeclaration' }>['declarations']): void {
    for (const { id, init, definite } of declarations) {
      if (definite === true && id.type !== 'Identifier') throw new NeedsTransform('a pattern that is definite');
      if (definite === true && id.type === 'Identifier' && id.typeAnnotation == null)
        throw new NeedsTransform('a variable without a type that is definite');
      this.target(id, true);
      if (init != null) this.visit(init);
    }
  }

  /** `declared`: names in it are declared, else they are only written to. */
  protected override target(node: Node, declared = false): void {
    switch (node.type) {
      case 'Identifier':
        if (declared) this.declare(node);
        else if (this.reads.has(node.name)) throw new NeedsTransform('an import that is written to');
        return;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') this.target(property, declared);
          else {
            if (property.computed) this.visit(property.key);
            this.target(property.value, declared);
          }
        }
        return this.#patternType(node);
      case 'ArrayPattern':
        for (const element of node.elements) if (element !== null) this.target(element, declared);
        return this.#patternType(node);
      case 'AssignmentPattern':
        this.target(node.left, declared);
        return this.visit(node.right);
      case 'RestElement':
        this.target(node.argument, declared);
        return this.#patternType(node);
      case 'ParenthesizedExpression':
        return this.target(node.expression, declared);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
        this.target(node.expression, declared);
        return this.edits.erase(node.expression.end!, node.end!);
      default:
        this.visit(node);
    }
  }

  #patternType(node: { readonly typeAnnotation?: Node | null; readonly optional?: boolean | null }): void {
    if (node.optional === true) throw new NeedsTransform('a pattern that is optional');
    if (node.typeAnnotation != null) this.erase(node.typeAnnotation);
  }
}

/** Statements that are only types. */
export function isErased(node: Statement): boolean {
  switch (node.type) {
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSDeclareFunction':
    case 'TSModuleDeclaration':
    case 'TSNamespaceExportDeclaration':
    // Those of values are refused.
    case 'TSImportEqualsDeclaration':
      return true;
    case 'VariableDeclaration':
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
    case 'TSEnumDeclaration':
      return node.declare === true;
    default:
      return false;
  }
}

function isCast(node: Node): boolean {
  return node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression';
}

/** Whether a cast is one of an operation, which it holds together as parentheses do. */
function isOperation(node: Node): boolean {
  let inner = node;
  while (inner.type === 'TSAsExpression' || inner.type === 'TSSatisfiesExpression') inner = inner.expression;
  return inner.type === 'BinaryExpression' || inner.type === 'LogicalExpression';
}
