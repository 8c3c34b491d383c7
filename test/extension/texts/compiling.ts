/** Random texts through parsing and compiling, in this process. */
import { pathToFileURL } from 'node:url';
import { host } from '#host';
import { isOverflow, SourceSyntaxError } from '../../../extension/compiler/parse.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { Documents } from '../../../extension/server/documents.ts';
import { outline } from '../../../extension/server/outline.ts';
import { Random } from '../compiler/programs/random.ts';
import type { OddFolder } from './folder.ts';
import { randomText } from './mutate.ts';

/** A text that something was wrong with. */
export interface Fault {
  readonly seed: number;
  readonly what: string;
  readonly text: string;
}

export interface CompileReport {
  readonly count: number;
  readonly compiled: number;
  readonly faults: readonly Fault[];
  /** Milliseconds of processor time. */
  readonly slowest: number;
  readonly slow: number;
}

/** Processor time that no text may take. */
const longestMs = 1000;

export function compileTexts(
  { count, seed, folder, seeds }: { count: number; seed: number; folder: OddFolder; seeds: readonly string[] },
  progress: (done: number) => void = () => {},
): CompileReport {
  const entry = pathToFileURL(`${folder.path}/entry.model.ts`).href;
  const faults: Fault[] = [];
  let [slowest, slow, compiled] = [0, 0, 0];
  const documents = new Documents();
  const compiler = new SourceCompiler();
  for (let i = 0; i < count; i++) {
    const text = randomText(new Random(seed * 1_000_003 + i), seeds);
    const fault = (what: string) => faults.push({ seed: i, what, text });
    documents.open(entry, 'typescript', i, text);
    const before = process.cpuUsage();
    try {
      const { problems, modules } = compiler.compile(entry, documents);
      for (const { message, hint, code, range, file } of problems) {
        const said = `${message} ${hint ?? ''}`;
        if (code === 'crashed') fault(`crashed: ${message}`);
        if (/\n\s+at |RangeError|TypeError:|Maximum call stack|\[object/.test(said)) fault(`a raw error: ${message}`);
        if (said.length > 1000) fault(`a message of ${said.length} characters`);
        if (file === undefined) fault(`no file: ${message}`);
        const lines = text.split(/\r\n|\r|\n/).length;
        if (file === entry && range !== undefined && (range.start.line >= lines || range.start.character < 0))
          fault(`a place outside of the text: ${JSON.stringify(range)}`);
      }
      if (problems.length === 0) compiled++;
      if (problems.length === 0 && modules.length === 0) fault('nothing was compiled');
      if (problems.length === 0) for (const { code } of modules) checkSyntax(code);
    } catch (error) {
      fault(`threw ${error instanceof Error ? error.stack : String(error)}`);
    }
    try {
      outline(entry, text);
    } catch (error) {
      if (!(error instanceof SourceSyntaxError)) fault(`outline threw ${String(error)}`);
    }
    const { user } = process.cpuUsage(before);
    const ms = user / 1000;
    slowest = Math.max(slowest, ms);
    if (ms > longestMs) {
      slow++;
      fault(`took ${Math.round(ms)} ms of processor time`);
    }
    if (i % 1000 === 999) progress(i + 1);
  }
  return { count, compiled, faults, slowest, slow };
}

function checkSyntax(code: string): void {
  try {
    host.compile(code, ['exports', 'require'], 'text.ts');
  } catch (error) {
    // An engine's thread has room for more.
    if (!isOverflow(error)) throw error;
  }
}
