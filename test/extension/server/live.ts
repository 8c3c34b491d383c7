/** A workspace with engines as the editor has them: processes, started and ended as it needs them. */
import { setTimeout as pause } from 'node:timers/promises';
import { EngineHost } from '../../../extension/engine/runner.ts';
import type { ServerSettings, TraceUpdate } from '../../../extension/protocol/server.ts';
import type { Training } from '../../../extension/protocol/training.ts';
import { Workspace } from '../../../extension/server/workspace.ts';

export const uri = 'file:///w/live.model.ts';

/** A model that learns a line; `width` is what an edit changes and a shape shows; `forward` is a line of it. */
export const modelText = (
  width = 3,
  forward = '',
) => `import { defineModel, nn, optim, type Tensor, randn } from 'tensight';
class Line extends nn.Module {
  line = new nn.Linear(4, 3);
  wide = new nn.Linear(3, ${width});
  forward(x: Tensor) {
    const h = this.line.forward(x);
    ${forward}
    return { h, wide: this.wide.forward(h.detach()) };
  }
}
const train = (steps: number) => ({ steps, optimizer: (parameters) => new optim.SGD(parameters, { lr: 0.01 }) });
export default defineModel({
  model: () => new Line(),
  inputs: { x: randn([8, 4]) },
  loss: ({ output }) => output.h.square().mean(),
  train: train(10_000_000),
});
export const once = defineModel({
  model: () => new nn.Linear(4, 2),
  inputs: { x: randn([8, 4]) },
  loss: ({ output }) => output.square().mean(),
  train: train(50),
});`;

export class LiveWorkspace {
  readonly workspace: Workspace;
  readonly hosts: { readonly shapes: EngineHost; readonly values: EngineHost };
  readonly log: string[] = [];
  last: TraceUpdate | undefined;
  readonly trainings = new Map<string, Training>();
  #version = 1;
  #text = modelText();

  constructor(script: string, limits: Partial<ServerSettings> = {}) {
    const settings: ServerSettings = {
      ...{
        shapeRunTimeout: 2000,
        runTimeout: 5000,
        memoryLimit: 500,
        inlayHints: true,
        codeLens: 'layers',
        trusted: true,
      },
      ...limits,
    };
    const host = (name: string) =>
      new EngineHost({
        script,
        memoryLimit: settings.memoryLimit,
        queryTimeoutMs: 1000,
        log: (level, message) => this.log.push(`${name}: ${level} ${message}`),
      });
    this.hosts = { shapes: host('shapes'), values: host('values') };
    this.workspace = new Workspace(
      { ...this.hosts, startTraining: () => host('training') },
      {
        refresh: () => {},
        publish: () => {},
        traceChanged: (update) => {
          this.last = update;
        },
        trainingChanged: (training) => {
          this.trainings.set(training.model, training);
        },
        stateChanged: () => {},
        log: (message) => this.log.push(message),
      },
      settings,
    );
    this.workspace.open(uri, 'typescript', this.#version, this.#text);
    this.workspace.watch([uri]);
  }

  /** The process of an engine's host that came up last. */
  processOf(host: 'shapes' | 'values' | 'training'): number | undefined {
    const up = this.log.findLast((line) => line.startsWith(`${host}: info Engine up`));
    return up === undefined ? undefined : Number(/process (\d+)/.exec(up)?.[1]);
  }

  /** Puts another text in place of the present one. */
  edit(text: string): void {
    const lines = this.#text.split('\n');
    const end = { line: lines.length - 1, character: lines.at(-1)!.length };
    this.#text = text;
    this.workspace.change(uri, ++this.#version, [{ range: { start: { line: 0, character: 0 }, end }, text }]);
  }

  /** Edits, and waits until what the edit changed is seen. */
  async see(width: number): Promise<void> {
    this.edit(modelText(width));
    await until(`an edit to ${width}`, () => this.shown === width, 30_000);
  }

  /** The width that the last whole shape run saw. */
  get shown(): number | undefined {
    const { shape } = this.last ?? {};
    if (shape === undefined || shape.problems.length > 0) return undefined;
    const model = shape.models.find(({ exportName }) => exportName === 'default');
    return model?.tensors.find((tensor) => tensor.role === 'activation' && tensor.shape[1]! > 9)?.shape[1];
  }

  run(
    mode: 'forward' | 'backward',
    { model = 'default', signal = new AbortController().signal } = {},
  ): Promise<TraceUpdate> {
    return this.workspace.run({ uri, mode, model }, signal);
  }

  async dispose(): Promise<void> {
    this.workspace.dispose();
    await Promise.all([this.hosts.shapes.dispose(), this.hosts.values.dispose()]);
  }
}

export async function until(what: string, reached: () => boolean, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!reached()) {
    if (performance.now() > end) throw new Error(`${what} did not come within ${ms} ms`);
    await pause(5);
  }
}

/** Uniform in [0, 1), the same for the same seed (Tommy Ettinger's mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
