import { afterAll, beforeAll, describe, expect, inject, it, test } from 'vitest';
import type { FileTrace } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';

const file = 'file:///w/a.model.ts';
const compiler = new SourceCompiler();
const started: string[] = [];
const printed: string[] = [];
let host: EngineHost;
let runs = 0;
/** What a run finds that is the first of its engine. */
let fresh: string;

beforeAll(async () => {
  host = new EngineHost({
    script: inject('engineScript'),
    memoryLimit: 400,
    log: (_, message) => message.startsWith('Engine up') && started.push(message),
    print: (_, message) => printed.push(message),
  });
  await host.warmUp();
  fresh = await looked();
}, 60_000);
afterAll(async () => {
  await host.dispose();
});

async function run(text: string, mode: FileTrace['mode'] = 'shape') {
  const program = compiler.compile(file, { read: () => text });
  expect(program.problems).toEqual([]);
  const { modules, sites } = program;
  return host.run({ run: ++runs, mode, entry: file, modules, sites, fallback: true }, { timeoutMs: 60_000 });
}

const model = (top: string, forward = '') => `import { add, defineModel, nn, optim, randn, Tensor } from 'tensight';
${top}
class M extends nn.Module {
  l = new nn.Linear(4, 3);
  forward(x: Tensor) {
    ${forward}
    return this.l.forward(x);
  }
}
export default defineModel({ model: () => new M(), inputs: { x: randn([2, 4]) } });`;

/** What a program can find out about the language, the library and the globals, as a text printed by a run. */
const look = model(`
const found: string[] = [];
const seen = new Set<unknown>();
const names = new Map<unknown, string>();
const open: [string, any][] = [['globalThis', globalThis], ['nn', nn], ['optim', optim], ['Tensor', Tensor], ['add', add], ['op', randn([2], { requiresGrad: true }).add(1).node]];
for (let i = 0; i < open.length; i++) {
  const [name, value] = open[i]!;
  if (['nn', 'nn.functional', 'nn.init', 'nn.utils', 'optim'].includes(name))
    // The library's namespaces may have getters.
    for (const [key, inner] of Object.entries(value ?? {})) open.push([name + '.' + key, inner]);
  if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) continue;
  seen.add(value);
  if (ArrayBuffer.isView(value)) continue;
  found.push(name + ':' + Object.isFrozen(value) + Object.isExtensible(value));
  open.push([name + '^', Object.getPrototypeOf(value)]);
  const keys = Reflect.ownKeys(value);
  // Of globals, the order cannot be put back.
  if (value === globalThis) keys.sort((a, b) => (String(a) < String(b) ? -1 : 1));
  for (const key of keys) {
    // Its own: it counts.
    if (name.includes('op') && /id|order|storage|shape|output|inputs/.test(String(key))) continue;
    const d: any = Object.getOwnPropertyDescriptor(value, key);
    const path = name + '.' + String(key);
    const plain = typeof d.value === 'object' || typeof d.value === 'function' ? '' : String(d.value);
    if (!/timeOrigin/.test(path)) found.push([path, plain, typeof d.value, d.writable, d.enumerable, d.configurable, typeof d.get, typeof d.set].join());
    open.push([path, d.value], [path, d.get], [path, d.set]);
  }
}
(globalThis as any).RegExp.$1 !== '' && found.push('RegExp.$1');
let text = 0;
for (const line of found) for (let i = 0; i < line.length; i++) text = (Math.imul(text, 31) + line.charCodeAt(i)) | 0;
console.log([found.length, text, Math.random(), RegExp.lastMatch, [1, 2].map((x) => x * 2), new Error('e').stack!.split('\\n')[0]].join(' '));
`);

async function looked(): Promise<string> {
  printed.length = 0;
  const { problems } = await run(look);
  expect(problems).toEqual([]);
  return printed.filter((line) => !line.startsWith('A promise was rejected')).join('\n');
}

