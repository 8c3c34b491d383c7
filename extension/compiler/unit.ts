/** One file: probes put in, types and modules compiled. */
import type { ImportDeclaration, Program } from '@babel/types';
import type { Problem, Range, Site } from '../../core/trace/trace.ts';
import type { ExportTable } from '../protocol/engine.ts';
import { findBindings } from './bindings.ts';
import { plainClass } from './classes.ts';
import { Edits } from './edits.ts';
import { eraseTypes, type ImportUse } from './erase.ts';
import { instrument } from './instrument.ts';
import { jsonFault } from './json.ts';
import { checkKeywords } from './keywordArguments.ts';
import { noExports } from './linking.ts';
import { eraseLinks, link } from './links.ts';
import { Marks } from './marks.ts';
import { NeedsTransform } from './members.ts';
import { type ImportedModule, importedModule, keepNames, splitModule } from './modules.ts';
import { nestedTooDeeply } from './nesting.ts';
import { isOverflow, parseSource, SourceSyntaxError } from './parse.ts';
import { declaredTwice } from './parserWords.ts';
import { putProbes } from './probes.ts';
import { LineIndex } from './text.ts';
import { transform } from './transforms.ts';

/** One file, instrumented; kept until its text changes. */
export interface Unit {
  readonly text: string;
  readonly code: string;
  readonly sites: readonly Site[];
  readonly places: readonly Range[];
  readonly problems: readonly Problem[];
  readonly exports: ExportTable;
  /** Those that are left once types are gone. */
  readonly imports: readonly ImportedFile[];
}

/** What a file imports from one place, each at its place in the text. */
export interface ImportedFile extends Placed {
  readonly specifier: string;
  readonly names: readonly ({ readonly name: string } & Placed)[];
}

interface Placed {
  readonly range: Site['range'];
}

/** Compiles one file, whatever it holds. */
export function compileUnit(file: string, text: string, options: CompileOptions = {}): Unit {
  try {
    return file.endsWith('.json') ? compileJson(file, text) : compileFile(file, text, options);
  } catch (error) {
    return {
      text,
      code: '',
      sites: [],
      places: [],
      problems: [brokenBy(error, file)],
      exports: noExports,
      imports: [],
    };
  }
}

/** The problem of a file at which Tensight itself failed. */
export function brokenBy(error: unknown, file: string): Problem {
  const message = `Tensight failed at this file: ${error instanceof Error ? error.message : String(error)}`;
  const hint = 'This is a bug in Tensight, not in the file. Please report it with the file.';
  const stack = error instanceof Error ? error.stack : undefined;
  return { severity: 'error', code: 'crashed', message, hint, file, ...(stack === undefined ? {} : { stack }) };
}

function compileFile(file: string, text: string, options: CompileOptions): Unit {
  const marks = new Marks(file, text);
  try {
    const code = compileText(text, marks, options);
    if (code !== undefined) {
      const imports = code.imports.map((item) => placed(item, marks));
      return {
        text,
        code: code.code,
        sites: marks.sites,
        places: marks.places,
        problems: [],
        exports: code.exports,
        imports,
      };
    }
  } catch (error) {
    const refused = isOverflow(error) ? nestedTooDeeply(text) : error;
    if (!(refused instanceof SourceSyntaxError)) throw error;
    marks.problemAtWord('syntax', refused.offset, refused.message, refused.hint);
  }
  return { text, code: '', sites: [], places: [], problems: marks.problems, exports: noExports, imports: [] };
}

/** A text as the body of a function. */
export interface Code {
  readonly code: string;
  readonly exports: ExportTable;
  readonly imports: readonly ImportedModule[];
}

/** How a text is compiled, for those who compare. */
export interface CompileOptions {
  /** By default there are. */
  readonly probes?: boolean;
  /** By Babel's transforms (`tree`), or by edits of the text (`text`, else NeedsTransform is thrown). By default whichever will do. */
  readonly by?: 'tree' | 'text';
}

