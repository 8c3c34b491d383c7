import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, inject, it, test, vi } from 'vitest';
import type { FileTrace, Problem } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import type { RunLimits } from '../../../extension/engine/work.ts';
import { engineProcesses } from './processes.ts';

// Processes are started here, and on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const file = 'file:///w/a.model.ts';
const compiler = new SourceCompiler();
/** Enough for a busy machine to come to where a model misbehaves. */
const limitMs = 1500;
const logged: string[] = [];
let host: EngineHost;
let runs = 0;

beforeAll(async () => {
  host = new EngineHost({
    script: inject('engineScript'),
    memoryLimit: 200,
    log: (level, message) => logged.push(`${level} ${message}`),
  });
  await host.warmUp();
});
afterAll(async () => {
  await host.dispose();
});

/** A model whose forward also does `body`, in a file that first does `top`. */
const model = (body: string, top = '') => `import { defineModel, nn, randn, Tensor } from 'tensight';
${top}
class M extends nn.Module {
  l = new nn.Linear(4, 3);
  forward(x: Tensor) {
    const h = this.l.forward(x);
    ${body}
    return h;
  }
}
export default defineModel({ model: () => new M(), inputs: { x: randn([2, 4]) } });`;

async function run(text: string, mode: FileTrace['mode'] = 'shape', limits: Partial<RunLimits> = {}) {
  const program = compiler.compile(file, { read: () => text });
  expect(program.problems).toEqual([]);
  const request = { run: ++runs, mode, entry: file, modules: program.modules, sites: program.sites, fallback: true };
  const trace = await host.run(request, { timeoutMs: 60_000, ...limits });
  const lines = text.split('\n');
  const where = ({ site, range }: Problem) => {
    const { start, end } = (site === undefined ? range : trace.sites[site]?.range)!;
    return `${start.line + 1}: ${lines[start.line]!.slice(start.character, end.line === start.line ? end.character : undefined)}`;
  };
  return { trace, problems: trace.problems.map((problem) => `${problem.code} @ ${where(problem)}`) };
}

const fine = async () => {
  const { trace } = await run(model(''));
  expect(trace.problems).toEqual([]);
  expect(trace.models[0]).toMatchObject({ complete: true, className: 'M' });
};

