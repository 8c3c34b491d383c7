/** What a watched backward holds: as much as there is to be shown, so that twice the steps of a recurrence are twice the memory. */
import { afterEach, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { cat, chunk, defineModel, nn, randn, split, stack, type Tensor, tensor, unbind } from '../../../core/index.ts';
import { Probe } from '../../../core/trace/probe.ts';
import { Recorder } from '../../../core/trace/recorder.ts';
import { runFile } from '../../../core/trace/run.ts';

afterEach(() => {
  context.observer = undefined;
});

const leaf = (...shape: number[]) => randn(shape).requiresGrad_();

/** A run that is watched, and each gradient that it was told of. */
function watched() {
  const recorder = new Recorder({
    probe: new Probe(),
    timed: true,
    memoryLimit: Number.POSITIVE_INFINITY,
    now: () => 0,
    cancelled: () => false,
    progress: () => {},
  });
  const told = new Map<Tensor, Tensor>();
  const gradient = recorder.gradient.bind(recorder);
  recorder.gradient = (of, value) => {
    gradient(of, value);
    told.set(of, value);
  };
  context.observer = recorder;
  return { recorder, told };
}

/** What is kept are the gradients that were told, element by element. */
function expectKept({ recorder, told }: ReturnType<typeof watched>): void {
  let known = 0;
  for (const [of, value] of told) {
    const kept = recorder.gradients.get(recorder.tensorId(of));
    if (kept === undefined) continue;
    known++;
    const want = value.toTypedArray();
    expect(kept.toTypedArray().every((element: number, i: number) => element === want[i])).toBe(true);
  }
  expect(known).toBeGreaterThan(2);
}

/** Bytes that a run of so many steps counts, and bytes of all that its trace holds, once its gradients are there. */
function measured(body: (steps: number) => Tensor, steps: number): { counted: number; held: number } {
  const run = watched();
  const { recorder } = run;
  const loss = body(steps);
  recorder.phase = 'backward';
  loss.backward();
  context.observer = undefined;
  expectKept(run);
  const held = new Map<object, number>();
  for (const { storage } of [...recorder.tensors, ...recorder.gradients.values()])
    held.set(storage, 'byteLength' in storage ? Number(storage.byteLength) : storage.data.byteLength);
  return { counted: recorder.bytes, held: [...held.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

const width = 32;
const batch = 8;
const weight = leaf(width, width);
const step = (x: Tensor, h: Tensor) => x.add(h.matmul(weight)).tanh();

/** A recurrence written by hand, over what `at` takes of the sequence [batch, step, width] at each step. */
const over = (at: (x: Tensor, t: number) => Tensor) => (steps: number) => {
  const x = leaf(batch, steps, width).mul(1);
  let h = randn([batch, width]);
  for (let t = 0; t < steps; t++) h = step(at(x, t), h);
  return h.sum();
};
const overAll = (parts: (x: Tensor, steps: number) => Tensor[]) => (steps: number) => {
  let h = randn([batch, width]);
  for (const part of parts(leaf(batch, steps, width).mul(1), steps)) h = step(part.reshape(batch, width), h);
  return h.sum();
};
/** `x = x.slice(1)`: a queue that gets shorter at each step. */
const leftover = (rest: (x: Tensor) => Tensor) => (steps: number) => {
  let x = leaf(batch, steps + 1, width).mul(1);
  let h = randn([batch, width]);
  for (let t = 0; t < steps; t++) {
    h = step(x.select(1, 0), h);
    x = rest(x);
  }
  return h.sum();
};
const one = (t: number) => tensor(Int32Array.of(t));
const every = (steps: number, body: (hs: Tensor[]) => Tensor) => {
  const hs = [randn([batch, width])];
  for (let t = 0; t < steps; t++) hs.push(step(hs.at(-1)!, hs.at(-1)!));
  return body(hs);
};

const recurrences: Record<string, (steps: number) => Tensor> = {
  'nn.LSTM': (steps) => new nn.LSTM(width, width).forward(leaf(steps, batch, width))[0].sum(),
  'nn.GRU of sequences of different lengths': (steps) =>
    new nn.GRU(width, width)
      .forward(leaf(steps, batch, width), undefined, { lengths: [steps, steps, 1, 2, 3, 4, 5, 6] })[0]
      .sum(),
  'nn.RNN, two layers, both directions, batch first': (steps) =>
    new nn.RNN(width, width, { numLayers: 2, bidirectional: true, batchFirst: true })
      .forward(leaf(batch, steps, width))[0]
      .sum(),
  select: over((x, t) => x.select(1, t)),
  slice: over((x, t) => x.slice(1, t, t + 1).squeeze(1)),
  narrow: over((x, t) => x.narrow(1, t, 1).squeeze(1)),
  indexSelect: over((x, t) => x.indexSelect(1, one(t)).squeeze(1)),
  gather: over((x, t) =>
    x.gather(1, tensor(new Int32Array(batch * width).fill(t), { shape: [batch, 1, width] })).squeeze(1),
  ),
  'a view of a view': over((x, t) => x.transpose(0, 1).select(0, t)),
  'an index of a view': over((x, t) => x.transpose(0, 1).index(one(t)).squeeze(0)),
  'a slice of another shape': over((x, t) => x.reshape(batch, -1).slice(1, t * width, (t + 1) * width)),
  'a part of a part': over((x, t) => stack(Array.from({ length: batch }, (_, b) => x.select(0, b).select(0, t)))),
  unbind: overAll((x) => unbind(x, 1)),
  split: overAll((x) => split(x, 1, 1)),
  chunk: overAll((x, steps) => chunk(x, steps, 1)),
  'what is left, by slice': leftover((x) => x.slice(1, 1)),
  'what is left, by narrow': leftover((x) => x.narrow(1, 1, x.shape[1]! - 1)),
  'what is left, by split': leftover((x) => split(x, [1, x.shape[1]! - 1], 1)[1]!),
  'what is left, in another shape': leftover((x) => x.slice(1, 1).reshape(batch, -1).reshape(batch, -1, width)),
  'what is left, from the end': (steps) => {
    let x = leaf(batch, steps + 1, width).mul(1);
    let h = randn([batch, width]);
    for (let t = 0; t < steps; t++) {
      h = step(x.select(1, -1), h);
      x = x.slice(1, 0, -1);
    }
    return h.sum();
  },
  'what is left, turned and turned back': leftover((x) => x.slice(1, 1).permute(2, 1, 0).permute(2, 1, 0)),
  'a queue of four': (steps) => {
    let queue = leaf(batch, 4, width).mul(1);
    let h = randn([batch, width]);
    for (let t = 0; t < steps; t++) {
      h = step(queue.transpose(0, 1).select(0, 0), h);
      queue = cat([queue.transpose(0, 1).slice(0, 1), h.unsqueeze(0)], 0).transpose(0, 1);
    }
    return h.sum();
  },
  'the last four': (steps) =>
    every(steps, (hs) =>
      stack(
        hs.map((_, i) => cat(hs.slice(Math.max(0, i - 3), i + 1)).mean(0)),
        0,
      ).sum(),
    ),
  embedding: (steps) => {
    const table = leaf(500, width);
    let h = randn([batch, width]);
    for (let t = 0; t < steps; t++) h = step(nn.functional.embedding(tensor(new Int32Array(batch).fill(t)), table), h);
    return h.sum();
  },
  stack: (steps) => every(steps, (hs) => stack(hs, 1).square().sum()),
  cat: (steps) => every(steps, (hs) => cat(hs, 1).square().sum()),
};

test.each(Object.entries(recurrences))('%s: twice the steps, twice the memory', { timeout: 60_000 }, (_name, body) => {
  const [short, long] = [measured(body, 40), measured(body, 80)];
  expect(long.counted / short.counted).toBeLessThan(2.2);
  expect(long.held / short.held).toBeLessThan(2.2);
});

test('a gradient that takes the place of an earlier one leaves those that were parts of that as they were', () => {
  const run = watched();
  const x = leaf(batch, 6, width).mul(1);
  const [one, two] = [x.slice(1, 1), x.slice(1, 1).slice(1, 1)];
  const first = one.square().sum();
  const second = two.select(1, 0).mul(x.select(1, 2)).sum();
  run.recorder.phase = 'backward';
  const held = () => run.recorder.gradients.get(run.recorder.tensorId(one))!.storage;
  first.backward();
  expect(held()).toHaveProperty('byteLength', 0);
  expectKept(run);
  second.backward();
  expect(held()).not.toHaveProperty('byteLength');
  expectKept(run);
  first.add(second).backward();
  context.observer = undefined;
  expectKept(run);
});

test('Backward of an LSTM 64 → 128, batch 16, 200 steps, fits in 400 MB', { timeout: 120_000 }, () => {
  class Net extends nn.Module {
    lstm = new nn.LSTM(64, 128, { batchFirst: true });
    out = new nn.Linear(128, 2);
    forward(x: Tensor): Tensor {
      return this.out.forward(this.lstm.forward(x)[0].select(1, -1));
    }
  }
  const { trace } = runFile({
    file: 'net.model.ts',
    run: 1,
    mode: 'backward',
    fallback: false,
    memoryLimit: 400e6,
    sites: [],
    load: () => ({ net: defineModel({ model: () => new Net(), inputs: { x: randn([16, 200, 64]) } }) }),
    now: () => 0,
  });
  expect(trace.problems).toEqual([]);
  expect(trace.models[0]!.complete).toBe(true);
});
