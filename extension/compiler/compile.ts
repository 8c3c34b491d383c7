/**
 * TypeScript to JavaScript that a function can hold: types and modules are compiled by Babel, whose output keeps every
 * statement on its line.
 */
import { type PluginObject, transformFromAstSync } from '@babel/core';
import { generate } from '@babel/generator';
import modulesPlugin from '@babel/plugin-transform-modules-commonjs';
import typesPlugin from '@babel/plugin-transform-typescript';
import type { File, FunctionDeclaration, Program, Statement } from '@babel/types';
import { placeMark, probeNames } from './marks.ts';
import { type ImportedModule, importedModule, type Split } from './modules.ts';
import { isOverflow, SourceSyntaxError } from './parse.ts';
import { LineIndex } from './text.ts';

/** Names that compiled code has for itself: the person's own of these are renamed. */
const reserved: ReadonlySet<string> = new Set(['exports', 'require', 'module', ...Object.values(probeNames)]);

/** Takes types out of a syntax tree and makes a CommonJS body of the module; says what it still imports. */
export function compileTree(
  file: File,
  text: string,
  declared: ReadonlySet<string>,
  exported: Split['enums'],
): ImportedModule[] {
  const imports: ImportedModule[] = [];
  const names = [...reserved].filter((name) => declared.has(name));
  const anonymous = anonymousDefault(file.program);
  const enums = new Set(file.program.body.flatMap(enumName));
  const own: PluginObject = {
    name: 'tensight',
    visitor: {
      Program: {
        enter(path) {
          if (names.length === 0) return;
          path.traverse({
            Scope({ scope }) {
              for (const name of names) if (scope.hasOwnBinding(name)) scope.rename(name);
            },
          });
          for (const name of names) if (path.scope.hasOwnBinding(name)) path.scope.rename(name);
        },
        /** Before modules are compiled, after imports of types are gone. */
        exit({ node }) {
          for (const statement of node.body)
            if (statement.type === 'ImportDeclaration') imports.push(importedModule(statement));
        },
      },
    },
  };
  try {
    transformFromAstSync(file, text, {
      ...{ configFile: false, babelrc: false, browserslistConfigFile: false, code: false, cloneInputAst: false },
      assumptions: { noIncompleteNsImportDetection: true },
      plugins: [
        () => own,
        typesPlugin,
        [modulesPlugin, { importInterop: 'none', strict: true, allowTopLevelThis: true }],
      ],
    });
  } catch (error) {
    throw inWords(error, text);
  }
  file.program.body = file.program.body.flatMap((statement) => {
    if (statement.type !== 'VariableDeclaration') return [statement];
    const id = statement.declarations[0]?.id;
    if (id?.type !== 'Identifier' || !enums.has(id.name)) return [statement];
    // TypeScript declares the enums of a module with `var`: read too early they are undefined.
    statement.kind = 'var';
    return [statement, ...exported.filter(({ local }) => local === id.name).map(exporting)];
  });
  // An import is hoisted; its line is not.
  const links = file.program.body.filter(isRequire);
  for (const statement of links) delete statement.loc;
  const first = file.program.body.findIndex((statement) => statement.loc != null);
  file.program.body.splice(first < 0 ? file.program.body.length : first, 0, pause());
  if (anonymous?.id != null) file.program.body.unshift(named(anonymous.id.name));
  return imports;
}

const placed = new RegExp(`^${placeMark(0).replace('0', '\\d+')}$`);

/** As text. Every statement is on the line it was on. */
export function printTree(file: File, text: string): string {
  const isMark = (comment: string) => placed.test(comment);
  return generate(file, { retainLines: true, shouldPrintComment: isMark, jsescOption: { minimal: true } }, text).code;
}

/** Babel's message without the file's name and the piece of the text it shows; where that piece says. */
function inWords(error: unknown, text: string): unknown {
  if (!(error instanceof Error) || isOverflow(error)) return error;
  const line = /^> *(\d+) \|/m.exec(error.message);
  if (line === null && !('code' in error && error.code === 'BABEL_TRANSFORM_ERROR')) return error;
  const column = /^ +\| ( *)\^/m.exec(error.message);
  const lines = new LineIndex(text);
  const offset = line === null ? 0 : lines.offset(Number(line[1]) - 1) + (column?.[1]?.length ?? 0);
  const message = error.message
    .split('\n')[0]!
    .replace(/^(?:unknown file|unknown): /, '')
    .replace(/^Duplicate declaration "(.*)"$/, "'$1' is declared twice");
  return new SourceSyntaxError(message, offset);
}

/** `yield;`: all names are bound, and what is imported is evaluated before the rest. */
function pause(): Statement {
  const expression = { type: 'YieldExpression', argument: null, delegate: false };
  return { type: 'ExpressionStatement', expression } as unknown as Statement;
}

/** `exports["name"] = local;` */
function exporting({ local, exported }: Split['enums'][number]): Statement {
  const name = (value: string) => ({ type: 'Identifier', name: value });
  const property = { type: 'StringLiteral', value: exported };
  const left = { type: 'MemberExpression', object: name('exports'), property, computed: true };
  const expression = { type: 'AssignmentExpression', operator: '=', left, right: name(local) };
  return { type: 'ExpressionStatement', expression } as unknown as Statement;
}

function enumName(statement: Statement): string[] {
  const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  return inner?.type === 'TSEnumDeclaration' ? [inner.id.name] : [];
}

function isRequire(statement: Statement): boolean {
  const value =
    statement.type === 'VariableDeclaration'
      ? statement.declarations[0]?.init
      : statement.type === 'ExpressionStatement'
        ? statement.expression
        : undefined;
  return value?.type === 'CallExpression' && value.callee.type === 'Identifier' && value.callee.name === 'require';
}

function anonymousDefault({ body }: Program): FunctionDeclaration | undefined {
  for (const statement of body)
    if (statement.type === 'ExportDefaultDeclaration' && statement.declaration.type === 'FunctionDeclaration')
      return statement.declaration.id == null ? statement.declaration : undefined;
  return undefined;
}

/** `Object.defineProperty(_default, "name", { value: "default", configurable: true });` */
function named(name: string): Statement {
  const property = (key: string, value: object) => ({
    ...{ type: 'ObjectProperty', key: { type: 'Identifier', name: key }, value, computed: false, shorthand: false },
  });
  const text = (value: string) => ({ type: 'StringLiteral', value });
  const properties = [
    property('value', text('default')),
    property('configurable', { type: 'BooleanLiteral', value: true }),
  ];
  const identifier = (value: string) => ({ type: 'Identifier', name: value });
  const callee = {
    type: 'MemberExpression',
    object: identifier('Object'),
    property: identifier('defineProperty'),
    computed: false,
  };
  const args = [identifier(name), text('name'), { type: 'ObjectExpression', properties }];
  return {
    type: 'ExpressionStatement',
    expression: { type: 'CallExpression', callee, arguments: args },
  } as unknown as Statement;
}
