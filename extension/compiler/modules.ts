/**
 * What a file exports and imports, and its text made ready for that: what it hands on from other modules is taken out of the
 * syntax tree, since the loader links it (linking.ts), and only its import stays.
 */
import type {
  ExportSpecifier,
  Expression,
  Identifier,
  ImportDeclaration,
  Program,
  Statement,
  StringLiteral,
} from '@babel/types';
import type { DeclarationKind, ExportTable } from '../protocol/engine.ts';
import { bare } from './bare.ts';
import { boundNames } from './bindings.ts';
import { everything } from './linking.ts';
import { SourceSyntaxError } from './parse.ts';

/** A name that is imported, as long as it is used as a value. */
export interface ImportedName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What is imported from one place. */
export interface ImportedModule {
  readonly specifier: string;
  readonly start: number;
  readonly end: number;
  readonly names: readonly ImportedName[];
}

/** An import declaration as a list of names. */
export function importedModule({ source, specifiers }: ImportDeclaration): ImportedModule {
  return {
    specifier: source.value,
    start: source.start!,
    end: source.end!,
    names: specifiers.flatMap((item) => {
      const { start, end } = item.type === 'ImportSpecifier' ? item.imported : item;
      const name = importedName(item);
      return name === everything ? [] : [{ name, start: start!, end: end! }];
    }),
  };
}

export function importedName(item: ImportDeclaration['specifiers'][number]): string {
  switch (item.type) {
    case 'ImportDefaultSpecifier':
      return 'default';
    case 'ImportNamespaceSpecifier':
      return everything;
    case 'ImportSpecifier':
      return nameOf(item.imported);
    default:
      return item satisfies never;
  }
}

export function nameOf(node: ExportSpecifier['exported'] | StringLiteral): string {
  return node.type === 'StringLiteral' ? node.value : node.name;
}

export interface Split {
  readonly table: ExportTable;
  /** What is handed on, by where it comes from. */
  readonly reexported: readonly ImportedModule[];
  /** Enums that are exported in a list: Babel does not know them for values. */
  readonly enums: readonly { readonly local: string; readonly exported: string }[];
}

/** Takes re-exports out of `program`, and says what it exports. Throws SourceSyntaxError where a name is exported twice. */
export function splitModule(program: Program): Split {
  return new Splitter(program).split();
}

class Splitter {
  readonly #own: Record<string, DeclarationKind> = Object.create(null);
  readonly #indirect: Record<string, { specifier: string; name: string }> = Object.create(null);
  readonly #stars: string[] = [];
  readonly #types = new Set<string>();
  readonly #reexported: ImportedModule[] = [];
  /** By local name. */
  readonly #imports = new Map<string, { readonly from: ImportDeclaration; readonly name: string }>();
  readonly #declared = new Map<string, DeclarationKind | 'type'>();
  readonly #enums = new Set<string>();
  readonly #exportedEnums: { local: string; exported: string }[] = [];
  /** Declarations whose names are exported again: they have to be evaluated though nothing here reads them. */
  readonly #kept = new Set<ImportDeclaration>();

  constructor(private readonly program: Program) {}

