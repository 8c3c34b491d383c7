/** What a watched backward holds: as much as there is to be shown, so that twice the steps of a recurrence are twice the memory. */
import fc from 'fast-check';
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
  recorder.gradient = (of, value, part) => {
    gradient(of, value, part);
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
  'what is left, sliced while it is turned': leftover((x) => x.transpose(0, 1).slice(0, 1).transpose(0, 1)),
  'what is left, of a copy that was turned': leftover((x) =>
    x.transpose(0, 1).reshape(-1, batch, width).slice(0, 1).transpose(0, 1),
  ),
  'what is left, sliced between two shapes': leftover((x) =>
    x.reshape(batch, -1).slice(1, width).reshape(batch, -1, width),
  ),
  'what is left, sliced as the last of four': leftover((x) =>
    x.unsqueeze(0).permute(3, 0, 1, 2).slice(3, 1).permute(1, 2, 3, 0).squeeze(0),
  ),
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
  const first = one.square().sum().add(x.select(1, 0).sum());
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

test('a part that gets another gradient leaves what it is all of, as it was', () => {
  const run = watched();
  const turned = leaf(batch, 6, width).mul(1).transpose(0, 1);
  const rest = turned.slice(0, 1);
  const loss = rest.square().sum();
  run.recorder.phase = 'backward';
  loss.backward();
  const kept = (of: Tensor) => run.recorder.gradients.get(run.recorder.tensorId(of))!;
  expect(kept(turned).storage).toHaveProperty('byteLength', 0);
  expectKept(run);
  rest.mul(3).sum().backward();
  expectKept(run);
  // The part alone: of the whole, the earlier gradient is still known.
  const before = kept(turned).toTypedArray().slice();
  run.recorder.gradient(rest, randn(rest.shape));
  expect(kept(turned).toTypedArray()).toEqual(before);
  context.observer = undefined;
});

/** One view of `x`, chosen by two numbers. */
function someView(x: Tensor, kind: number, at: number): Tensor {
  const [dim, size] = [at % x.ndim, x.shape[at % x.ndim]!];
  const views: (() => Tensor)[] = [
    () => x.transpose(dim, (dim + 1) % x.ndim),
    () => x.slice(dim, 0, Math.max(1, size - 1)),
    () => x.slice(dim, Math.min(1, size - 1)),
    () => x.slice(dim, at % size, undefined, 2),
    () => (x.ndim > 1 && x.numel / size >= 64 ? x.select(dim, at % size) : x.unsqueeze(dim)),
    () => x.reshape(-1, x.shape[at % x.ndim]!),
    () => x.permute(x.shape.map((_, i) => (i + 1) % x.ndim)),
    () => x.mul(0.5),
    () => x.unsqueeze(0).expand(2, ...x.shape),
    () => x.diagonal(0, dim, (dim + 1) % x.ndim),
  ];
  return views[kind % (x.ndim > 1 ? views.length : 8)]!();
}

test('whatever views of views a model takes, each gradient is kept as it was told', { timeout: 60_000 }, () => {
  const program = fc.array(fc.tuple(fc.nat(99), fc.nat(9), fc.nat(99)), { minLength: 3, maxLength: 14 });
  fc.assert(
    fc.property(program, fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }), (steps, ends) => {
      const run = watched();
      const made = [leaf(8, 12, 16).mul(1)];
      for (const [from, kind, at] of steps) {
        const x = made[Math.max(0, made.length - 1 - (from % 3))]!;
        if (x.numel > 1) made.push(someView(x, kind, at));
      }
      const loss = (k: number) =>
        ends.reduce((sum, i) => sum.add(made[(i + k) % made.length]!.square().sum()), made[0]!.sum());
      const losses = [loss(0), loss(1)];
      run.recorder.phase = 'backward';
      for (const each of losses) {
        each.backward();
        for (const [of, value] of run.told)
          expect(run.recorder.gradients.get(run.recorder.tensorId(of))!.toTypedArray()).toEqual(value.toTypedArray());
      }
      context.observer = undefined;
    }),
    { seed: 11, numRuns: 60 },
  );
});

test('a queue of 3,000 steps is read from its end', () => {
  const run = watched();
  let x = leaf(1, 3001, 1).mul(1);
  const all: Tensor[] = [];
  let sum = x.select(1, 0);
  for (let t = 0; t < 3000; t++) {
    x = x.transpose(0, 1).slice(0, 1).transpose(0, 1);
    if (t < 2000) all.push(x);
    sum = sum.add(x.select(1, 0));
  }
  run.recorder.phase = 'backward';
  sum.sum().backward();
  context.observer = undefined;
  const last = run.recorder.gradients.get(run.recorder.tensorId(all.at(-1)!))!;
  expect(last.storage).toHaveProperty('byteLength', 0);
  expect(last.toTypedArray()).toEqual(new Float32Array(1001).fill(1));
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
