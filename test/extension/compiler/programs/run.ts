/** Runs programs of several files twice: with probes, as the engine does, and plain, by Node's own ES modules. */
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import ts from 'typescript';
import { host } from '#host';
import { Probe } from '../../../../core/trace/probe.ts';
import { probeNames } from '../../../../extension/compiler/marks.ts';
import { type Program, SourceCompiler } from '../../../../extension/compiler/program.ts';
import type { CompileOptions } from '../../../../extension/compiler/unit.ts';
import { Instances } from '../../../../extension/engine/instances.ts';
import { show } from './show.mjs';

/** Texts by name; the first is the entry. */
export type Files = Readonly<Record<string, string>>;

/** What a program logged, and how it failed. */
export interface Outcome {
  readonly lines: readonly string[];
  readonly failure: string;
}

const folder = 'file:///w/';

export function compileFiles(files: Files, options: CompileOptions = {}): Program {
  const [entry] = Object.keys(files);
  return new SourceCompiler(undefined, options).compile(`${folder}${entry}`, {
    read: (file) => files[file.slice(folder.length)],
  });
}

/** Runs a compiled program. A problem of its text is a SyntaxError. */
export function runProbed(program: Program): Outcome {
  const lines: string[] = [];
  if (program.problems.length > 0) return { lines, failure: 'SyntaxError' };
  const probe = new Probe();
  const enter = (id: number) => {
    probe.enter(id);
    return id;
  };
  const log = (...values: unknown[]) => lines.push(values.map((value) => show(value)).join(' '));
  const modules = new Map(program.modules.map((module) => [module.file, module]));
  const instances = new Instances(modules, {}, ({ code }, exports, require) =>
    host.compile(
      code,
      ['log', 'exports', 'require', ...Object.values(probeNames)],
      'program.ts',
    )(...[log, exports, require, enter, probe.leave, probe.see, () => {}]),
  );
  try {
    const exports = instances.evaluateEntry(program.modules[0]!.file);
    lines.push(`exports ${Object.keys(exports).sort()}`);
  } catch (error) {
    return { lines, failure: show(error) };
  }
  return { lines, failure: '' };
}

/** Node's own modules, in a thread. */
export class Judge {
  readonly #worker: Worker;

  constructor(script = resolve(import.meta.dirname, 'judge.mjs')) {
    this.#worker = new Worker(script, {
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
    });
  }

  run(files: Files): Promise<Outcome> {
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const plain = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, ts.transpileModule(text, { compilerOptions }).outputText]),
    );
    return new Promise((done, failed) => {
      this.#worker.removeAllListeners().once('message', done).once('error', failed);
      this.#worker.postMessage({ files: plain, entry: Object.keys(files)[0] });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
