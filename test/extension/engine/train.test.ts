import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { FileTrace } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import type { RunLimits } from '../../../extension/engine/work.ts';
import { host as node } from '../../../extension/host/node.ts';
import type { EngineEvents, RunRequest, TrainedModel, TrainReport } from '../../../extension/protocol/engine.ts';

// Processes are started here, and on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const file = 'file:///w/line.model.ts';
const compiler = new SourceCompiler();
let host: EngineHost;

beforeAll(async () => {
  host = new EngineHost({ script: inject('engineScript'), memoryLimit: 200 });
  await host.warmUp();
});
afterAll(async () => {
  await host.dispose();
});

/** A line through (0, 1), (1, 3), (2, 5), learnt; `batch` is the body of the section's `batch`. */
const line = ({
  steps = 100,
  lr = 0.2,
  batch = 'return {};',
  width = 1,
} = {}) => `import { defineModel, nn, optim, type Tensor, tensor } from 'tensight';
class Line extends nn.Module {
  line = new nn.Linear(1, ${width});
  forward(x: Tensor) {
    return this.line.forward(x);
  }
}
const y = tensor([[1], [3], [5]]);
export default defineModel({
  model: () => new Line(),
  inputs: { x: tensor([[0], [1], [2]]) },
  targets: { y },
  loss: ({ output, targets }) => nn.functional.mseLoss(output, targets.y.expand(3, ${width})),
  train: {
    steps: ${steps},
    optimizer: (parameters) => new optim.SGD(parameters, { lr: ${lr} }),
    batch: (step) => {
      ${batch}
    },
    result: ({ model, losses }) => ({ w: model.line.weight.flatten().toArray()[0] as number, steps: losses.length, mode: String(model.training) }),
  },
});`;

type Step = EngineEvents['step'];

function program(text: string) {
  const { problems, modules, sites } = compiler.compile(file, { read: () => text });
  expect(problems).toEqual([]);
  return { entry: file, modules, sites };
}

async function train(text: string, limits: Partial<RunLimits> = {}, { background = true } = {}) {
  const steps: Step[] = [];
  const request = { ...program(text), run: 1, mode: 'backward', keepParameters: true, background } as const;
  const onStep = (step: Step) => {
    steps.push(step);
    limits.onStep?.(step);
  };
  const report = await host.train(request, { timeoutMs: 20_000, eachStep: true, ...limits, onStep });
  return { steps, report, where: where(report, text), model: report.models[0] };
}

function where({ problems, sites }: Pick<TrainReport, 'problems' | 'sites'>, text: string) {
  return problems.map(({ code, site, range }) => {
    const { start, end } = (site === undefined ? range : sites[site]?.range)!;
    return `${code} @ ${text.split('\n')[start.line]!.slice(start.character, end.character)}`;
  });
}

function run(text: string, trained?: RunRequest['trained'], mode: FileTrace['mode'] = 'forward') {
  const request = { ...program(text), run: 2, mode, fallback: true };
  return host.run({ ...request, ...(trained === undefined ? {} : { trained }) }, { timeoutMs: 5000 });
}

const trainedBy = ({ losses, parameters }: TrainedModel) => ({
  default: { steps: losses.length, earlierText: false, state: parameters!.state },
});

