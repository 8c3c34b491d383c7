/**
 * Gives `import … from 'tensight'` its types in any folder, with nothing installed there: where TypeScript finds no such
 * package of the person's own, the declarations that came with the extension are it.
 */
import { join } from 'node:path';
import type ts from 'typescript';

type Host = Pick<ts.LanguageServiceHost, 'resolveModuleNameLiterals'>;

/** From the plugin's folder in the extension to the declarations the build wrote. */
const declarations = join(import.meta.dirname, '..', '..', 'dist', 'tensight', 'index.d.ts');

/** Makes `host` resolve 'tensight' to `file` wherever it would find nothing. */
export function resolveTensight(host: Host, file: string): void {
  const original = host.resolveModuleNameLiterals?.bind(host);
  if (original === undefined) return;
  host.resolveModuleNameLiterals = (literals, ...rest) =>
    original(literals, ...rest).map((resolved, i) => {
      if (resolved.resolvedModule !== undefined || literals[i]?.text !== 'tensight') return resolved;
      return {
        ...resolved,
        resolvedModule: {
          resolvedFileName: file,
          extension: '.d.ts' as ts.Extension.Dts,
          isExternalLibraryImport: true,
          resolvedUsingTsExtension: false,
        },
      };
    });
}

interface CreateInfo {
  readonly languageService: ts.LanguageService;
  readonly languageServiceHost: ts.LanguageServiceHost;
}

/** What the TypeScript server calls with itself. */
export default function init(): { create(info: CreateInfo): ts.LanguageService } {
  return {
    create({ languageService, languageServiceHost }) {
      resolveTensight(languageServiceHost, declarations);
      return languageService;
    },
  };
}