  split(): Split {
    for (const statement of this.program.body) this.#declare(statement);
    const body = this.program.body.flatMap((statement) => this.#statement(statement));
    this.program.body = body.flatMap((statement) =>
      statement.type === 'ImportDeclaration' && this.#kept.has(statement)
        ? [bareImport(statement.source), statement]
        : [statement],
    );
    return {
      table: { own: this.#own, indirect: this.#indirect, stars: this.#stars, types: [...this.#types] },
      reexported: this.#reexported,
      enums: this.#exportedEnums,
    };
  }

  #declare(statement: Statement): void {
    if (statement.type === 'ImportDeclaration') {
      if (statement.importKind === 'type') return;
      for (const item of statement.specifiers)
        if (item.type !== 'ImportSpecifier' || item.importKind !== 'type')
          this.#imports.set(item.local.name, { from: statement, name: importedName(item) });
      return;
    }
    const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (inner == null) return;
    if (inner.type === 'TSEnumDeclaration' && inner.declare !== true) this.#enums.add(inner.id.name);
    for (const [name, kind] of declarations(inner as Statement)) {
      const known = this.#declared.get(name);
      // A class or an enum may share its name with a type.
      if (known === undefined || known === 'type') this.#declared.set(name, kind);
    }
  }

  #statement(statement: Statement): Statement[] {
    switch (statement.type) {
      case 'ExportAllDeclaration':
        if (statement.exportKind === 'type') return [];
        this.#stars.push(statement.source.value);
        this.#reexported.push({ ...placed(statement.source), names: [] });
        return [bareImport(statement.source)];
      case 'ExportNamedDeclaration':
        return this.#named(statement);
      case 'ExportDefaultDeclaration': {
        const { declaration } = statement;
        const isType = declaration.type === 'TSDeclareFunction' || declaration.type === 'TSInterfaceDeclaration';
        if (!isType && ('default' in this.#own || 'default' in this.#indirect))
          throw new SourceSyntaxError('a file can have only one default export', statement.start!);
        switch (declaration.type) {
          case 'FunctionDeclaration':
            this.#own.default = 'function';
            break;
          case 'TSDeclareFunction':
            break;
          case 'TSInterfaceDeclaration':
            this.#types.add('default');
            break;
          case 'Identifier':
            if (this.#declared.get(declaration.name) === 'type') {
              this.#types.add('default');
              break;
            }
            this.#own.default = 'lexical';
            // So that Babel takes it for a value, which it is: an enum, a global.
            statement.declaration = { type: 'ParenthesizedExpression', expression: declaration } as Expression;
            break;
          default:
            this.#own.default = 'lexical';
        }
        return [statement];
      }
      default:
        return [statement];
    }
  }

  /** Names that are texts are not looked at by the parser. */
  #once(exported: ExportSpecifier['exported'] | StringLiteral): void {
    const name = nameOf(exported);
    if (name in this.#own || name in this.#indirect)
      throw new SourceSyntaxError(`'${name}' is exported twice`, exported.start!);
  }

  #named(statement: Extract<Statement, { type: 'ExportNamedDeclaration' }>): Statement[] {
    const { source, declaration, specifiers } = statement;
    if (declaration) {
      for (const [name, kind] of declarations(declaration as Statement))
        if (kind === 'type') this.#types.add(name);
        else this.#own[name] ??= kind;
      return [statement];
    }
    const isType = (item: (typeof specifiers)[number]) =>
      statement.exportKind === 'type' || (item.type === 'ExportSpecifier' && item.exportKind === 'type');
    for (const item of specifiers) if (isType(item)) this.#types.add(nameOf(item.exported));
    const values = specifiers.filter((item) => !isType(item));
    if (source) {
      if (statement.exportKind === 'type' || (values.length === 0 && specifiers.length > 0)) return [];
      const names: ImportedName[] = [];
      for (const item of values) {
        const name = item.type === 'ExportSpecifier' ? nameOf(item.local) : everything;
        this.#once(item.exported);
        this.#indirect[nameOf(item.exported)] = { specifier: source.value, name };
        if (item.type === 'ExportSpecifier') names.push({ name, start: item.local.start!, end: item.local.end! });
      }
      this.#reexported.push({ ...placed(source), names });
      return [bareImport(source)];
    }
    const left = values.filter((item) => {
      if (item.type !== 'ExportSpecifier') return true;
      this.#once(item.exported);
      const local = nameOf(item.local);
      const imported = this.#imports.get(local);
      const exported = nameOf(item.exported);
      if (imported === undefined) {
        const kind = this.#declared.get(local) ?? 'lexical';
        if (kind === 'type') this.#types.add(exported);
        else this.#own[exported] = kind;
        if (!this.#enums.has(local)) return kind !== 'type';
        this.#exportedEnums.push({ local, exported });
        return false;
      }
      const { from, name } = imported;
      this.#kept.add(from);
      this.#indirect[exported] = { specifier: from.source.value, name };
      const names = name === everything ? [] : [{ name, start: item.local.start!, end: item.local.end! }];
      this.#reexported.push({ ...placed(from.source), names });
      return false;
    });
    statement.specifiers = left;
    return left.length === 0 ? [] : [statement];
  }
}

/** Names that a statement declares at the top of a module. */
function declarations(node: Statement): [string, DeclarationKind | 'type'][] {
  const declared = 'declare' in node && node.declare === true;
  switch (node.type) {
    case 'VariableDeclaration': {
      const kind = declared ? 'type' : node.kind === 'var' ? 'var' : 'lexical';
      return node.declarations.flatMap(({ id }) =>
        boundNames(id).map(({ name }): [string, DeclarationKind | 'type'] => [name, kind]),
      );
    }
    case 'FunctionDeclaration':
      return node.id ? [[node.id.name, declared ? 'type' : 'function']] : [];
    case 'ClassDeclaration':
      return node.id ? [[node.id.name, declared ? 'type' : 'lexical']] : [];
    case 'TSEnumDeclaration':
      return [[node.id.name, declared ? 'type' : 'var']];
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
      return [[node.id.name, 'type']];
    case 'TSDeclareFunction':
      return node.id && declared ? [[node.id.name, 'type']] : [];
    case 'TSModuleDeclaration':
      return node.id.type === 'Identifier' ? [[node.id.name, 'type']] : [];
    default:
      return [];
  }
}

function placed({ value, start, end }: ImportDeclaration['source']): Omit<ImportedModule, 'names'> {
  return { specifier: value, start: start!, end: end! };
}

function bareImport(source: ImportDeclaration['source']): ImportDeclaration {
  return { type: 'ImportDeclaration', specifiers: [], source: { ...source } } as unknown as ImportDeclaration;
}

/**
 * Lets functions and classes that are exported without a name of their own keep the one the language gives them, that of what
 * they are bound to (`default`): once compiled they stand where they would get another.
 */
export function keepNames(program: Program): void {
  for (const statement of program.body) {
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration?.type === 'VariableDeclaration')
      for (const item of statement.declaration.declarations)
        if (item.init && isAnonymous(item.init)) item.init = bare(item.init);
    if (statement.type !== 'ExportDefaultDeclaration') continue;
    const { declaration } = statement;
    if (declaration.type === 'ClassDeclaration' && declaration.id == null) {
      const value = declaration as unknown as { type: string };
      value.type = 'ClassExpression';
      statement.declaration = namedDefault(value as Expression);
    } else if (isAnonymous(declaration)) statement.declaration = namedDefault(declaration as Expression);
  }
}

export function isAnonymous(node: { readonly type: string }): boolean {
  if (!node.type.endsWith('Expression')) return false;
  const inner = bare(node as Expression);
  return (
    inner.type === 'ArrowFunctionExpression' ||
    ((inner.type === 'FunctionExpression' || inner.type === 'ClassExpression') && inner.id == null)
  );
}

/** `({ default: value }).default` */
function namedDefault(value: Expression): Expression {
  const name = (): Identifier => ({ type: 'Identifier', name: 'default' }) as Identifier;
  const property = { type: 'ObjectProperty', key: name(), value, computed: false, shorthand: false };
  const object = { type: 'ObjectExpression', properties: [property] };
  const inner = { type: 'ParenthesizedExpression', expression: object };
  return { type: 'MemberExpression', object: inner, property: name(), computed: false } as unknown as Expression;
}
