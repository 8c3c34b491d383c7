/** Random programs with probes and without, and TypeScript of packages whose probes are taken out again. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findBindings } from '../../../extension/source/bindings.ts';
import { plainClass } from '../../../extension/source/classes.ts';
import { compileTree, printTree } from '../../../extension/source/compile.ts';
import { instrument } from '../../../extension/source/instrument.ts';
import { Marks } from '../../../extension/source/marks.ts';
import { keepNames, splitModule } from '../../../extension/source/modules.ts';
import { parseSource, SourceSyntaxError } from '../../../extension/source/parse.ts';
import { SourceCompiler } from '../../../extension/source/program.ts';
import { generateProgram } from '../source/programs/generate.ts';
import { Random } from '../source/programs/random.ts';
import { compileFiles, type Files, type Judge, runProbed } from '../source/programs/run.ts';
import { canonical } from '../source/programs/strip.ts';

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
    const files = generateProgram(new Random(seed * 1_000_003 + i));
    modules += Object.keys(files).length;
    const program = compileFiles(files);
    const probed = runProbed(program);
    const plain = await judge.run(files);
    // Where the end of the stack is, is nobody's promise.
    if (/call stack/.test(JSON.stringify([plain, probed]))) continue;
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
  let compared = 0;
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
      } catch (error) {
        faults.push({ file, what: String(error) });
      }
    }
    if (i % 200 === 199) progress(i + 1);
  }
  return { compared, refused, faults };
}

/** Everything but the probes. */
function compilePlain(file: string, text: string): string {
  const tree = parseSource(text);
  const bindings = findBindings(tree.program);
  const marks = new Marks(file, text);
  const classes = instrument(tree.program, marks, bindings);
  if (marks.problems.length > 0) throw new SourceSyntaxError('it is refused', 0);
  classes.forEach(plainClass);
  keepNames(tree.program);
  const { enums } = splitModule(tree.program);
  compileTree(tree, text, bindings.declared, enums);
  return printTree(tree, text);
}