describe('a training', () => {
  it('is told of now and then, and at its last step, in a curve of all steps', async () => {
    const { report, steps, model } = await train(line({ steps: 3000, lr: 0.01 }));
    expect(report.problems).toEqual([]);
    expect(model!.losses).toHaveLength(3000);
    expect(model!.result).toMatchObject({ steps: 3000, mode: 'false' });
    // Five times a second, the first and the last.
    expect(steps.length).toBeLessThanOrEqual(report.ms / 200 + 2);
    const [first, last] = [steps[0]!, steps.at(-1)!];
    expect(first).toMatchObject({ step: 1, steps: 3000, firstLoss: model!.losses[0] });
    expect(last).toMatchObject({ step: 3000, firstLoss: model!.losses[0], loss: model!.losses.at(-1) });
    expect(last.curve.mean.length * last.curve.width).toBeGreaterThanOrEqual(3000);
    expect(last.curve.mean.length).toBeLessThanOrEqual(512);
    expect(last.curve.max[0]).toBe(model!.losses[0]);
  });

  it('ends where it is stopped, in the middle of a step, too, and keeps what it came to', async () => {
    for (const batch of ['return {};', 'for (let i = 0; i < 1e6; i++) {} return {};']) {
      const stop = new AbortController();
      const { report, steps, model, where } = await train(line({ steps: 10_000_000, lr: 0.1, batch }), {
        signal: stop.signal,
        onStep: ({ step }) => step > 3 && stop.abort(),
      });
      expect(where).toHaveLength(1);
      expect(where[0]).toMatch(/^cancelled @ /);
      const made = model!.losses.length;
      expect(made).toBeGreaterThan(3);
      expect(made).toBeLessThan(10_000_000);
      expect(steps.at(-1)).toMatchObject({ step: made, loss: model!.losses.at(-1) });
      expect(model).toMatchObject({ steps: 10_000_000, result: { steps: made, mode: 'false' } });
      expect(model!.parameters!.shapes).toEqual({ 'line.weight': [1, 1], 'line.bias': [1] });
      expect(report.format).toBe('tensight-training');
    }
  });

  it('that runs away fails at the loss, and one that throws where it throws; both keep their curve', async () => {
    const wild = await train(line({ lr: 1e9 }));
    expect(wild.where).toEqual(['exception @ nn.functional.mseLoss(output, targets.y.expand(3, 1))']);
    expect(wild.report.problems[0]!.message).toMatch(/^train: the loss is (NaN|Infinity) at step \d+$/);
    expect(wild.model!.losses.length).toBeGreaterThan(1);
    expect(wild.steps.at(-1)!.step).toBe(wild.model!.losses.length);
    expect(wild.model!.result).toEqual({});
    const thrown = await train(line({ batch: "if (step === 7) throw new Error('no more data'); return {};" }));
    expect(thrown.where).toEqual(["exception @ new Error('no more data')"]);
    expect(thrown.model!.losses).toHaveLength(7);
    expect(thrown.steps.at(-1)!.step).toBe(7);
  });

  it('has its time limit for each step, not for all', async () => {
    const slow = 'for (const until = Date.now() + 150; Date.now() < until; ) {} return {};';
    // At the priority of all else: what has to wait for the tests beside it would come to its limit by that.
    const inFront = { background: false };
    const { report } = await train(line({ steps: 20, batch: slow }), { timeoutMs: 2000 }, inFront);
    expect(report.problems).toEqual([]);
    expect(report.ms).toBeGreaterThan(2500);
    const hangs = await train(line({ batch: 'while (step === 5) {} return {};' }), { timeoutMs: 2000 }, inFront);
    expect(hangs.where[0]).toMatch(/^timeout @ while/);
    expect(hangs.model!.losses).toHaveLength(5);
    expect(hangs.model!.result).toMatchObject({ steps: 5 });
  });
});

describe('a run with trained parameters', () => {
  it('computes with them, and says so; without them with the initial ones', async () => {
    const text = line();
    const { model } = await train(text);
    const initial = await run(text);
    const trained = await run(text, trainedBy(model!), 'backward');
    expect(trained.problems).toEqual([]);
    expect(initial.models[0]!.loss!.value).toBeCloseTo(model!.losses[0]!, 6);
    expect(trained.models[0]!.loss!.value).toBeLessThan(1e-4);
    expect(trained.models[0]!.loss!.value).toBeLessThanOrEqual(model!.losses.at(-1)!);
    expect(trained.models[0]).toMatchObject({
      train: { steps: 100 },
      trained: { steps: 100, earlierText: false },
      provenance: 'executed',
    });
    expect(initial.models[0]!.trained).toBeUndefined();
    // What was loaded is no part of what ran.
    const { models } = await run(text, trainedBy(model!));
    expect(models[0]!.tensors.map(({ role }) => role)).toEqual(initial.models[0]!.tensors.map(({ role }) => role));
  });

  it('that are large are kept in a file of their owner’s, not sent', async () => {
    const folder = node.openFolder()!;
    const own = new EngineHost({ script: inject('engineScript'), memoryLimit: 1000, folder: folder.path });
    const text = line({ steps: 1, width: 2_100_000 });
    const request = { ...program(text), run: 7, mode: 'backward', keepParameters: true } as const;
    const { models, problems } = await own.train(request, { timeoutMs: 60_000 });
    expect(problems).toEqual([]);
    const { state, shapes } = models[0]!.parameters!;
    expect(shapes).toEqual({ 'line.weight': [2_100_000, 1], 'line.bias': [2_100_000] });
    if (state instanceof Uint8Array) throw new Error('it was sent');
    const { size, mode } = statSync(state.file);
    expect(size).toBeGreaterThan(16e6);
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
    const trained = { default: { steps: 1, earlierText: false, state } };
    const again = { ...program(text), run: 8, mode: 'forward', fallback: true, trained } as const;
    expect((await own.run(again, { timeoutMs: 60_000 })).models[0]!.trained).toBeDefined();
    folder.dispose();
    const gone = await own.run(again, { timeoutMs: 60_000 });
    expect(gone.models[0]!.trained).toBeUndefined();
    expect(gone.problems[0]!.message).toContain('no longer exists');
    await own.dispose();
  });

  it('that do not fit runs with the initial ones, and says what does not fit', async () => {
    const { model } = await train(line());
    const { models, problems } = await run(line({ width: 2 }), trainedBy(model!));
    expect(models[0]!.complete).toBe(true);
    expect(models[0]!.trained).toBeUndefined();
    expect(problems).toMatchObject([{ severity: 'warning', code: 'model', hint: 'Train the model again.' }]);
    expect(problems[0]!.message).toMatch(/initial parameters.*line\.weight is \[2, 1\], the state has \[1, 1\]/);
  });
});
