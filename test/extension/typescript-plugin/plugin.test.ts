import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import init, { resolveTensight } from '../../../extension/typescript-plugin/index.ts';

const shipped = '/ext/dist/tensight/index.d.ts';

/** A language service over files in memory, resolving as TypeScript does. */
function service(files: Record<string, string>, plugin: (host: ts.LanguageServiceHost) => void) {
  const options: ts.CompilerOptions = {
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, noLib: true, types: [] },
  };
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => ['/w/a.model.ts'],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => (files[name] === undefined ? undefined : ts.ScriptSnapshot.fromString(files[name])),
    getCurrentDirectory: () => '/w',
    getDefaultLibFileName: () => '/lib.d.ts',
    fileExists: (name) => files[name] !== undefined,
    readFile: (name) => files[name],
    directoryExists: (name) => Object.keys(files).some((file) => file.startsWith(`${name}/`)),
    resolveModuleNameLiterals: (literals, containing, redirected, compilerOptions) =>
      literals.map(({ text }) => ts.resolveModuleName(text, containing, compilerOptions, host, undefined, redirected)),
  };
  plugin(host);
  return ts.createLanguageService(host);
}

const model =
  "import { defineModel } from 'tensight';\nimport { x } from './b';\nimport { y } from 'other';\nconst m = defineModel(x, y);";
const files = {
  '/w/a.model.ts': model,
  '/w/b.ts': 'export const x = 1;',
  [shipped]: 'export declare function defineModel(...a: number[]): { layers: 2 };',
};
const typeOfM = (languageService: ts.LanguageService) => {
  const info = languageService.getQuickInfoAtPosition('/w/a.model.ts', model.indexOf('m ='));
  return ts.displayPartsToString(info?.displayParts).replace(/\s+/g, ' ');
};

describe("import … from 'tensight' has its types", () => {
  it('in a folder with nothing installed', () => {
    const languageService = service(files, (host) => resolveTensight(host, shipped));
    expect(typeOfM(languageService)).toBe('const m: { layers: 2; }');
    const errors = languageService
      .getSemanticDiagnostics('/w/a.model.ts')
      .map(({ messageText }) => String(messageText));
    expect(errors.filter((text) => text.includes('Cannot find module'))).toHaveLength(1);
  });

  it("of the person's own installation where there is one", () => {
    const own = {
      ...files,
      '/w/node_modules/tensight/package.json': '{"name":"tensight","types":"./t.d.ts"}',
      '/w/node_modules/tensight/t.d.ts': 'export declare function defineModel(...a: number[]): { layers: 9 };',
    };
    expect(typeOfM(service(own, (host) => resolveTensight(host, shipped)))).toBe('const m: { layers: 9; }');
  });

  it('as a plugin leaves everything else as it is', () => {
    const languageService = service(files, (host) => {
      const given = {} as ts.LanguageService;
      expect(init().create({ languageService: given, languageServiceHost: host })).toBe(given);
    });
    // Nothing is built in this test, so the shipped declarations are not in its files; './b' still resolves.
    expect(languageService.getProgram()?.getSourceFile('/w/b.ts')).toBeDefined();
  });
});
