import { relative, resolve } from 'node:path';
import { printable } from '../../core/trace/printable.ts';
import type { FileTrace, RunMode } from '../../core/trace/trace.ts';
import { type SourceHost, UnreadableError } from '../compiler/host.ts';
import { compileProgram } from '../compiler/program.ts';
import { EngineHost } from '../engine/runner.ts';
import { readSource } from '../host/disk.ts';
import type { RunRequest } from '../protocol/engine.ts';

type Program = ReturnType<typeof compileProgram>;

export interface InspectOptions extends FileOptions {
  readonly mode: RunMode;
}

/** The command was not given what it needs; nothing was run. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const disk: SourceHost = { read: readSource };

/** What every command needs to run a file. */
export interface FileOptions {
  /** As it was typed. */
  readonly file: string;
  readonly model?: string;
  readonly timeoutMs: number;
  readonly memoryMegabytes: number;
  readonly engineScript: string;
  readonly onPrint: (message: string) => void;
}

/** Compiles one model file and hands it to an engine in a thread of its own that is gone when this resolves. */
export async function withEngine<A>(
  options: FileOptions,
  work: {
    /** What to answer where the file can't be compiled. */
    broken(file: string, compiled: Pick<Program, 'sites' | 'problems'>, ms: number): A;
    run(host: EngineHost, program: Pick<RunRequest, 'run' | 'entry' | 'modules' | 'sites' | 'model'>): Promise<A>;
  },
): Promise<A> {
  if (!options.file.endsWith('.ts') || options.file.endsWith('.d.ts'))
    throw new UsageError(`expected a .model.ts file, got ${options.file}`);
  const file = resolve(options.file);
  if (!exists(file)) throw new UsageError(`there is no file ${options.file}`);

  const host = new EngineHost({
    script: options.engineScript,
    memoryLimit: options.memoryMegabytes,
    print: (_level, message) => options.onPrint(message),
    names: { shapeRunTimeout: '--timeout', runTimeout: '--timeout', memoryLimit: '--memory' },
  });
  try {
    // It comes up while the file is compiled.
    host.prepare();
    const started = performance.now();
    const { modules, sites, problems } = compileProgram(file, disk);
    if (problems.some(({ severity }) => severity === 'error'))
      return work.broken(file, { sites, problems }, performance.now() - started);
    const model = options.model === undefined ? {} : { model: options.model };
    return await work.run(host, { run: 1, entry: file, modules, sites, ...model });
  } finally {
    await host.dispose();
  }
}

/** Whether there is such a file. Throws UsageError where it can't be read. */
function exists(file: string): boolean {
  try {
    return disk.read(file) !== undefined;
  } catch (error) {
    if (error instanceof UnreadableError) throw new UsageError(`${shortPath(file)} ${error.why}. ${error.hint}`);
    throw error;
  }
}

/** Runs one model file. */
export function inspect({ mode, ...options }: InspectOptions): Promise<FileTrace> {
  return withEngine<FileTrace>(options, {
    broken: (file, compiled, ms) => ({
      ...{ format: 'tensight-trace', version: 1, file, run: 1, mode, models: [], ms },
      ...compiled,
    }),
    run: (host, program) => host.run({ ...program, mode, fallback: true }, { timeoutMs: options.timeoutMs }),
  });
}

/** A path as short as can be from here, to be shown. */
export function shortPath(file: string): string {
  const short = relative(process.cwd(), file);
  return printable(short === '' || short.startsWith('..') ? file : short);
}
