/** How often a watched run looks through the objects its expressions give: where no tensor can be found, not again. */
import { defineModel, randn, type Tensor } from 'tensight';
import { expect, it } from 'vitest';
import type { Probe } from '../../../core/trace/probe.ts';
import { runFile } from '../../../core/trace/run.ts';
import type { ModelTrace, Site, ValueRef } from '../../../core/trace/trace.ts';

const start = { line: 0, character: 0 };
const sites = [0, 1, 2].map(
  (n): Site => ({ file: 'a.model.ts', range: { start, end: start }, text: `site ${n}`, kind: 'expression' }),
);

/** Runs a model that is this function, for its shapes. */
function traceOf(forward: (x: Tensor, probe: Probe) => Tensor): ModelTrace {
  const { trace } = runFile({
    ...{ file: 'a.model.ts', run: 1, mode: 'shape', fallback: true, memoryLimit: 1e9, sites, now: () => 0 },
    load: (probe) => ({
      default: defineModel({ model: () => (x: Tensor) => forward(x, probe), inputs: { x: randn([2, 4]) } }),
    }),
  });
  expect(trace.problems).toEqual([]);
  return trace.models[0]!;
}

/** An object that counts how often somebody asks what it consists of. */
function counted(content: object) {
  const seen = { times: 0 };
  const value = new Proxy(content, {
    ownKeys(target) {
      seen.times++;
      return Reflect.ownKeys(target);
    },
  });
  return { seen, value };
}

it('looks once through what an expression gives while no tensor is met', () => {
  const { seen, value } = counted({ a: 1, b: [2, 3] });
  traceOf((x, probe) => {
    for (let i = 0; i < 1000; i++) {
      probe.enter(0);
      probe.leave(0, value);
    }
    return x;
  });
  expect(seen.times).toBe(1);
});

it('looks again after a tensor was met, and finds what was put in since', () => {
  const { seen, value } = counted({} as { state?: Tensor });
  const model = traceOf((x, probe) => {
    for (let i = 0; i < 10; i++) probe.see(0, value);
    expect(seen.times).toBe(1);
    Object.assign(value, { state: probe.see(1, x.add(1)) });
    probe.see(0, value);
    return x;
  });
  const shapeOf = (ref: ValueRef | undefined) =>
    ref?.kind === 'dict' && ref.entries.state?.kind === 'tensor' ? model.tensors[ref.entries.state.tensor]?.shape : ref;
  expect(model.values[0]?.count).toBe(1);
  expect(shapeOf(model.values[0]?.values[0]?.value)).toEqual([2, 4]);
});

it('finds a tensor that comes after a thousand objects without one, at the same place', () => {
  const model = traceOf((x, probe) => {
    for (let i = 0; i < 1000; i++) probe.see(0, { i });
    return probe.see(0, x);
  });
  expect(model.values[0]?.count).toBe(1);
});

it('looks at no more of a map or a set than is written down', () => {
  let given = 0;
  class Endless extends Map<number, number> {
    override *[Symbol.iterator](): MapIterator<[number, number]> {
      for (;;) yield [given++, 0];
    }
  }
  traceOf((x, probe) => {
    probe.see(0, new Endless());
    return x;
  });
  expect(given).toBeGreaterThan(0);
  expect(given).toBeLessThan(50);
});

it('names the innermost expression after an error that the program caught itself', () => {
  traceOf((x, probe) => {
    probe.enter(0);
    for (let i = 0; i < 100; i++) {
      // What has failed leaves its places behind.
      probe.enter(1);
      probe.enter(2);
    }
    probe.leave(1, 7);
    expect(probe.current).toBe(2);
    probe.leave(0, 7);
    expect(probe.current).toBeUndefined();
    return x;
  });
});
