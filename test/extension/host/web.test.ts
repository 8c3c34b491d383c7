/** Engines as Web Workers, with the two ends in one page: a worker that is only an end of a channel. */
import { afterEach, expect, it, vi } from 'vitest';
import { host } from '../../../extension/host/web.ts';
import type { WorkState } from '../../../extension/protocol/watch.ts';

type Listener = (event: { readonly data?: unknown; readonly message?: string }) => void;

class End {
  readonly listeners = new Map<string, Set<Listener>>();
  other: End | undefined;
  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, (this.listeners.get(type) ?? new Set()).add(listener));
  }
  removeEventListener(type: string, listener: Listener): void {
    this.listeners.get(type)?.delete(listener);
  }
  postMessage(data: unknown): void {
    this.other?.tell('message', { data });
  }
  tell(type: string, event: Parameters<Listener>[0]): void {
    for (const listener of this.listeners.get(type) ?? []) listener(event);
  }
}

let started: FakeWorker[] = [];
class FakeWorker extends End {
  terminated = false;
  constructor(readonly script: string) {
    super();
    started.push(this);
    const inside = new End();
    this.other = inside;
    inside.other = this;
  }
  terminate(): void {
    this.terminated = true;
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
  started = [];
});

function open() {
  vi.stubGlobal('Worker', FakeWorker);
  const handle = host.startEngine({ script: 'engine.js', heapMegabytes: 100 });
  const worker = started.at(-1);
  const inside = worker!.other!;
  for (const name of ['postMessage', 'addEventListener', 'removeEventListener'] as const)
    vi.stubGlobal(name, inside[name].bind(inside));
  return { handle, worker: worker!, port: host.openPort(() => {}) };
}

it('messages go both ways, and no more once nobody listens', () => {
  const { handle, port } = open();
  const got: unknown[] = [];
  const ended = handle.transport.listen((message) => got.push(['owner', message]));
  port.transport.listen((message) => got.push(['engine', message]));
  handle.transport.post({ a: 1 });
  port.transport.post({ b: 2 });
  ended.dispose();
  port.transport.post({ b: 3 });
  expect(got).toEqual([
    ['engine', { a: 1 }],
    ['owner', { b: 2 }],
  ]);
});

it('work shares memory from its beginning, is told of, and asked to stop', () => {
  vi.useFakeTimers();
  const { handle, port } = open();
  port.transport.listen(() => {});
  const states: WorkState[] = [];
  handle.onState = (state) => states.push(state);
  handle.begin(1);
  const shared = new Int32Array(port.shared()!);
  shared[1] = 5;
  vi.advanceTimersByTime(60);
  expect(states.at(-1)).toMatchObject({ work: 1, site: 4, acknowledged: false });
  handle.cancel(2);
  expect(shared[0]).toBe(0);
  handle.cancel(1);
  expect(shared[0]).toBe(1);
  handle.begin(2);
  expect(new Int32Array(port.shared()!)[0]).toBe(0);
  handle.finish(2);
  const told = states.length;
  vi.advanceTimersByTime(200);
  expect(states).toHaveLength(told);
  vi.useRealTimers();
});

it('it ends when it is killed, and when it fails', async () => {
  const one = open();
  await one.handle.kill();
  expect(one.worker.terminated).toBe(true);
  expect(await one.handle.ended).toMatchObject({ kind: 'ended' });
  const other = open();
  started.at(-1)!.tell('error', { message: 'it broke' });
  expect(await other.handle.ended).toEqual({ kind: 'crashed', message: 'it broke' });
});

it('makes functions of text, and of values text', () => {
  const seen: unknown[] = [];
  host.compile('\nseen.push(a + 1);', ['seen', 'a'], 'a.model.ts')(seen, 2).next();
  expect(seen).toEqual([3]);
  expect(() => host.compile('let a = ;', [], 'a.model.ts')).toThrow(SyntaxError);
  const stack = (() => {
    try {
      host.compile('\n\nthrow new Error();', [], 'file:///a.model.ts')().next();
    } catch (error) {
      return (error as Error).stack;
    }
  })();
  expect(stack).toContain('a.model.ts:3:');
  const circle: { self?: object } = {};
  circle.self = circle;
  expect(host.format(['a', 1, null, { b: 2 }, circle])).toMatch(/^a 1 null \{"b":2\} \[.*circular/);
  expect(host.languageNames()).toEqual(expect.arrayContaining(['Array', 'Math', 'Promise']));
  expect(host.languageNames()).not.toContain('fetch');
});
