import type { Problem, Site } from '../../core/trace/trace.ts';
import type { CompiledModule, ExportTable } from '../protocol/engine.ts';
import { findBindings } from './bindings.ts';
import { plainClass } from './classes.ts';
import { compileTree, printTree } from './compile.ts';
import { longestText, type SourceHost, tooLong, UnreadableError } from './host.ts';
import { resolveImport } from './imports.ts';
import { instrument } from './instrument.ts';
import { exportedNames, noExports, resolveExport } from './linking.ts';
import { Marks } from './marks.ts';
import { type ImportedModule, keepNames, splitModule } from './modules.ts';
import { isOverflow, nestedTooDeeply, parseSource, SourceSyntaxError } from './parse.ts';
import { weave } from './weave.ts';

export type { SourceHost } from './host.ts';

/** A model file and all it imports, ready for the engine. */
export interface Program {
  /** Entry first. */
  readonly modules: readonly CompiledModule[];
  /** Of all modules; ids are positions here. */
  readonly sites: readonly Site[];
  /** Where any is an error the program cannot run. */
  readonly problems: readonly Problem[];
  /** Every file that was read or looked for and found: an edit of one asks for another run. */
  readonly files: readonly string[];
}

/** One file, instrumented; kept until its text changes. */
interface Unit {
  readonly text: string;
  readonly code: string;
  readonly sites: readonly Site[];
  readonly problems: readonly Problem[];
  readonly exports: ExportTable;
  /** Those that are left once types are gone. */
  readonly imports: readonly ImportedFile[];
}

/** What a file imports from one place, each at its place in the text. */
interface ImportedFile extends Placed {
  readonly specifier: string;
  readonly names: readonly ({ readonly name: string } & Placed)[];
}

interface Placed {
  readonly range: Site['range'];
}

/** Compiles programs and remembers the files it has seen. */
export class SourceCompiler {
  readonly #units = new Map<string, Unit>();

  constructor(private readonly capacity = 200) {}

  /** Reads the entry and what it imports, and instruments what has changed since the last time. */
  compile(entry: string, host: SourceHost): Program {
    const modules: CompiledModule[] = [];
    const sites: Site[] = [];
    const problems: Problem[] = [];
    const files = [entry];
    const unread: string[] = [];
    const units = new Map<string, Unit>();
    const cachedHost = new CachedHost(host);
    for (let i = 0; i < files.length; i++) {
      const file = files[i]!;
      const text = readEntry(file, cachedHost, problems);
      if (text === undefined) continue;
      const unit = this.#unit(file, text);
      units.set(file, unit);
      problems.push(...unit.problems);
      const imports: Record<string, string> = {};
      for (const { specifier, range } of unit.imports) {
        const resolution = resolveImport(specifier, file, cachedHost);
        switch (resolution.kind) {
          case 'library':
            break;
          case 'file':
            imports[specifier] = resolution.file;
            if (!files.includes(resolution.file)) files.push(resolution.file);
            break;
          case 'refused': {
            const { message, hint } = resolution;
            // Once it can be read another run is due.
            if (resolution.file !== undefined && !files.includes(resolution.file)) unread.push(resolution.file);
            problems.push({ severity: 'error', code: 'import', message, hint, file, range });
            break;
          }
          default:
            resolution satisfies never;
        }
      }
      modules.push({ file, code: unit.code, siteBase: sites.length, imports, exports: unit.exports });
      for (const site of unit.sites) sites.push(site);
    }
    problems.push(...missingExports(modules, units));
    return { modules, sites, problems, files: [...files, ...unread] };
  }

  #unit(file: string, text: string): Unit {
    const known = this.#units.get(file);
    this.#units.delete(file);
    const unit = known?.text === text ? known : compileUnit(file, text);
    this.#units.set(file, unit);
    if (this.#units.size > this.capacity) {
      const oldest = this.#units.keys().next();
      if (!oldest.done) this.#units.delete(oldest.value);
    }
    return unit;
  }
}

/** Reads each file once, whatever comes of it: a program is of one moment. */
class CachedHost implements SourceHost {
  readonly #texts = new Map<string, string | undefined | UnreadableError>();

  constructor(private readonly host: SourceHost) {}

  read(file: string): string | undefined {
    if (!this.#texts.has(file)) this.#texts.set(file, this.#read(file));
    const known = this.#texts.get(file);
    if (known instanceof UnreadableError) throw known;
    return known;
  }

  #read(file: string): string | undefined | UnreadableError {
    try {
      const text = this.host.read(file);
      return text !== undefined && text.length > longestText(file) ? tooLong(file, text.length) : text;
    } catch (error) {
      if (error instanceof UnreadableError) return error;
      throw error;
    }
  }
}

