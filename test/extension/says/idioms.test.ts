import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Problem } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { callIdioms } from './callIdioms.ts';
import { type Idiom, idioms } from './idioms.ts';
import { moreIdioms } from './moreIdioms.ts';

const file = 'file:///w/idioms.model.ts';
const head = `import * as torch from 'tensight';
import { arange, cat, defineModel, nn, ones, randn, randint, stack, tensor, zeros, Tensor } from 'tensight';
const N: any = nn; const F: any = nn.functional;
class Base extends nn.Module { lin = new nn.Linear(16, 16); forward(x: any): any { return x; } }
`;
const linesOf = (
  name: string,
  body: string,
) => `export const i_${name} = defineModel({ inputs: { x: randn([2, 8, 16]) }, model: () => new (class Model extends Base {
  override forward(x: any): any {
    ${body}
  }
})() });`;
const perModel = 5;

const all: readonly Idiom[] = [...idioms, ...moreIdioms, ...callIdioms];
const text = head + all.map(([name, body]) => linesOf(name, body)).join('\n');
/** What is said of each, by its place in `all`. */
const said = new Map<number, Problem>();
const complete = new Set<string>();

beforeAll(async () => {
  const host = new EngineHost({ script: inject('engineScript'), memoryLimit: 400 });
  try {
    const { modules, sites, problems } = new SourceCompiler().compile(file, { read: () => text });
    expect(problems).toEqual([]);
    const request = { run: 1, mode: 'shape', entry: file, modules, sites, fallback: true } as const;
    const trace = await host.run(request, { timeoutMs: 60_000 });
    for (const model of trace.models) if (model.complete) complete.add(model.exportName);
    const first = head.split('\n').length - 1;
    for (const problem of trace.problems) {
      const range = problem.site === undefined ? problem.range : sites[problem.site]?.range;
      const row = (range?.start.line ?? 0) - first;
      // The body is the third line of its model: the place is the expression, not the definition.
      if (problem.severity === 'error') {
        expect(row % perModel, `${problem.message} at line ${row}`).toBe(2);
        said.set(Math.floor(row / perModel), problem);
      }
    }
  } finally {
    await host.dispose();
  }
}, 120_000);
afterAll(() => said.clear());

describe('a habit from PyTorch runs, or is refused in words that name what to write', () => {
  it.each(all.map(([name, body, says], i) => [name, body, says, i] as const))('%s: %s', (name, _body, says, i) => {
    const problem = said.get(i);
    if (says === undefined) {
      expect(problem?.message).toBeUndefined();
      expect(complete).toContain(`i_${name}`);
      return;
    }
    expect(problem, 'something is said').toBeDefined();
    expect(problem!.hint ?? '').toContain(says);
    expect(problem!.message).not.toMatch(/Symbol\(|\[object|undefined|Cannot read|each|__/);
  });
});