/** Compiles a text. undefined where it has problems: `marks` has them. Throws SourceSyntaxError. */
export function compileText(text: string, marks: Marks, { probes = true, by }: CompileOptions = {}): Code | undefined {
  const tree = parseSource(text);
  checkKeywords(tree.program, text);
  checkImportedOnce(tree.program);
  const edits = new Edits(text);
  let reads: ReadonlyMap<string, readonly ImportUse[]> | undefined;
  if (by !== 'tree')
    try {
      // Before anything is changed in the tree.
      reads = eraseTypes(tree, text, edits);
    } catch (error) {
      if (!(error instanceof NeedsTransform) || by === 'text') throw error;
    }
  const bindings = findBindings(tree.program);
  const classes = instrument(tree.program, marks, bindings);
  marks.divisions(tree.comments ?? []);
  if (marks.problems.length > 0) return undefined;
  if (reads === undefined) {
    classes.forEach(plainClass);
    keepNames(tree.program);
    const { table, reexported, enums } = splitModule(tree.program);
    const transformed = transform({ tree, text, declared: bindings.declared, enums }, probes ? marks : undefined);
    return { code: transformed.code, exports: table, imports: merged([...transformed.imports, ...reexported]) };
  }
  const locals = eraseLinks(tree.program, edits);
  const { table, reexported } = splitModule(tree.program);
  const declared = tree.program.body.filter((item): item is ImportDeclaration => item.type === 'ImportDeclaration');
  const { head, imports } = link(declared, reads, locals, table, edits);
  if (probes) putProbes(marks, edits);
  const code = head + edits.apply();
  return { code, exports: table, imports: merged([...imports.map(importedModule), ...reexported]) };
}

/** Throws SourceSyntaxError where two imports bring one name, or an enum has it: the parser leaves that to the checker of types. */
function checkImportedOnce({ body }: Program): void {
  const imported = new Set<string>();
  for (const item of body) {
    if (item.type !== 'ImportDeclaration' || item.importKind === 'type') continue;
    for (const specifier of item.specifiers) {
      if (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type') continue;
      const { name, start } = specifier.local;
      if (imported.has(name)) throw new SourceSyntaxError(`'${name}' is declared twice`, start!, declaredTwice);
      imported.add(name);
    }
  }
  for (const item of body) {
    const inner = item.type === 'ExportNamedDeclaration' ? item.declaration : item;
    if (inner?.type === 'TSEnumDeclaration' && imported.has(inner.id.name))
      throw new SourceSyntaxError(`'${inner.id.name}' is declared twice`, inner.id.start!, declaredTwice);
  }
}

/** One of each place: a declaration whose names are exported again is there twice. */
function merged(imports: readonly ImportedModule[]): ImportedModule[] {
  const byStart = new Map<number, ImportedModule>();
  for (const item of imports) {
    const known = byStart.get(item.start);
    const names = [...(known?.names ?? []), ...item.names];
    byStart.set(item.start, { ...item, names: [...new Map(names.map((name) => [name.start, name])).values()] });
  }
  return [...byStart.values()];
}

function placed({ specifier, start, end, names }: ImportedModule, marks: Marks): ImportedFile {
  return {
    ...{ specifier, range: marks.range(start, end) },
    names: names.map((item) => ({ name: item.name, range: marks.range(item.start, item.end) })),
  };
}

function compileJson(file: string, text: string): Unit {
  const unit = {
    text,
    sites: [],
    places: [],
    imports: [],
    exports: { ...noExports, own: { default: 'lexical' } },
  } as const;
  // A mark at the beginning that says how it is encoded is no part of it.
  const json = text.replace(/^\ufeff/, '');
  try {
    JSON.parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { offset, message } = jsonFault(json);
    const range = new LineIndex(json).range(offset, Math.min(json.length, offset + 1));
    return { ...unit, code: '', problems: [{ severity: 'error', code: 'syntax', message, file, range }] };
  }
  const code = `exports.default = JSON.parse(${JSON.stringify(json)});`;
  return { ...unit, code, problems: [] };
}