/** A file's text; undefined, with a problem, where it has none. Only the entry can't be read: imports are looked for before. */
function readEntry(file: string, host: SourceHost, problems: Problem[]): string | undefined {
  try {
    const text = host.read(file);
    if (text === undefined)
      problems.push({ severity: 'error', code: 'import', message: `there is no file ${file}`, file });
    return text;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const { why, hint } = error;
    problems.push({ severity: 'error', code: 'import', message: `this file ${why}`, hint, file });
    return undefined;
  }
}

/** Names that are imported and not exported. The library says for itself what it does not have. */
function missingExports(modules: readonly CompiledModule[], units: ReadonlyMap<string, Unit>): Problem[] {
  const linked = new Map(
    modules.flatMap((module) =>
      units.get(module.file)?.problems.length === 0 ? [[module.file, module] as const] : [],
    ),
  );
  const problems: Problem[] = [];
  for (const { file, imports } of linked.values())
    for (const { specifier, names } of units.get(file)!.imports) {
      const target = imports[specifier];
      if (target === undefined) continue;
      for (const { name, range } of names) {
        const { kind } = resolveExport(linked, target, name);
        if (kind !== 'missing' && kind !== 'ambiguous') continue;
        const what = name === 'default' ? 'has no default export' : `exports no '${name}'`;
        const has = exportedNames(linked, target).slice(0, shownNames).join(', ');
        const [message, hint] =
          kind === 'missing'
            ? [`'${specifier}' ${what}`, has === '' ? 'It exports nothing.' : `It exports ${has}.`]
            : [`'${specifier}' exports '${name}' from more than one file`, 'Import it from the file that declares it.'];
        problems.push({ severity: 'error', code: 'import', message, hint, file, range });
      }
    }
  return problems;
}

const shownNames = 12;

const shared = new SourceCompiler();

/** Compiles with a cache shared by the whole process. */
export function compileProgram(entry: string, host: SourceHost): Program {
  return shared.compile(entry, host);
}

function compileUnit(file: string, text: string): Unit {
  try {
    return file.endsWith('.json') ? compileJson(file, text) : compileFile(file, text);
  } catch (error) {
    return { text, code: '', sites: [], problems: [brokenBy(error, file)], exports: noExports, imports: [] };
  }
}

/** The problem of a file at which Tensight itself failed. */
export function brokenBy(error: unknown, file: string): Problem {
  const message = `Tensight failed at this file: ${error instanceof Error ? error.message : String(error)}`;
  const hint = 'This is a fault of Tensight, not of the file. Please report it with the file.';
  const stack = error instanceof Error ? error.stack : undefined;
  return { severity: 'error', code: 'crashed', message, hint, file, ...(stack === undefined ? {} : { stack }) };
}

function compileFile(file: string, text: string): Unit {
  const marks = new Marks(file, text);
  const failed = (): Unit => ({ text, code: '', sites: [], problems: marks.problems, exports: noExports, imports: [] });
  try {
    const tree = parseSource(text);
    const bindings = findBindings(tree.program);
    const classes = instrument(tree.program, marks, bindings);
    if (marks.problems.length > 0) return failed();
    classes.forEach(plainClass);
    keepNames(tree.program);
    const { table, reexported, enums } = splitModule(tree.program);
    const imports = merged([...compileTree(tree, text, bindings.declared, enums), ...reexported]);
    weave(tree, marks);
    return {
      ...{ text, code: printTree(tree, text), sites: marks.sites, problems: [], exports: table },
      imports: imports.map((item) => placed(item, marks)),
    };
  } catch (error) {
    const refused = isOverflow(error) ? nestedTooDeeply(text) : error;
    if (!(refused instanceof SourceSyntaxError)) throw error;
    marks.problemAtWord('syntax', refused.offset, refused.message);
    return failed();
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
  const unit = { text, sites: [], imports: [], exports: { ...noExports, own: { default: 'lexical' } } } as const;
  try {
    JSON.parse(text);
  } catch (error) {
    const message = `this is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { ...unit, code: '', problems: [{ severity: 'error', code: 'syntax', message, file }] };
  }
  const code = `exports.default = JSON.parse(${JSON.stringify(text)});`;
  return { ...unit, code, problems: [] };
}
