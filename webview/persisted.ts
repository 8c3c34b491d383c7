/** What is chosen in the page, in signals that survive a hidden tab, a reload and a restart: the editor keeps them. */
import { effect, type Signal, signal } from '@preact/signals';
import * as v from 'valibot';
import { loadState, saveState } from './bridge.ts';

const saved = loadState();
const initial = new Map<Signal<unknown>, unknown>();
const named = new Map<string, Signal<unknown>>();
let saving: ReturnType<typeof setTimeout> | undefined;

/**
 * A choice, by a name of its own; what comes back is taken where `schema` accepts it (by default, what is of the same type as
 * `fallback`), so that another version of the page starts with its defaults. Values are JSON.
 */
export function persisted<T>(name: string, fallback: T, schema?: v.GenericSchema<unknown, T>): Signal<T> {
  if (named.has(name)) throw new Error(`two choices are called ${name}`);
  const value = saved.chosen[name];
  const accepted = schema === undefined ? typeof value === typeof fallback : v.is(schema, value);
  const choice = signal(accepted ? (value as T) : fallback);
  initial.set(choice as Signal<unknown>, fallback);
  named.set(name, choice as Signal<unknown>);
  return choice;
}

/** The file the choices were made for, when the page came up. */
export const savedUri = saved.uri;

/** Keeps what is chosen from now on, with the file it is chosen for. */
export function keepChoices(uri: () => string | undefined): void {
  effect(() => {
    const chosen = Object.fromEntries([...named].map(([name, choice]) => [name, choice.value]));
    const state = { uri: uri(), chosen };
    // Soon, not at every scrolled pixel.
    clearTimeout(saving);
    saving = setTimeout(() => saveState(state), 150);
  });
}

/** Another file: what was chosen for the last one means nothing here. */
export function forgetChoices(): void {
  for (const [choice, fallback] of initial) choice.value = fallback;
}
