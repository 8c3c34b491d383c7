import { nearest } from '../../core/nearest.ts';
import type { Problem, Site } from '../../core/trace/trace.ts';
import type { CompiledModule } from '../protocol/engine.ts';
import { longestText, type SourceHost, tooLong, UnreadableError } from './host.ts';
import { library, resolveImport } from './imports.ts';
import { libraryNames, namesWithin } from './library.ts';
import { exportedNames, type Resolution, resolveExport } from './linking.ts';
import { shorten } from './text.ts';
import { type CompileOptions, compileUnit, type Unit } from './unit.ts';

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

/** Compiles programs and remembers the files it has seen. */
export class SourceCompiler {
  readonly #units = new Map<string, Unit>();

  constructor(
    private readonly capacity = 200,
    private readonly options: CompileOptions = {},
  ) {}

  /** Reads the entry and what it imports, and instruments what has changed since the last time. */
  compile(entry: string, host: SourceHost): Program {
    const modules: CompiledModule[] = [];
    const sites: Site[] = [];
    const problems: Problem[] = [];
    const files = [entry];
    const unread = new Set<string>();
    const listed = new Set(files);
    const units = new Map<string, Unit>();
    const cachedHost = new CachedHost(host);
    for (let i = 0; i < files.length; i++) {
      const file = files[i]!;
      const text = readEntry(file, cachedHost, problems);
      if (text === undefined) continue;
      const unit = this.#unit(file, text);
      units.set(file, unit);
      // Nobody has a JSON file open to look for a mistake: that is told where it is imported.
      if (i === 0 || !file.endsWith('.json')) for (const problem of unit.problems) problems.push(problem);
      const imports: Record<string, string> = {};
      for (const { specifier, range } of unit.imports) {
        const resolution = resolveImport(specifier, file, cachedHost);
        switch (resolution.kind) {
          case 'library':
            break;
          case 'file':
            imports[specifier] = resolution.file;
            if (!listed.has(resolution.file)) files.push(resolution.file);
            listed.add(resolution.file);
            break;
          case 'refused': {
            const { message, hint } = resolution;
            // Once it can be read another run is due.
            if (resolution.file !== undefined && !listed.has(resolution.file)) unread.add(resolution.file);
            problems.push({ severity: 'error', code: 'import', message, hint, file, range });
            break;
          }
          default:
            resolution satisfies never;
        }
      }
      modules.push({
        file,
        code: unit.code,
        siteBase: sites.length,
        places: unit.places,
        imports,
        exports: unit.exports,
      });
      for (const site of unit.sites) sites.push(site);
    }
    for (const problem of [...brokenJson(modules, units), ...missingExports(modules, units)]) problems.push(problem);
    return { modules, sites, problems: firstOf(problems), files: [...files, ...unread] };
  }

  #unit(file: string, text: string): Unit {
    const known = this.#units.get(file);
    this.#units.delete(file);
    const unit = known?.text === text ? known : compileUnit(file, text, this.options);
    this.#units.set(file, unit);
    if (this.#units.size > this.capacity) {
      const oldest = this.#units.keys().next();
      if (!oldest.done) this.#units.delete(oldest.value);
    }
    return unit;
  }
}

/** More than these nobody reads, and each is drawn, told and moved along with every keystroke. */
const mostProblems = 100;

function firstOf(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= mostProblems) return problems;
  const next = problems[mostProblems]!;
  const message = `${problems.length - mostProblems} more problems are not listed; this is the first of them: ${next.message}`;
  return [...problems.slice(0, mostProblems), { ...next, message }];
}

/** Reads each file once, whatever comes of it: a program is of one moment. */
class CachedHost implements SourceHost {
  readonly #texts = new Map<string, string | undefined | UnreadableError>();

  constructor(private readonly host: SourceHost) {}

  get folders(): readonly string[] {
    return this.host.folders ?? [];
  }

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
      problems.push({
        severity: 'error',
        code: 'import',
        message: `there is no file ${nameOf(file, host.folders)}`,
        file,
      });
    return text;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const { why, hint } = error;
    problems.push({ severity: 'error', code: 'import', message: `this file ${why}`, hint, file });
    return undefined;
  }
}

