/** Random programs with probes and without, and TypeScript of packages whose probes are taken out again. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { transformFromAstSync } from '@babel/core';
import types from '@babel/plugin-transform-typescript';
import { type Node, VISITOR_KEYS } from '@babel/types';
import { plainClass } from '../../../extension/compiler/classes.ts';
import { Edits } from '../../../extension/compiler/edits.ts';
import { eraseTypes } from '../../../extension/compiler/erase.ts';
import { eraseLinks } from '../../../extension/compiler/links.ts';
import { Marks } from '../../../extension/compiler/marks.ts';
import { NeedsTransform } from '../../../extension/compiler/members.ts';
import { keepNames } from '../../../extension/compiler/modules.ts';
import { parseSource, SourceSyntaxError } from '../../../extension/compiler/parse.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { type CompileOptions, compileText } from '../../../extension/compiler/unit.ts';
import { generateProgram } from '../compiler/programs/generate.ts';
import { Random } from '../compiler/programs/random.ts';
import { compileFiles, type Files, type Judge, runProbed } from '../compiler/programs/run.ts';
import { canonical } from '../compiler/programs/strip.ts';

export interface ProgramReport {
  readonly count: number;
  /** Programs that fail in both, in the same way. */
  readonly failing: number;
  readonly modules: number;
  readonly faults: readonly { readonly seed: number; readonly files: Files; readonly what: string }[];
}

/** Runs random programs with probes, and by Node's own modules without. */
export async function comparePrograms(
  { count, seed, judge }: { count: number; seed: number; judge: Judge },
  progress: (done: number) => void = () => {},
): Promise<ProgramReport> {
  const faults: ProgramReport['faults'][number][] = [];
  let [failing, modules] = [0, 0];
  for (let i = 0; i < count; i++) {
    // Some by edits of the text alone, some by Babel alone, some by either.
    const erasable = i % 2 === 0;
    const files = generateProgram(new Random(seed * 1_000_003 + i), erasable);
    modules += Object.keys(files).length;
    const program = compileFiles(files, i % 4 === 0 ? { by: 'text' } : i % 4 === 1 ? { by: 'tree' } : {});
    const probed = runProbed(program);
    const plain = await judge.run(files);
    // Where the end of the stack is, is nobody's promise.
    if (/call stack/.test(JSON.stringify([plain, probed]))) continue;
    // Nor is what a function looks like.
    if (/function \w*\(|=> |class \w*(?: extends \w+)? ?\{/.test(JSON.stringify(plain))) continue;
    if (plain.failure !== '') failing++;
    if (JSON.stringify(probed) !== JSON.stringify(plain)) {
      const said = program.problems.map(({ message }) => message).join('; ');
      faults.push({ seed: i, files, what: `${JSON.stringify(probed)}\nplain: ${JSON.stringify(plain)}\n${said}` });
    }
    if (i % 500 === 499) progress(i + 1);
  }
  return { count, failing, modules, faults };
}

export interface PackageReport {
  readonly compared: number;
  /** Whose types can be taken out of the text. */
  readonly erased: number;
  /** Files that are not compiled, by what is said of them. */
  readonly refused: ReadonlyMap<string, number>;
  readonly faults: readonly { readonly file: string; readonly what: string }[];
}

/** TypeScript files below folders, those of types alone left out. */
export function sourcesBelow(folders: readonly string[]): string[] {
  const out: string[] = [];
  const visit = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/(?<!\.d)\.ts$/.test(entry.name) && entry.isFile() && statSync(path).size < 500_000) out.push(path);
    }
  };
  for (const folder of folders) visit(folder);
  return out.sort();
}

/** Compares each file's code without its probes with what is compiled without any, by syntax tree. */
export function comparePackages(files: readonly string[], progress: (done: number) => void = () => {}): PackageReport {
  const refused = new Map<string, number>();
  const faults: PackageReport['faults'][number][] = [];
  let [compared, erased] = [0, 0];
  for (const [i, file] of files.entries()) {
    const text = readFileSync(file, 'utf8');
    const { modules, problems } = new SourceCompiler().compile(file, {
      read: (path) => (path === file ? text : undefined),
    });
    // Only this file is looked at, not what it imports.
    const own = problems.filter(
      ({ message }) => !/^'.*' is not available: a model file|^there is no file|is not a \.ts file/.test(message),
    );
    for (const { message, code } of own) {
      const what = message.replace(/'[^']*'/g, "'…'").slice(0, 90);
      refused.set(what, (refused.get(what) ?? 0) + 1);
      if (code === 'crashed') faults.push({ file, what: message });
    }
    const code = modules[0]?.code ?? '';
    if (own.length === 0 && (code !== '' || text.trim() === '')) {
      compared++;
      try {
        if (canonical(code) !== canonical(compilePlain(file, text))) faults.push({ file, what: 'differs' });
        const without = compareTypes(text);
        if (without !== 'left to Babel') erased++;
        if (without === 'different') faults.push({ file, what: "is not what Babel's transform of types makes of it" });
      } catch (error) {
        faults.push({ file, what: String(error) });
      }
    }
    if (i % 200 === 199) progress(i + 1);
  }
  return { compared, erased, refused, faults };
}

/** Everything but the probes. */
function compilePlain(file: string, text: string, options: CompileOptions = {}): string {
  const code = compileText(text, new Marks(file, text), { ...options, probes: false });
  if (code === undefined) throw new SourceSyntaxError('it is refused', 0);
  return code.code;
}

/** Compares a text whose types are taken out with what Babel's transform of types makes of it, by syntax tree. */
export function compareTypes(text: string): 'same' | 'different' | 'left to Babel' {
  const without = withoutTypes(text);
  if (without === undefined) return 'left to Babel';
  return canonical(without, 'module') === canonical(byBabel(text), 'module') ? 'same' : 'different';
}

/** The text with its types taken out; undefined where that takes more. */
function withoutTypes(text: string): string | undefined {
  const edits = new Edits(text);
  try {
    const tree = parseSource(text);
    eraseTypes(tree, text, edits);
    eraseLinks(tree.program, edits);
  } catch (error) {
    if (error instanceof NeedsTransform) return undefined;
    throw error;
  }
  return edits.apply();
}

/** The same by Babel's transform. */
function byBabel(text: string): string {
  const tree = parseSource(text);
  eachClass(tree.program);
  keepNames(tree.program);
  const result = transformFromAstSync(tree, text, {
    ...{ configFile: false, babelrc: false, browserslistConfigFile: false, compact: false },
    plugins: [[types, { onlyRemoveTypeImports: true }]],
  });
  return (
    (result?.code ?? '')
      .replace(/^export default (?=(?:async )?function\*? \w|class \w)/gm, '')
      // Of a namespace of types, which is nothing.
      .replace(/^export let (\w+);$/gm, (line, name) => (text.includes(`namespace ${name} `) ? '' : line))
      .replace(/^export default /gm, 'const __default = ')
      .replace(/^export (?=[a-z])/gm, '')
  );
}

function eachClass(node: Node): void {
  for (const key of VISITOR_KEYS[node.type] ?? []) {
    const value = (node as unknown as Record<string, Node | (Node | null)[] | null | undefined>)[key];
    if (Array.isArray(value)) for (const item of value) item && eachClass(item);
    else if (value != null) eachClass(value);
  }
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') plainClass(node);
}
