/**
 * What the page knows and what is chosen in it: signals, owned here. Views read them and call the verbs below; only this file
 * listens to the editor.
 */
import { batch, computed, signal } from '@preact/signals';
import * as v from 'valibot';
import type { FileTrace, SiteId } from '../core/trace/trace.ts';
import type { FileState, RunOutcome } from '../extension/protocol/server.ts';
import type { Training } from '../extension/protocol/training.ts';
import { layerAtSite, placeOf } from '../extension/reading/find.ts';
import { type Known, modelsOf, sceneOf } from '../extension/reading/scene.ts';
import { isTraining, leftOf } from '../extension/reading/training.ts';
import { buildTree } from '../extension/reading/tree.ts';
import { editor } from './bridge.ts';
import { file, keepChoices, lastShown, lastTrainings, persisted, restored, turnTo } from './persisted.ts';

export const update = signal<Known | null>(restored.peek() ? shownBefore() : null);
/** The run that is shown, where the engine that held its tensors has ended. */
export const endedRun = computed(() => (update.value?.ended === true ? update.value.run?.run : undefined));
/** Id of a view of views/index.ts. */
export const view = persisted('view', 'shapes', v.string(), 'carried');
export const modelName = persisted('model', undefined, v.optional(v.string()));
/** Selected row of the tree: a module's path (`·` for the model) or an operation's key. */
export const selected = persisted('layer', undefined, v.optional(v.string()));
/** Counts selections that came from the editor, so that lists scroll to them. */
export const summoned = signal(0);
/** A head of a map, which is named by `keyOf`. */
export const head = persisted(
  'head',
  undefined,
  v.optional(v.object({ key: v.string(), head: v.number(), batch: v.number() })),
);
export const scroll = persisted('scroll', 0);
/** When the run was first seen, to say `executed 12:04` after a reload too. */
export const seen = persisted('seen', undefined, v.optional(v.object({ run: v.number(), at: v.number() })));
/** What goes on with the file, as the server says it. */
const fileState = signal<FileState | null>(null);
/** What was asked for here, until the server's word of it is there. */
const asked = signal<{ readonly mode: 'forward' | 'backward'; readonly at: number } | null>(null);
/** The run under way. */
export const activity = computed(() => fileState.value?.run);
export const running = computed(() => activity.value?.mode ?? asked.value?.mode ?? null);
/** How the last run that was asked for ended, once none goes on. */
export const outcome = computed((): RunOutcome | undefined =>
  running.value === null ? fileState.value?.lastRun : undefined,
);
export const trusted = computed(() => fileState.value?.trusted ?? true);
export const runError = signal<string | undefined>(undefined);

/** The last training of each model, by export name. */
export const trainings = signal<ReadonlyMap<string, Training>>(
  new Map(lastTrainings.peek().map((each) => [each.model, leftOf(each, 'The window was opened again')])),
);
/** Where it was chosen; else the one that fits. */
export const lossAxis = persisted('training.axis', undefined, v.optional(v.picklist(['log', 'linear'])));

export const models = computed(() => (update.value === null ? [] : modelsOf(update.value)));
export const scene = computed(() => sceneOf(update.value, modelName.value));
export const tree = computed(() => (scene.value === undefined ? undefined : buildTree(scene.value.base.model)));

const rootKey = '·';
const keyOfLayer = (layer: string): string => (layer === '' ? rootKey : layer);

/** What was shown before the page was made anew: until the editor says otherwise, the engine it came from has ended. */
function shownBefore(): Known | null {
  const last = lastShown.peek();
  return last === undefined ? null : withoutEngine(last, last);
}

/** The news of a file whose last run nobody holds any more: that run stays on the screen, and is said to be an earlier one. */
function withoutEngine(next: Known, { run, layer }: Known): Known {
  if (run === undefined) return next;
  return { ...next, run, ...(layer === undefined ? {} : { layer }), outOfDate: true, ended: true };
}

export function listen(): void {
  editor.on('file', ({ uri, locked, from }) => show(uri, locked, from));
  editor.on('update', (next) =>
    batch(() => {
      if (next.uri !== file.peek()?.uri) return;
      if (next.run !== undefined && seen.peek()?.run !== next.run.run)
        seen.value = { run: next.run.run, at: Date.now() };
      const before = update.peek();
      const known = next.run === undefined && before !== null ? withoutEngine(next, before) : next;
      update.value = known;
      lastShown.value = known;
      restored.value = false;
    }),
  );
  editor.on('select', (choice) =>
    batch(() => {
      if (choice.view !== undefined) view.value = choice.view;
      if (choice.model !== undefined) modelName.value = choice.model;
      const layer = choice.layer ?? (choice.site === undefined ? undefined : layerOf(choice.site));
      if (layer === undefined) return;
      selected.value = keyOfLayer(layer);
      summoned.value++;
    }),
  );
  editor.on('state', (next) =>
    batch(() => {
      fileState.value = next;
      // What it says from now on includes what was asked for here.
      if (next.run !== undefined) asked.value = null;
    }),
  );
  // What comes faster than it can be drawn is drawn once.
  const news = new Map<string, Training>();
  editor.on('training', (training) => {
    if (news.size === 0)
      setTimeout(() => {
        trainings.value = new Map([...trainings.peek(), ...news]);
        news.clear();
        keepTrainings();
      }, 0);
    news.set(training.model, training);
  });
  keepChoices();
  editor.notify('ready', {});
}

