/** What an import specifier means. Works on URIs and on paths: both are segments between slashes. */

/** Gives a file's text as it stands in the editor, else on disk; undefined where there is none. */
export interface SourceHost {
  read(file: string): string | undefined;
}

export type Resolution =
  | { readonly kind: 'library' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** The package a model file may import. */
export const library = 'tensight';

export function resolveImport(specifier: string, from: string, host: SourceHost): Resolution {
  if (specifier === library) return { kind: 'library' };
  const expected = `a model file imports from '${library}' or from a .ts file by a relative path`;
  if (specifier.startsWith('node:'))
    return {
      kind: 'refused',
      message: `'${specifier}' is not available: ${expected}`,
      hint: 'Models run without Node, files or network. Put data into a .ts or .json file and import that.',
    };
  if (!/^\.\.?(\/|$)/.test(specifier))
    return {
      kind: 'refused',
      message: `'${specifier}' is not available: ${expected}`,
      hint: `For a file beside this one write './${specifier.replace(/^.*\//, '')}'.`,
    };
  const target = join(from, specifier);
  for (const candidate of candidates(target)) {
    if (candidate !== from && host.read(candidate) !== undefined) return { kind: 'file', file: candidate };
    if (candidate === from) return { kind: 'file', file: candidate };
  }
  const looked = candidates(specifier).join(', ');
  return {
    kind: 'refused',
    message:
      looked === '' ? `'${specifier}' is not a .ts file` : `there is no file '${specifier}' (looked for ${looked})`,
    hint: looked === '' ? 'Only .ts and .json files can be imported.' : 'Check the spelling and the folder.',
  };
}

/** The files an import of `target` may mean, as TypeScript looks for them. */
function candidates(target: string): string[] {
  if (/\.(ts|json)$/.test(target)) return target.endsWith('.d.ts') ? [] : [target];
  if (target.endsWith('.js')) return [`${target.slice(0, -3)}.ts`];
  if (/\.(mjs|cjs|jsx|tsx|mts|cts)$/.test(target)) return [];
  return [`${target.replace(/\/$/, '')}.ts`, `${target.replace(/\/$/, '')}/index.ts`];
}

function join(from: string, specifier: string): string {
  const isUri = /^[a-zA-Z][a-zA-Z0-9+.-]+:/.test(from);
  const segments = from.split(isUri ? '/' : /[\\/]/);
  segments.pop();
  for (const segment of specifier.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(isUri ? encode(segment) : segment);
  }
  return segments.join('/');
}

/** As VS Code writes URIs. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