/** Imports of JSON files that are none. */
function brokenJson(modules: readonly CompiledModule[], units: ReadonlyMap<string, Unit>): Problem[] {
  return modules.flatMap(({ file, imports }) =>
    units.get(file)!.imports.flatMap(({ specifier, range }) => {
      const target = imports[specifier];
      const [problem] = target?.endsWith('.json') ? units.get(target)!.problems : [];
      if (problem === undefined) return [];
      const { line, character } = problem.range?.start ?? { line: 0, character: 0 };
      const message = `${shorten(specifier)}:${line + 1}:${character + 1} is not JSON: ${problem.message}`;
      return [{ ...problem, code: 'import' as const, message, hint: 'Correct that file.', file, range }];
    }),
  );
}

/** Names that are imported and not exported. */
function missingExports(modules: readonly CompiledModule[], units: ReadonlyMap<string, Unit>): Problem[] {
  const linked = new Map(
    modules.flatMap((module) =>
      units.get(module.file)?.problems.length === 0 ? [[module.file, module] as const] : [],
    ),
  );
  const program = { modules: linked, library: libraryNames };
  const problems: Problem[] = [];
  for (const { file, imports } of linked.values())
    for (const { specifier, names } of units.get(file)!.imports) {
      const target = imports[specifier];
      if (target === undefined && specifier !== library) continue;
      for (const { name, range } of names) {
        const missing =
          target === undefined
            ? missingOfLibrary(name)
            : missingOfFile(specifier, name, resolveExport(program, target, name), exportedNames(program, target));
        if (missing === undefined) continue;
        const [message, hint] = missing;
        problems.push({ severity: 'error', code: 'import', message, hint, file, range });
      }
    }
  return problems;
}

type Missing = readonly [message: string, hint: string] | undefined;

function missingOfLibrary(name: string): Missing {
  if (libraryNames.includes(name)) return undefined;
  if (name === 'default')
    return ["'tensight' has no default export", "Write import { nn, defineModel } from 'tensight'."];
  const near = nearest(name, [...libraryNames, ...namesWithin.keys()]);
  const within = namesWithin.get(name) ?? (near === undefined ? undefined : namesWithin.get(near));
  const meant =
    within === undefined
      ? near
      : `${within}.${namesWithin.has(name) ? name : near}, after import { ${within} } from 'tensight'`;
  return [
    `'tensight' exports no '${shorten(name)}'`,
    meant === undefined ? 'Check the spelling; completion lists what there is.' : `Did you mean ${meant}?`,
  ];
}

function missingOfFile(specifier: string, name: string, { kind }: Resolution, exported: readonly string[]): Missing {
  const [from, said] = [shorten(specifier), shorten(name)];
  if (kind === 'ambiguous')
    return [`'${from}' exports '${said}' from more than one file`, 'Import it from the file that declares it.'];
  if (kind !== 'missing') return undefined;
  const what = name === 'default' ? 'has no default export' : `exports no '${said}'`;
  const near = nearest(name, exported);
  const has = exported.slice(0, shownNames).join(', ');
  const all = has === '' ? 'It exports nothing.' : `It exports ${has}.`;
  return [`'${from}' ${what}`, near === undefined ? all : `Did you mean ${near}? ${all}`];
}

const shownNames = 12;

const shared = new SourceCompiler();

/** Compiles with a cache shared by the whole process. */
export function compileProgram(entry: string, host: SourceHost): Program {
  return shared.compile(entry, host);
}

/** A file by its path from the folder it is seen in, the innermost; by its own name where it lies in none. */
function nameOf(file: string, folders: readonly string[] = []): string {
  const within = folders
    .map((folder) => (folder.endsWith('/') ? folder : `${folder}/`))
    .filter((folder) => file.startsWith(folder))
    .sort((a, b) => b.length - a.length);
  const name = file.slice(within[0]?.length ?? file.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
