import { defineModel, full, nn, type Tensor, tensor } from 'tensight';
import { describe, expect, it } from 'vitest';
import { bestBackend } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import type { Probe } from '../../../core/trace/probe.ts';
import { runFile } from '../../../core/trace/run.ts';
import type { RunMode, Site } from '../../../core/trace/trace.ts';

const sites: Site[] = [0, 1, 2].map((line) => ({
  file: 'test.model.ts',
  range: { start: { line, character: 0 }, end: { line, character: 9 } },
  text: `site ${line}`,
  kind: 'expression',
}));

/** Runs `steps` one after the other on x, each at a line of its own, and gives what is said of NaN. */
function problems(x: Tensor, steps: readonly ((x: Tensor) => Tensor)[], mode: RunMode = 'forward') {
  const load = (probe: Probe) => ({
    default: defineModel({
      model: () => (input: Tensor) =>
        steps.reduce((value, step, line) => {
          probe.enter(line);
          const next = step(value);
          probe.leave(line, next);
          return next;
        }, input),
      inputs: () => ({ x }),
    }),
  });
  const { trace } = runFile({
    ...{ file: 'test.model.ts', run: 1, mode, fallback: true, memoryLimit: 1e9, sites, load },
    now: () => performance.now(),
  });
  return trace.problems;
}

describe('the line where NaN begins', () => {
  it('is told with the reason, once, however far it spreads', () => {
    const found = problems(tensor([1, -0.5, 4]), [(x) => x.add(0), (x) => x.log(), (x) => x.mul(2)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: 'warning', code: 'nan', site: 1 });
    expect(found[0]!.message).toBe('1 of 3 elements are NaN from here on: log of a negative number, −0.5 at the least');
    expect(found[0]!.hint).toContain('clamp');
  });

  it.each<[string, Tensor, (x: Tensor) => Tensor, RegExp]>([
    ['0 / 0', tensor([0, 1]), (x) => x.div(x), /1 of 2 .* 0 \/ 0/],
    ['a root', tensor([-4]), (x) => x.sqrt(), /it is NaN .* negative number, −4/],
    ['a power', tensor([-4]), (x) => x.pow(0.5), /to a power that is not whole/],
    ['differences of infinities', tensor([Infinity]), (x) => x.sub(x), /infinite already/],
    ['a row that sees nothing', tensor([-Infinity, -Infinity]), (x) => x.softmax(-1), /all 2 .* mask/],
    ['the mean of nothing', tensor([], { shape: [0] }), (x) => x.mean(), /mean of no elements/],
  ])('knows %s', (_, x, step, words) => {
    const [found] = problems(x, [step]);
    expect(found?.message).toMatch(words);
  });

  it('may be where products of finite numbers pass the largest float', () => {
    const before = context.backend;
    context.backend = bestBackend();
    try {
      const signs = tensor(Array.from({ length: 1024 }, (_, k) => (k % 2 === 0 ? 1e30 : -1e30)));
      const [found] = problems(full([1, 1024], 1e30), [(x) => x.matmul(signs.expand(2, 1024).contiguous().t())]);
      expect(found?.message).toMatch(/matmul of numbers up to .* whose products are beyond floats/);
    } finally {
      context.backend = before;
    }
  });

  it('is where data that hold it are used', () => {
    const [found] = problems(tensor([1, Number.NaN]), [(x) => x.add(1)]);
    expect(found).toMatchObject({ code: 'nan', site: 0 });
    expect(found!.message).toBe('NaN comes in with the inputs of add: 1 of 2 elements are NaN in x');
  });

  it('may be on the way back alone', () => {
    const square = new nn.Linear(2, 2, { bias: false });
    const through = (x: Tensor) => square.forward(x);
    const steps = [through, (x: Tensor) => x.sqrt(), (x: Tensor) => x.mul(0)];
    const named = (mode: 'forward' | 'backward') =>
      problems(tensor([0, 0]), steps, mode).filter(({ code }) => code === 'nan');
    expect(named('forward')).toEqual([]);
    const [found] = named('backward');
    expect(found).toMatchObject({ code: 'nan', site: 1 });
    expect(found!.message).toContain('on its way back through sqrt');
    expect(found!.hint).toContain('slope is infinite');
  });

  it('is not there where a mask hides with −∞, nor in a shape run', () => {
    const hide = (x: Tensor) => x.maskedFill(x.lt(1), -Infinity).softmax(-1);
    expect(problems(tensor([0, 1, 2]), [hide])).toEqual([]);
    expect(problems(tensor([-1]), [(x) => x.log()], 'shape')).toEqual([]);
  });
});
