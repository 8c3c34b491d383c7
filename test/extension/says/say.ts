/** Runs a model file in this process, as an engine does, and tells what is said of it. */
import * as core from '../../../core/index.ts';
import { runFile } from '../../../core/trace/run.ts';
import type { FileTrace, RunMode } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { libraryFor } from '../../../extension/engine/library.ts';
import { Loader } from '../../../extension/engine/loader.ts';
import type { Realm } from '../../../extension/engine/realm.ts';

const file = 'file:///w/a.model.ts';
/** The first line of a model file. */
export const head =
  "import { arange, cat, causalMask, defineModel, log, nn, noGrad, optim, randint, randn, softmax, tensor, where, zeros, type Tensor } from 'tensight';\n";
const library = libraryFor(core);
const realm = { reset() {} } as Realm;

export interface Said {
  /** The line, from 1, and what is written there. */
  readonly line: number;
  readonly at: string;
  readonly severity: string;
  readonly message: string;
  readonly hint: string;
}

export interface Run {
  readonly trace: FileTrace;
  /** Errors and warnings, in order. */
  readonly said: readonly Said[];
}

export function run(text: string, mode: RunMode = 'shape'): Run {
  const { modules, sites, problems } = new SourceCompiler().compile(file, { read: () => text });
  const lines = text.split('\n');
  const told = (all: FileTrace['problems']): Said[] =>
    all.flatMap(({ severity, message, hint = '', site, range }) => {
      const place = site === undefined ? range : sites[site]?.range;
      if (severity === 'info') return [];
      const { start, end } = place ?? { start: { line: -1, character: 0 }, end: { line: -1, character: 0 } };
      const at = (lines[start.line] ?? '').slice(start.character, start.line === end.line ? end.character : undefined);
      return { line: start.line + 1, at, severity, message, hint };
    });
  const loader = new Loader({ entry: file, modules, sites }, library, realm);
  const { trace } = runFile({
    ...{ file, run: 1, mode, fallback: true, memoryLimit: 2e9, sites },
    load: (probe) => loader.load(probe),
    now: () => performance.now(),
    locate: (error) => loader.locate(error),
  });
  return { trace, said: told([...problems, ...trace.problems]) };
}

/** What is said of one model: the messages with their hints, a line each. */
export const words = (text: string, mode: RunMode = 'shape'): string =>
  run(text, mode)
    .said.map(({ line, message, hint }) => `${line}: ${message} | ${hint}`)
    .join('\n');