/** What a model may do to what every other shares. The second of a pair is what it does in `forward`. */
const changes: readonly (readonly [top: string, forward?: string])[] = [
  ['Math.random = () => 0.5;'],
  ['(Tensor.prototype as any).twice = function () { return this.mul(2); };', '(x as any).twice();'],
  ['nn.Linear.prototype.forward = (x: Tensor) => x;'],
  ['(nn.functional as any).mine = 1;'],
  [
    '(nn.Conv2d.prototype as any).mine = 1; (nn.GRU as any).mine = 1; (nn.utils as any).mine = 1; (nn.init as any).mine = 1;',
  ],
  ['nn.LayerNorm.prototype.forward = null as any; (optim.AdamW.prototype as any).step = null;'],
  ['(nn as any).mine = 1; (optim as any).mine = 1;'],
  ['(nn.Module as any).mine = 1;'],
  ['delete (Tensor.prototype as any).relu;'],
  ['Object.assign(globalThis, { mine: 1, Map: 2, console: 3, performance: 4 });'],
  ['delete (globalThis as any).Set;'],
  ['(Error as any).prepareStackTrace = () => 7; Error.stackTraceLimit = 0;'],
  ['(Object.prototype as any).mine = 1;'],
  ["Object.defineProperty(Object.prototype, 'value', { get: () => 7, configurable: true });"],
  ["Object.defineProperty(Object.prototype, 'get', { value: 7, writable: true, configurable: true });"],
  ["Object.defineProperty(Object.prototype, '0', { set() {}, configurable: true });"],
  ['Object.setPrototypeOf(Array.prototype, Map.prototype);'],
  ['Array.prototype[Symbol.iterator] = function* () {} as any;'],
  ['(Function.prototype as any).call = () => 7; (Function.prototype as any).apply = () => 7;'],
  ['(Reflect as any).ownKeys = () => []; (Object as any).keys = () => [];'],
  ["Object.defineProperty(Math, 'PIE', { get: () => 3 , configurable: true });"],
  ["Object.defineProperty(String.prototype, 'trim', { enumerable: true });"],
  ['(Promise.prototype as any).then = null; (Promise as any).resolve = null;'],
  ["/(a)(b)/.exec('xaby');"],
  ['try { (Object.prototype.toString as any).mine = 1; } catch {}'],
  ['(Intl as any).NumberFormat = null; (Number.prototype as any).toLocaleString = () => "7";'],
  ['(Symbol as any).mine = Symbol(); (Symbol.prototype as any).mine = 1;'],
  ['(Object.getPrototypeOf([].values()) as any).next = () => ({ done: true });'],
  ['(Object.getPrototypeOf(async () => {}) as any).mine = 1;'],
  ['(Object.getPrototypeOf(Object.getPrototypeOf(new Int8Array(1))) as any).fill = null;'],
  ['(Atomics as any).mine = 1; (JSON as any).stringify = null; (Date as any).now = null;'],
  ['', 'Array.prototype.map = null as any;'],
  ['', 'Array.prototype.push = null as any; Array.prototype.slice = null as any;'],
  ['', '(Map.prototype as any).get = null; (Map.prototype as any).set = null; (Set.prototype as any).has = null;'],
  ['', '(Object as any).entries = null; (Object as any).fromEntries = null; (Array as any).isArray = () => true;'],
  ['', 'const e = randn([2], { requiresGrad: true }).add(1) as any; e.node.constructor.prototype.mine = 1;'],
  ['', '(String.prototype as any).split = null; (RegExp.prototype as any).exec = null; throw new Error("own");'],
  [
    'for (const p of [Array.prototype, String.prototype, Map.prototype]) for (const k of Reflect.ownKeys(p)) try { (p as any)[k] = null; } catch {}',
  ],
  ['for (const k of Reflect.ownKeys(globalThis)) try { delete (globalThis as any)[k]; } catch {}'],
];