let keptAt = 0;
/** For the next page; while one is under way, now and then. */
function keepTrainings(): void {
  const all = [...trainings.peek().values()];
  if (all.some(isTraining) && Date.now() - keptAt < 2000) return;
  keptAt = Date.now();
  lastTrainings.value = all;
}

/** Sites the editor names are of the executed run where it has one, whatever `scene` takes its shapes from. */
function layerOf(site: SiteId): string | undefined {
  const now = scene.peek();
  const known = update.peek();
  const file = known?.ended === true ? known.shape : (known?.run ?? known?.shape);
  const model = file?.models.find((each) => each.exportName === now?.base.model.exportName) ?? file?.models[0];
  return model === undefined ? undefined : layerAtSite(model, site);
}

/** What was last seen of other files, so that one that is shown again is there at once. The last one last. */
const seenBefore = new Map<string, { readonly update: Known; readonly trainings: ReadonlyMap<string, Training> }>();
const keptUpdates = 5;

/** Another file, or the same by another name; news of it follow. */
function show(uri: string, locked: boolean, from?: string): void {
  const before = file.peek()?.uri;
  batch(() => {
    turnTo({ uri, locked }, from);
    if (before === uri) return;
    const last = update.peek();
    if (last !== null && from === undefined) {
      seenBefore.delete(last.uri);
      seenBefore.set(last.uri, { update: last, trainings: trainings.peek() });
      for (const old of [...seenBefore.keys()].slice(0, -keptUpdates)) seenBefore.delete(old);
    }
    if (from === undefined) {
      restored.value = false;
      const seen = seenBefore.get(uri);
      update.value = seen?.update ?? null;
      trainings.value = seen?.trainings ?? new Map();
      keepTrainings();
    }
    fileState.value = null;
    asked.value = null;
    runError.value = undefined;
  });
}

/** Runs the model the panel shows, in place of a run under way; its trace arrives as an update. */
export async function run(mode: 'forward' | 'backward'): Promise<void> {
  if (running.peek() === mode) return;
  const own = { mode, at: Date.now() };
  asked.value = own;
  runError.value = undefined;
  const model = scene.peek()?.base.model.exportName;
  try {
    await editor.request('run', { mode, ...(model === undefined ? {} : { model }) });
  } catch (error) {
    runError.value = error instanceof Error ? error.message : String(error);
  } finally {
    if (asked.peek() === own) asked.value = null;
  }
}

export async function stopRun(): Promise<void> {
  await tried(() => editor.request('stopRun', {}));
}

/** Trains a model from its beginning; how it goes comes as news of it. */
export async function train(model: string): Promise<void> {
  await tried(() => editor.request('train', { model }));
}

export async function stopTraining(model: string): Promise<void> {
  await tried(() => editor.request('stopTraining', { model }));
}

/** Opens the editor's page on trusting the folder. */
export async function manageTrust(): Promise<void> {
  await tried(() => editor.request('manageTrust', {}));
}

/** Chooses the parameters of the model's runs, and repeats the run that is shown with them. */
export async function useParameters(use: 'trained' | 'initial'): Promise<void> {
  const now = scene.peek();
  if (now === undefined) return;
  const shown = now.values?.file.mode;
  await tried(() => editor.request('parameters', { model: now.base.model.exportName, use }));
  if (runError.peek() === undefined && (shown === 'forward' || shown === 'backward')) await run(shown);
}

async function tried(request: () => Promise<null>): Promise<void> {
  runError.value = undefined;
  try {
    await request();
  } catch (error) {
    runError.value = error instanceof Error ? error.message : String(error);
  }
}

/** What a person does with a row: passes it by, looks at it, or goes to its code. */
export type Interest = 'pass' | 'look' | 'go';

/** Shows a place of a trace in the editor; with `preview` only where it is in sight, so that the code stays where it is. */
export function revealSite(file: FileTrace, id: SiteId | undefined, preview = false): void {
  const site = id === undefined ? undefined : file.sites[id];
  if (site !== undefined) editor.notify('revealSite', { ...placeOf(site), preview });
}

/** The code's share in a person's interest in a row. */
export function attend(file: FileTrace, site: SiteId | undefined, interest: Interest): void {
  if (interest !== 'pass') revealSite(file, site, interest === 'look');
}
