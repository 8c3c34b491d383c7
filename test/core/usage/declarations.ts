/** What TypeScript says of everything `core/` exports. */
import ts from 'typescript';

const core = new URL('../../../core/', import.meta.url).pathname;
let made: { readonly checker: ts.TypeChecker; moduleOf(path: string): ts.Symbol } | undefined;

/** The checker, and a file of `core/` as the module it is. Made once for all files that one worker runs. */
export function declarations(): NonNullable<typeof made> {
  if (made !== undefined) return made;
  const program = ts.createProgram([`${core}index.ts`], {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    lib: ['lib.es2023.d.ts'],
    types: [],
  });
  const checker = program.getTypeChecker();
  made = { checker, moduleOf: (path) => checker.getSymbolAtLocation(program.getSourceFile(`${core}${path}`)!)! };
  return made;
}
