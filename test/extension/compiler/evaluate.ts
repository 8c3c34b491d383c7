import ts from 'typescript';
import { host } from '#host';
import { Probe } from '../../../core/trace/probe.ts';
import type { Site } from '../../../core/trace/trace.ts';
import { type Program, SourceCompiler } from '../../../extension/compiler/program.ts';

export const entry = 'file:///w/a.model.ts';

/** Compiles one file (and others beside it). */
export function compile(text: string, others: Record<string, string> = {}): Program {
  const files: Record<string, string> = { [entry]: text };
  for (const [name, content] of Object.entries(others)) files[`file:///w/${name}`] = content;
  return new SourceCompiler().compile(entry, { read: (file) => files[file] });
}

type Exports = Record<string, unknown>;

/** Runs code without any instrumentation, as TypeScript itself compiles it. */
export function runPlain(text: string): Exports {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, isolatedModules: true };
  const exports: Exports = {};
  new Function('exports', ts.transpileModule(text, { compilerOptions }).outputText)(exports);
  return exports;
}

/** Runs an instrumented program of one file; `seen` holds what the probe was told. */
export function runProbed(program: Program): { exports: Exports; seen: [Site, unknown][]; probe: Probe } {
  const probe = new Probe();
  const seen: [Site, unknown][] = [];
  probe.onValue = (site, value) => seen.push([program.sites[site]!, value]);
  const enter = (id: number) => {
    probe.enter(id);
    return id;
  };
  const exports: Exports = {};
  const body = host.compile(program.modules[0]!.code, ['exports', '__e', '__x', '__v', '__l'], entry);
  Array.from({ [Symbol.iterator]: () => body(exports, enter, probe.leave, probe.see, () => {}) });
  return { exports, seen, probe };
}