describe('a model that misbehaves ends at its limit, says where, and the next run works', () => {
  const cases: [name: string, text: string, where: string | RegExp, limits?: Partial<RunLimits>][] = [
    ['a loop without an end', model('while (true) {}'), 'timeout @ 7: while (true)'],
    ['one that catches everything', model('for (;;) { try { h.add(h); } catch {} }'), 'timeout @ 7: for (;;)'],
    ['one outside any function', model('', 'let i = 0; while (true) i++;'), 'timeout @ 2: while (true)'],
    [
      'one in the language itself',
      model('/(a+)+$/.test("a".padEnd(40, "a").concat("b"));'),
      'timeout @ 7: /(a+)+$/.test("a".padEnd(40, "a").concat("b"))',
    ],
    [
      'calls without number',
      model('', 'const f = (n: number): number => (n < 2 ? n : f(n - 1) + f(n - 2)); f(60);'),
      'timeout @ 2: f(n - ',
    ],
    [
      'calls without bottom',
      model('', 'const f = (n: number): number => f(n + 1) + 1; f(0);'),
      'exception @ 2: f(n + 1)',
    ],
    [
      'objects without end',
      model('', 'const all: object[] = []; while (true) all.push(new Array(9999).fill(1.5).map((x, i) => x * i));'),
      'memory',
      { timeoutMs: 50_000 },
    ],
    [
      'buffers without end',
      model('', 'const all: object[] = []; while (true) all.push(new Float32Array(1e5).fill(1));'),
      'memory',
      { timeoutMs: 50_000 },
    ],
    [
      'shared buffers without end',
      model('', 'const all: object[] = []; while (true) all.push(new Uint8Array(new SharedArrayBuffer(1e6)).fill(1));'),
      'memory',
      { timeoutMs: 20_000 },
    ],
    [
      'a loop that works',
      model('let t = h; while (h.size(0) > 1) { t = t.relu(); }'),
      // Where it is told before it has gone round often, any place of it is right.
      /^timeout @ 7: (while \()?h\.size\(0\)|^timeout @ 7: t\.relu/,
    ],
    [
      'tensors without end',
      model('let t = randn([1000, 1000]); const all: Tensor[] = []; while (true) all.push((t = t.add(1)));'),
      'memory @ 7: t.add(1)',
      { timeoutMs: 50_000 },
    ],
    [
      'one tensor far too large',
      model('const huge = randn([1e6, 1e6]);'),
      'memory @ 7: randn([1e6, 1e6])',
      { timeoutMs: 50_000 },
    ],
    [
      'one that an operation makes',
      model('const huge = x.sum().expand(1e5, 1e6).mul(2);'),
      'memory @ 7: x.sum().expand(1e5, 1e6).mul(2)',
      { timeoutMs: 50_000 },
    ],
  ];
  for (const [name, text, where, limits] of cases)
    it(name, async () => {
      const byTensors = String(where).startsWith('memory @');
      const { problems, trace } = await run(text, byTensors ? 'forward' : 'shape', {
        timeoutMs: String(where).includes('timeout') ? limitMs : 60_000,
        ...limits,
      });
      expect(problems).toHaveLength(1);
      if (typeof where === 'string') expect(problems[0]).toContain(where);
      else expect(problems[0]).toMatch(where);
      const { code, message, hint } = trace.problems[0]!;
      // A loop of operations may come to their limit first, on a machine that is fast.
      const byOperations = message === 'the shape run was ended after 250,000 operations';
      if (code === 'timeout' && !byOperations) {
        expect(message).toMatch(
          /^the run was ended after 1\.5 s(; it was here|, after [\d,]+ iterations of this loop|, (between|while) )/,
        );
        expect(hint).toContain('tensight.shapeRunTimeout');
      }
      if (byTensors) expect(trace.problems[0]!.message).toMatch(/a tensor f32 \[[\d, ]+\] of [\d.]+ [MGT]B/);
      await fine();
    });

  it('a promise nobody waits for', async () => {
    await run(model('', 'const spin = async () => { for (;;) await null; }; spin(); (async () => { throw 1; })();'));
    await fine();
  });

  it('a cancelled run keeps what it had', async () => {
    const stop = new AbortController();
    const { problems, trace } = await run(model('while (true) h.add(h);'), 'forward', {
      timeoutMs: 60_000,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(problems[0]).toMatch(/^cancelled @ 7: /);
    expect(trace.models[0]!.ops.length).toBeGreaterThan(1);
    expect((await run(model(''), 'shape', { signal: AbortSignal.abort() })).trace.problems[0]!.code).toBe('cancelled');
  });
});

test('what a run gave is let go of with it, though its engine lives on', async () => {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  const traces: WeakRef<FileTrace>[] = [];
  for (let i = 0; i < 3; i++) traces.push(new WeakRef((await run(model(''))).trace));
  await fine();
  // A reference that was looked at or made is held until the turn is over.
  await pause(0);
  gc();
  expect(traces.map((trace) => trace.deref()?.run)).toEqual([undefined, undefined, undefined]);
});

describe('an error points at what failed', () => {
  const cases: [body: string, where: string, message: string | RegExp][] = [
    ["if (h) throw new Error('mine');", "exception @ 7: new Error('mine')", 'Error: mine'],
    ["throw 'text';", "exception @ 7: 'text'", 'Error: thrown: text'],
    ['(x as any).nothing.at;', 'exception @ 7: (x as any).nothing', 'a tensor has no nothing'],
    ['(x as any).nothing();', 'exception @ 7: (x as any).nothing()', 'a tensor has no nothing'],
    ['new (nn as any).Nothing();', 'exception @ 7: new (nn as any).Nothing()', 'nn has no Nothing'],
    ['const y = h.add(randn([5]));', 'shape @ 7: h.add(randn([5]))', /^add: /],
  ];
  for (const [body, where, message] of cases)
    it(body, async () => {
      const { problems, trace } = await run(model(body));
      expect(problems).toEqual([where]);
      expect(trace.problems[0]!.message).toMatch(message);
      expect(trace.models[0]!.complete).toBe(false);
      expect(trace.models[0]!.ops.length).toBeGreaterThan(0);
    });
});

describe('what cannot be read is a fault of the model, not of the engine', () => {
  const thrown = [
    'Object.create(null)',
    '{ toString() { throw 1; } }',
    '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()',
    "new (class extends Error { override get message(): string { throw 1; } })('x')",
    "Object.defineProperty(new Error('x'), 'stack', { value: { toString: null } })",
    "Object.assign(new Error('x'), { name: Symbol('s') })",
  ];
  for (const value of thrown)
    it(value, async () => {
      const { trace } = await run(model(`if (h) throw ${value};`));
      expect(trace.problems).toMatchObject([{ severity: 'error', code: 'exception' }]);
      expect(trace.problems[0]!.message).not.toMatch(/the engine stopped|the run failed/);
      await run(model(`Promise.reject(${value});`));
      await fine();
    });
});

describe('model code is alone', () => {
  it('without Node, network or timers, and with its console in the log', async () => {
    const names =
      'process require module Buffer fetch WebSocket setTimeout setInterval queueMicrotask navigator Worker';
    const text =
      model(`for (const n of '${names}'.split(' ')) if (n in globalThis) throw new Error(n); console.log('seen', h);
      try { new Function('1'); } catch (error) { console.warn(String(error)); }`);
    expect((await run(text)).problems).toEqual([]);
    expect(logged.filter((line) => line.startsWith('info seen Tensor f32 ['))).toHaveLength(1);
    expect(logged).toContain('warn EvalError: code from text (eval, new Function) is not available in a model file');
  });

  it('the same file gives the same numbers, and leaves nothing behind', async () => {
    const text = model('console.log((globalThis as any).mark, Math.random()); (globalThis as any).mark = 1;');
    logged.length = 0;
    await run(text);
    await run(text);
    expect(logged).toHaveLength(2);
    expect(logged[0]).toMatch(/^info undefined 0\.\d+$/);
    expect(logged[1]).toBe(logged[0]);
  });
});

describe('tensors of the last two value runs can be looked at', () => {
  it('by tile and histogram, with gradients after backward', async () => {
    const { trace } = await run(model(''), 'backward');
    expect(trace.problems).toEqual([]);
    const { tensors } = trace.models[0]!;
    const output = tensors.find(({ role }) => role === 'activation')!;
    const query = { run: trace.run, model: 0, tensor: output.id } as const;
    const slice = { at: [], rows: [0, 9], columns: [0, 9], maxRows: 9, maxColumns: 9 } as const;
    const tile = await host.ask('tile', { ...query, ...slice, of: 'value' });
    expect(tile).toMatchObject({ rows: 2, columns: 3, min: output.stats!.min, max: output.stats!.max });
    expect([...(await host.ask('tile', { ...query, ...slice, of: 'gradient' })).mean]).toEqual([1, 1, 1, 1, 1, 1]);
    expect((await host.ask('histogram', { ...query, of: 'value', bins: 4 })).total).toBe(6);
    await run(model(''), 'forward');
    await run(model(''));
    await host.ask('tile', { ...query, ...slice, of: 'value' });
    await run(model(''), 'forward');
    await expect(host.ask('tile', { ...query, ...slice, of: 'value' })).rejects.toThrow('no longer held');
  });

  it('and not once the run is released', async () => {
    const { trace } = await run(model(''), 'forward');
    host.release(trace.run);
    await expect(host.ask('histogram', { run: trace.run, model: 0, tensor: 0, of: 'value', bins: 2 })).rejects.toThrow(
      'no longer held',
    );
  });
});

it('a closed host leaves no process and refuses runs', async () => {
  const other = new EngineHost({ script: inject('engineScript'), memoryLimit: 200 });
  await other.warmUp();
  const before = engineProcesses();
  await other.dispose();
  expect(engineProcesses().length).toBe(before.length - 1);
  const trace = await other.run(
    { run: 1, mode: 'shape', entry: file, modules: [], sites: [], fallback: false },
    { timeoutMs: 99 },
  );
  expect(trace.problems[0]).toMatchObject({ code: 'crashed', message: 'the engine stopped: the engine was closed' });
});
