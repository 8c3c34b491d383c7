/**
 * Stands in for VS Code in an ordinary browser: theme variables, `acquireVsCodeApi`, and an editor that answers. Choose by address:
 * `?trace=transformer|gpt|mlp|rnn|cnn|broken|sick|tall|none&state=shape|run|backward|stale|ended|progress&theme=dark|light|hc|hcl&view=…&layer=…
 * &silent=yes&training=running|long|done|stopped|failed`.
 */
import type { FileTrace } from '../../core/trace/trace.ts';
import {
  checkFromWebview,
  type PanelEvents,
  type PanelMethods,
  type PanelNotices,
} from '../../extension/protocol/panel.ts';
import type { QueryAnswer, QueryName } from '../../extension/protocol/queries.ts';
import { Rpc } from '../../extension/protocol/rpc.ts';
import type { FileState, RunActivity, TraceUpdate } from '../../extension/protocol/server.ts';
import type { Training } from '../../extension/protocol/training.ts';
import { answers } from './engine.ts';
import { applyTheme } from './themes.ts';
import { convolutional, gpt, perceptron, recurrent, tall, transformer } from './traces/models.ts';
import { training } from './training.ts';

const chosen = new URLSearchParams(location.search);
const name = chosen.get('trace') ?? 'transformer';
const state = chosen.get('state') ?? 'backward';
applyTheme(chosen.get('theme') ?? 'dark');

type Mode = 'shape' | 'forward' | 'backward';

function traceOf(mode: Mode, run: number): FileTrace {
  const options = { mode, run } as const;
  switch (name) {
    case 'gpt':
      return gpt(options);
    case 'rnn':
      return recurrent(options);
    case 'cnn':
      return convolutional(options);
    case 'mlp':
      return perceptron(options);
    case 'broken':
      return transformer({ ...options, broken: mode === 'shape' });
    case 'sick':
      return transformer({
        ...options,
        ailments: {
          'decoder.layers.0.linear1': 'nan',
          'encoder.layers.1.self_attn': 'exploding',
          'encoder.layers.0.linear2': 'vanishing',
          'decoder.layers.1.activation': 'dead',
        },
      });
    case 'tall':
      return tall(options, 10_000);
    case 'none':
      return { ...transformer(options), models: [] };
    default:
      return transformer(options);
  }
}

const trainable = (trace: FileTrace): FileTrace => ({
  ...trace,
  models: trace.models.map((each) => ({ ...each, train: { steps: 300 } })),
});
const shape = trainable(traceOf('shape', 1));
/** Whose parameters runs have from now on. */
let use: Training['parameters'] = ['done', 'long', 'stopped'].includes(chosen.get('training') ?? '')
  ? 'trained'
  : 'none';
const runOf = (mode: Mode, id: number): FileTrace => {
  const trace = trainable(traceOf(mode, id));
  const trained = { steps: 300, earlierText: chosen.get('training') === 'stopped' };
  return use === 'trained' ? { ...trace, models: trace.models.map((each) => ({ ...each, trained })) } : trace;
};
let run: FileTrace | undefined =
  state === 'shape' || state === 'progress' ? undefined : runOf(state === 'run' ? 'forward' : 'backward', 2);
const update = (): TraceUpdate => ({
  uri: shape.file,
  shape,
  ...(run === undefined ? {} : { run }),
  outOfDate: state === 'stale' || name === 'broken',
});

const model = shape.models[0]?.exportName ?? 'default';
const course = (steps: number, of: number, more: Partial<Training> = {}): Training =>
  training(shape.file, model, steps, of, more);
const trainings: Record<string, Training> = {
  running: course(120, 300),
  long: course(61_234, 100_000),
  done: course(300, 300),
  stopped: course(80, 300, { state: 'stopped', parameters: 'trained', outOfDate: true }),
  failed: course(40, 300, {
    state: 'failed',
    parameters: 'none',
    problem: {
      severity: 'error',
      message: 'train: the loss is NaN at step 41',
      hint: 'A smaller learning rate helps where numbers run away, or clipGradNorm: 1 in the train section.',
      place: { file: shape.file, range: { start: { line: 60, character: 2 }, end: { line: 60, character: 40 } } },
    },
  }),
};

const fileState = (going?: Pick<RunActivity, 'mode' | 'ops' | 'phase'>): FileState => ({
  ...{ uri: shape.file, trusted: chosen.get('trusted') !== 'no', summary: '', shapes: false },
  run: going && { ...going, startedAt: Date.now() - 1200, stopping: false, bytes: 4e6 },
});

let receive: ((message: unknown) => void) | undefined;
const log: unknown[] = [];
const key = `tensight ${name}`;

const page = new Rpc<Record<string, never>, PanelNotices, PanelEvents>(
  {
    post: (message) => window.postMessage(structuredClone(message), '*'),
    listen(own) {
      receive = own;
      return { dispose() {} };
    },
  },
  {
    ask: async ({ name, params }) => {
      const answer: ((trace: FileTrace, params: never) => QueryAnswer<QueryName>) | undefined = answers[name];
      if (answer === undefined) throw new Error(`${name} is not answered without an engine.`);
      return answer(run ?? shape, params as never);
    },
    run: async ({ mode }) => {
      page.notify('state', fileState({ mode, ops: 120, phase: 'forward' }));
      await new Promise((resolve) => setTimeout(resolve, 600));
      run = runOf(mode, (run?.run ?? 1) + 1);
      page.notify('state', fileState());
      page.notify('update', update());
      return null;
    },
    async stopRun() {
      page.notify('state', fileState());
      return null;
    },
    manageTrust: async () => null,
    async train() {
      for (let step = 0; step <= 300; step += 5) {
        page.notify('training', course(step, 300));
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      return null;
    },
    async stopTraining() {
      page.notify('training', course(80, 300, { state: 'stopped' }));
      return null;
    },
    async parameters({ use: next }) {
      use = next;
      page.notify('training', course(300, 300, { parameters: next }));
      return null;
    },
  } satisfies PanelMethods,
  checkFromWebview,
  (reason) => console.error(`host: ${reason}`),
);

page.on('ready', () => {
  if (chosen.get('silent') === 'yes') return;
  page.notify('file', { uri: shape.file, locked: false });
  page.notify('state', fileState());
  if (chosen.get('trusted') === 'no') return;
  page.notify('update', update());
  // The engine ends once what is on the screen has been asked for.
  if (state === 'ended')
    setTimeout(() => {
      run = undefined;
      page.notify('update', update());
    }, 250);
  const going = trainings[chosen.get('training') ?? ''];
  if (going !== undefined) page.notify('training', going);
  const view = chosen.get('view');
  const layer = chosen.get('layer');
  if (view !== null || layer !== null)
    page.notify('select', {
      ...(view === null ? {} : { view: view as 'shapes' }),
      ...(layer === null ? {} : { layer }),
    });
  if (state === 'progress') page.notify('state', fileState({ mode: 'backward', ops: 18_240, phase: 'backward' }));
});
page.on('revealSite', (place) => log.push(place));

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => receive?.(message),
    getState: () => JSON.parse(sessionStorage.getItem(key) ?? 'null') as unknown,
    setState: (next: unknown) => sessionStorage.setItem(key, JSON.stringify(next)),
  }),
  tensightHost: { page, log, update, applyTheme },
});
