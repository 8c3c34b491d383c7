/**
 * A text that edits can't compile, by Babel's transforms. They take a tenth of a second to load and few files need them: in the
 * bundles they are loaded when the first does (scripts/build/lazy.mjs), so nothing else imports what is imported here.
 */
import type { File } from '@babel/types';
import { compileTree, printTree } from './compile.ts';
import type { Marks } from './marks.ts';
import type { ImportedModule, Split } from './modules.ts';
import { weave } from './weave.ts';

export interface Source {
  readonly tree: File;
  readonly text: string;
  /** Names that are declared anywhere. */
  readonly declared: ReadonlySet<string>;
  readonly enums: Split['enums'];
}

/** With the probes of `marks`, where there are marks. Says what is still imported. */
export function transform(
  { tree, text, declared, enums }: Source,
  marks: Marks | undefined,
): { readonly code: string; readonly imports: readonly ImportedModule[] } {
  const imports = compileTree(tree, text, declared, enums);
  if (marks !== undefined) weave(tree, marks);
  return { code: printTree(tree, text), imports };
}
