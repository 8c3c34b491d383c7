/** What is chosen in the page, file by file, in signals that survive another file, a reload and a restart: the editor keeps them. */
import { batch, effect, type Signal, signal } from '@preact/signals';
import * as v from 'valibot';
import { answersToKeep, arrived, takeBack } from './answers.ts';
import { loadState, type Saved, saveState } from './bridge.ts';

/** There while all that was chosen is kept: tests wait for it before they open the window anew. */
const keptMark = 'tensight.kept';
/** Files whose choices are kept. */
const keptFiles = 30;

const saved = loadState();
/** What is shown, and how the panel holds on to it. */
export const file = signal<{ readonly uri: string; readonly locked: boolean } | undefined>(
  saved.uri === undefined ? undefined : { uri: saved.uri, locked: saved.locked },
);
/** Of the files that are not shown, the last one last. */
const others = new Map(Object.entries(saved.others));

/**
 * Whose choice it is: each `file`'s own; `carried` on to a file that was never shown; or the `panel`'s, whatever it shows (sizes).
 */
export type Scope = 'file' | 'carried' | 'panel';

/** What is shown, to be there at once after a reload. */
export const lastShown = signal(saved.last);
export const lastTrainings = signal(saved.trainings);
takeBack(saved.answers);
/** Whether that is all there is so far: then the editor has not answered yet, and is asked nothing. */
export const restored = signal(saved.last !== undefined && saved.last.uri === saved.uri);

interface Choice {
  readonly value: Signal<unknown>;
  readonly fallback: unknown;
  readonly accepts: (value: unknown) => boolean;
  readonly scope: Scope;
}
const choices = new Map<string, Choice>();
let saving: ReturnType<typeof setTimeout> | undefined;

/**
 * A choice, by a name of its own; what comes back is taken where `schema` accepts it (by default, what is of the same type as
 * `fallback`), so that another version of the page starts with its defaults. Values are JSON.
 */
export function persisted<T>(
  name: string,
  fallback: T,
  schema?: v.GenericSchema<unknown, T>,
  scope: Scope = 'file',
): Signal<T> {
  if (choices.has(name)) throw new Error(`two choices are called ${name}`);
  const accepts = (value: unknown): boolean =>
    schema === undefined ? typeof value === typeof fallback : v.is(schema, value);
  const value = saved.chosen[name];
  const choice = signal(accepts(value) ? (value as T) : fallback);
  choices.set(name, { value: choice as Signal<unknown>, fallback, accepts, scope });
  return choice;
}

const chosenNow = (): Saved['chosen'] =>
  Object.fromEntries([...choices].map(([name, { value }]) => [name, value.value]));

/** Keeps what is chosen from now on, with the file it is chosen for. */
export function keepChoices(): void {
  effect(() => {
    arrived.value;
    const last = lastShown.value;
    const state = {
      uri: file.value?.uri,
      locked: file.value?.locked ?? false,
      chosen: chosenNow(),
      others: Object.fromEntries([...others].slice(-keptFiles)),
      ...{ last, trainings: lastTrainings.value },
    };
    const runs = [last?.run?.run, last?.shape?.run].filter((run) => run !== undefined);
    // Soon, not at every scrolled pixel.
    clearTimeout(saving);
    performance.clearMarks(keptMark);
    saving = setTimeout(() => {
      saveState({ ...state, answers: answersToKeep(runs) } satisfies Saved);
      performance.mark(keptMark);
    }, 150);
  });
}

/** Turns to a file: what was chosen for the one before is kept for its return, what was chosen for this one is back. */
export function turnTo(next: { readonly uri: string; readonly locked: boolean }, from?: string): void {
  batch(() => {
    const before = file.peek();
    file.value = next;
    if (before === undefined || before.uri === next.uri || before.uri === from) return;
    others.delete(before.uri);
    others.set(before.uri, chosenNow());
    const known = others.get(next.uri);
    for (const [name, { value, fallback, accepts, scope }] of choices) {
      const chosen = known?.[name];
      if (scope === 'panel' || (known === undefined && scope === 'carried')) continue;
      value.value = accepts(chosen) ? chosen : fallback;
    }
  });
}
