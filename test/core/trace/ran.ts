/** Runs models that a test writes itself, at four places of one file. */
import type { Probe } from '../../../core/trace/probe.ts';
import { runFile } from '../../../core/trace/run.ts';
import type { RunOptions } from '../../../core/trace/runOptions.ts';
import type { RunMode, Site } from '../../../core/trace/trace.ts';

const at = (line: number): Site['range'] => ({ start: { line, character: 0 }, end: { line, character: 9 } });
const sites: Site[] = [0, 1, 2, 3].map((line) => ({
  file: 'test.model.ts',
  range: at(line),
  text: `site ${line}`,
  kind: 'expression',
}));

/** Runs what `load` exports, as an engine does. */
export function run(
  load: (probe: Probe) => Record<string, unknown>,
  mode: RunMode = 'shape',
  more: Partial<RunOptions> = {},
) {
  return runFile({
    file: 'test.model.ts',
    run: 1,
    mode,
    fallback: true,
    memoryLimit: 1e9,
    sites,
    load,
    now: () => performance.now(),
    ...more,
  });
}
