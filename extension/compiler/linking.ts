/**
 * What the modules of a program export, and which declaration a name of another module means: ECMAScript's ResolveExport
 * (ECMA-262, 16.2.1.7.2.3), on tables that the compiler makes and the loader uses as well.
 */
import type { ExportTable } from '../protocol/engine.ts';
import { library } from './imports.ts';

/** The namespace of a module: `export * as ns from`. */
export const everything = '*';

export type Resolution =
  | { readonly kind: 'own'; readonly file: string; readonly name: string }
  | { readonly kind: 'namespace'; readonly file: string }
  /** A name of the library; `everything` for all of it. */
  | { readonly kind: 'library'; readonly name: string }
  | { readonly kind: 'type' | 'missing' | 'ambiguous' };

/** A module as linking sees it. */
export interface LinkedModule {
  readonly exports: ExportTable;
  /** Import specifier → file. What is not listed is the library, or not there. */
  readonly imports: Readonly<Record<string, string>>;
}

/** A program as linking sees it. */
export interface Program {
  /** By file. */
  readonly modules: ReadonlyMap<string, LinkedModule>;
  /** What the library exports. */
  readonly library: readonly string[];
}

export const noExports: ExportTable = { own: {}, indirect: {}, stars: [], types: [] };

/** What `name` of `file` means. A module that is not there (it could not be compiled) has nothing to miss: `type`. */
export function resolveExport(program: Program, file: string, name: string, seen: Set<string> = new Set()): Resolution {
  const key = `${file}\n${name}`;
  if (seen.has(key)) return { kind: 'missing' };
  seen.add(key);
  const module = program.modules.get(file);
  if (module === undefined) return { kind: 'type' };
  const { own, indirect, stars, types } = module.exports;
  if (Object.hasOwn(own, name)) return { kind: 'own', file, name };
  const source = Object.hasOwn(indirect, name) ? indirect[name] : undefined;
  if (source !== undefined) {
    const target = module.imports[source.specifier];
    if (target === undefined) return resolveElsewhere(program, source.specifier, source.name);
    return source.name === everything
      ? { kind: 'namespace', file: target }
      : resolveExport(program, target, source.name, seen);
  }
  if (types.includes(name)) return { kind: 'type' };
  if (name === 'default') return { kind: 'missing' };
  let found: Resolution = { kind: 'missing' };
  for (const specifier of stars) {
    const target = module.imports[specifier];
    const one =
      target === undefined ? resolveElsewhere(program, specifier, name) : resolveExport(program, target, name, seen);
    if (one.kind === 'ambiguous') return one;
    if (one.kind === 'missing') continue;
    if (found.kind === 'missing') found = one;
    else if (!same(found, one)) return { kind: 'ambiguous' };
  }
  return found;
}

/** A name of what is no file of the program. */
function resolveElsewhere({ library: names }: Program, specifier: string, name: string): Resolution {
  if (specifier !== library) return { kind: 'type' };
  return name === everything || names.includes(name) ? { kind: 'library', name } : { kind: 'missing' };
}

function same(a: Resolution, b: Resolution): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** All names a module exports, its own first, in the order of the text. */
export function exportedNames(program: Program, file: string, seen: Set<string> = new Set()): readonly string[] {
  const module = program.modules.get(file);
  if (module === undefined || seen.has(file)) return [];
  seen.add(file);
  const names = new Set([...Object.keys(module.exports.own), ...Object.keys(module.exports.indirect)]);
  for (const specifier of module.exports.stars) {
    const target = module.imports[specifier];
    const more =
      target !== undefined ? exportedNames(program, target, seen) : specifier === library ? program.library : [];
    for (const name of more) if (name !== 'default') names.add(name);
  }
  return [...names];
}
