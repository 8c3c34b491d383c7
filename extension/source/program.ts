import { transform } from 'sucrase';
import type { Problem, Site } from '../../core/trace/trace.ts';
import type { CompiledModule } from '../protocol/engine.ts';
import { resolveImport, type SourceHost } from './imports.ts';
import { type ImportSpecifier, instrument } from './instrument.ts';
import { parseSource, SourceSyntaxError } from './parse.ts';
import { Patch } from './patch.ts';

export type { SourceHost } from './imports.ts';

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
  /** Those that are left once types are gone. */
  readonly imports: readonly (ImportSpecifier & { readonly range: Site['range'] })[];
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
    const texts = new Map<string, string | undefined>();
    const cachedHost: SourceHost = {
      read(file) {
        if (!texts.has(file)) texts.set(file, host.read(file));
        return texts.get(file);
      },
    };
    for (let i = 0; i < files.length; i++) {
      const file = files[i]!;
      const text = cachedHost.read(file);
      if (text === undefined) {
        problems.push({ severity: 'error', code: 'import', message: `there is no file ${file}`, file });
        continue;
      }
      const unit = this.#unit(file, text);
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
            problems.push({ severity: 'error', code: 'import', message, hint, file, range });
            break;
          }
          default:
            resolution satisfies never;
        }
      }
      modules.push({ file, code: unit.code, siteBase: sites.length, imports });
      for (const site of unit.sites) sites.push(site);
    }
    return { modules, sites, problems, files };
  }

  #unit(file: string, text: string): Unit {
    const known = this.#units.get(file);
    this.#units.delete(file);
    const unit =
      known?.text === text ? known : file.endsWith('.json') ? compileJson(file, text) : compileFile(file, text);
    this.#units.set(file, unit);
    if (this.#units.size > this.capacity) {
      const oldest = this.#units.keys().next();
      if (!oldest.done) this.#units.delete(oldest.value);
    }
    return unit;
  }
}

const shared = new SourceCompiler();

/** Compiles with a cache shared by the whole process. */
export function compileProgram(entry: string, host: SourceHost): Program {
  return shared.compile(entry, host);
}

function compileFile(file: string, text: string): Unit {
  const patch = new Patch(file, text);
  const failed = (): Unit => ({ text, code: '', sites: patch.sites, problems: patch.problems, imports: [] });
  try {
    const { program } = parseSource(text);
    const imports = instrument(program, patch);
    if (patch.problems.length > 0) return failed();
    const { code } = transform(patch.apply(), {
      transforms: ['typescript', 'imports'],
      disableESTransforms: true,
      keepUnusedImports: false,
      production: true,
    });
    const live = imports.filter(({ specifier }) => code.includes(`require('${specifier}')`));
    return {
      text,
      code,
      sites: patch.sites,
      problems: [],
      imports: live.map((item) => ({ ...item, range: patch.range(item.start, item.end) })),
    };
  } catch (error) {
    if (!(error instanceof SourceSyntaxError)) throw error;
    patch.problemAtWord('syntax', error.offset, error.message);
    return failed();
  }
}

function compileJson(file: string, text: string): Unit {
  const unit = { text, sites: [], imports: [] };
  try {
    JSON.parse(text);
  } catch (error) {
    const message = `this is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { ...unit, code: '', problems: [{ severity: 'error', code: 'syntax', message, file }] };
  }
  const code = `exports.__esModule = true; exports.default = JSON.parse(${JSON.stringify(text)});`;
  return { ...unit, code, problems: [] };
}