describe('a run is a fresh start', { timeout: 60_000 }, () => {
  test.each(changes)('after %s %s', async (top = '', forward?: string) => {
    const engines = started.length;
    for (const mode of forward === undefined ? (['shape'] as const) : (['shape', 'forward'] as const)) {
      const { problems } = await run(model(top, forward), mode);
      for (const { code, message } of problems) {
        expect(code, message).toMatch(/^(exception|model)$/);
        expect(message).not.toMatch(/the engine|undefined: /);
      }
    }
    expect(await looked()).toBe(fresh);
    expect(started.length, 'all of this can be put back').toBe(engines);
  });

  const spoiling = [
    'Object.freeze(Array.prototype);',
    "Object.defineProperty(Object.prototype, 'mine', { get: () => 7 });",
    'Object.preventExtensions(Tensor.prototype);',
    "Object.defineProperty(globalThis, 'mine', { value: 1 });",
    'Object.freeze(Object.prototype); Object.freeze(globalThis);',
  ];
  test.each(spoiling)('in an engine of its own after %s', async (top) => {
    const engines = started.length;
    for (const { severity } of (await run(model(top))).problems) expect(severity).toBe('warning');
    expect(await looked()).toBe(fresh);
    expect(started.length).toBe(engines + 1);
  });

  it('and not before the run is over, whatever it prints', async () => {
    const twice = '(Tensor.prototype as any).twice = function () { return this.mul(2); }; console.log(1);';
    const { problems } = await run(
      model(twice, 'console.log(2); (x as any).twice(); console.log(3); (x as any).twice();'),
    );
    expect(problems).toEqual([]);
  });

  it('says what the model changed where something fails after it', async () => {
    const [problem] = (await run(model('', 'Array.prototype.map = null as any; [1].map(String);'))).problems;
    expect(problem).toMatchObject({ code: 'exception', hint: expect.stringContaining('Array.prototype.map') });
  });

  it('whatever an earlier run left waiting', async () => {
    const later = `
const spoil = () => { Math.random = () => 0.5; (Array.prototype as any).map = null; (Promise.prototype as any).then = null; };
(async () => { for (;;) { await null; spoil(); randn([2]).add(1); } })();
(async () => { for (let i = 0; i < 20; i++) await null; spoil(); throw new Error('late'); })();
Promise.reject({ toString() { throw new Error('no'); } });
new FinalizationRegistry(spoil).register({}, 0);`;
    const found = ['error', 'warning', 'warning'];
    for (let i = 0; i < 3; i++)
      expect((await run(model(later))).problems.map(({ severity }) => severity)).toEqual(found);
    expect(await looked()).toBe(fresh);
  });

  it('and has all that the language defines, and nothing of the platform', async () => {
    const names = `const plain = ['DisposableStack', 'SuppressedError', 'Iterator', 'Float16Array', 'WeakRef', 'Atomics'];
const platform = ['process', 'require', 'Buffer', 'fetch', 'setTimeout', 'queueMicrotask', 'MessageChannel', 'crypto', 'URL', 'WebAssembly'];
console.log(plain.filter((name) => name in globalThis).join(), platform.filter((name) => (globalThis as any)[name] !== undefined).join());`;
    printed.length = 0;
    await run(model(names));
    const here = ['DisposableStack', 'SuppressedError', 'Iterator', 'Float16Array', 'WeakRef', 'Atomics'];
    expect(printed.join()).toBe(`${here.filter((name) => name in globalThis).join()} `);
  });
});

describe('Math.random', { timeout: 60_000 }, () => {
  const drawing = (
    body: string,
    seed = '',
    top = '',
  ) => `import { defineModel, nn, randn, tensor, Tensor } from 'tensight';
${top}
class M extends nn.Module {
  l = new nn.Linear(4, 3);
  drawn = ${body};
  forward(x: Tensor) { console.log(String(this.drawn), this.l.weight.sum().item(), x.sum().item()); return this.l.forward(x); }
}
export const a = defineModel({ model: () => new M(), inputs: () => ({ x: randn([2, 4]) }) ${seed} });`;
  const drawn = async (text: string) => {
    printed.length = 0;
    expect((await run(text, 'forward')).problems).toEqual([]);
    return printed.join().split(' ');
  };

  it('gives the same numbers for the same file, others for another seed', async () => {
    const one = await drawn(drawing('Math.random()', ', seed: 1'));
    expect(await drawn(drawing('Math.random()', ', seed: 1'))).toEqual(one);
    expect((await drawn(drawing('Math.random()', ', seed: 2')))[0]).not.toBe(one[0]);
    expect(Number(one[0])).toBeGreaterThanOrEqual(0);
    expect(Number(one[0])).toBeLessThan(1);
  });

  it('never moves the generator of layers and samples, nor they it', async () => {
    const [first, ...others] = await drawn(drawing('Math.random()'));
    expect((await drawn(drawing('[1, 2, 3].map(Math.random).length'))).slice(1)).toEqual(others);
    expect((await drawn(drawing('(randn([100]), Math.random())')))[0]).toBe(first);
    expect((await drawn(drawing('Math.random()', '', 'Math.random(); randn([3]);')))[0]).toBe(first);
  });
});

test('what is kept of a run’s draws is what the next would draw, whatever was written over them', {
  timeout: 60_000,
}, async () => {
  const large = (spoil: string) => `import { defineModel, nn, randn, Tensor } from 'tensight';
class M extends nn.Module {
  l = new nn.Linear(200, 200);
  forward(x: Tensor) { console.log(this.l.weight.square().sum().item()); ${spoil} return this.l.forward(x); }
}
export default defineModel({ model: () => new M(), inputs: { x: randn([2, 200]) } });`;
  const seen = [];
  for (const spoil of ['', 'this.l.weight.toTypedArray().fill(3);', 'nn.init.zeros(this.l.weight);', '']) {
    printed.length = 0;
    expect((await run(large(spoil), 'forward')).problems).toEqual([]);
    seen.push(printed.join());
  }
  expect(new Set(seen).size).toBe(1);
});
