import { readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { FileTrace, RunMode } from '../../core/trace/trace.ts';
import { EngineHost } from '../engine/runner.ts';
import { compileProgram, type SourceHost } from '../source/program.ts';

export interface InspectOptions {
  /** As it was typed. */
  readonly file: string;
  readonly mode: RunMode;
  readonly model?: string;
  readonly timeoutMs: number;
  readonly memoryMegabytes: number;
  readonly engineScript: string;
  readonly onPrint: (message: string) => void;
}

/** The command was not given what it needs; nothing was run. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const disk: SourceHost = {
  read(file) {
    try {
      return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  },
};

/** Compiles and runs one model file, in a thread of its own that is gone when this resolves. */
export async function inspect(options: InspectOptions): Promise<FileTrace> {
  if (!options.file.endsWith('.ts') || options.file.endsWith('.d.ts'))
    throw new UsageError(`${options.file} is not a TypeScript file: inspect wants a FILE.model.ts`);
  const file = resolve(options.file);
  if (disk.read(file) === undefined) throw new UsageError(`there is no file ${options.file}`);

  const started = performance.now();
  const { modules, sites, problems } = compileProgram(file, disk);
  if (problems.some(({ severity }) => severity === 'error')) {
    const ms = performance.now() - started;
    return { format: 'tensight-trace', version: 1, file, run: 1, mode: options.mode, models: [], sites, problems, ms };
  }
  const host = new EngineHost({
    script: options.engineScript,
    memoryLimit: options.memoryMegabytes,
    print: (_level, message) => options.onPrint(message),
    names: { shapeRunTimeout: '--timeout', runTimeout: '--timeout', memoryLimit: '--memory' },
  });
  try {
    const request = { run: 1, mode: options.mode, entry: file, modules, sites, fallback: true };
    const model = options.model === undefined ? {} : { model: options.model };
    return await host.run({ ...request, ...model }, { timeoutMs: options.timeoutMs });
  } finally {
    await host.dispose();
  }
}

/** A path as short as can be from here. */
export function shortPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short === '' || short.startsWith('..') ? file : short;
}
