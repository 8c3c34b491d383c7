/** What an import specifier means. Works on URIs and on paths: both are segments between slashes. */
import { type SourceHost, UnreadableError } from './host.ts';
import { shorten } from './text.ts';

export type Resolution =
  | { readonly kind: 'library' }
  | { readonly kind: 'file'; readonly file: string }
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly hint: string;
      /** The file that is meant, where there is one. */
      readonly file?: string;
    };

/** The package a model file may import. */
export const library = 'tensight';

export function resolveImport(specifier: string, from: string, host: SourceHost): Resolution {
  if (specifier === library) return { kind: 'library' };
  const shown = shorten(specifier);
  const expected = `a model file imports from '${library}' or from a .ts file by a relative path`;
  if (specifier.startsWith('node:'))
    return {
      kind: 'refused',
      message: `'${shown}' is not available: ${expected}`,
      hint: 'Models have no access to Node, files or the network. Put the data into a .ts or .json file and import that.',
    };
  if (!/^\.\.?(\/|$)/.test(specifier))
    return {
      kind: 'refused',
      message: `'${shown}' is not available: ${expected}`,
      hint: `For a file beside this one write './${shown.replace(/^.*\//, '')}'.`,
    };
  const target = join(from, specifier);
  for (const candidate of candidates(target)) {
    if (candidate === from) return { kind: 'file', file: candidate };
    try {
      if (host.read(candidate) !== undefined) return { kind: 'file', file: candidate };
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      const { why, hint } = error;
      return { kind: 'refused', message: `'${shorten(specifier)}' ${why}`, hint, file: candidate };
    }
  }
  const looked = candidates(specifier).map(shorten).join(', ');
  return {
    kind: 'refused',
    message: looked === '' ? `'${shown}' is not a .ts file` : `there is no file '${shown}' (looked for ${looked})`,
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
  // Half a surrogate pair has no encoding.
  return encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
