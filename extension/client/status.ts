import { type Disposable, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import type { FileState } from '../protocol/server.ts';
import { duration } from '../reading/numbers.ts';
import { asSentence } from '../reading/sentence.ts';

/** Runs shorter than this leave the status bar still. */
const patienceMs = 300;
/** Characters of a message. */
const longest = 60;
/** While a run goes on its time is shown anew after this long. */
const tickMs = 1000;

/** The status bar's item: the model of the active file, what goes on with it, or what is wrong with it. */
export class Status implements Disposable {
  readonly #item: StatusBarItem;
  readonly #known = new Map<string, FileState>();
  readonly #subscriptions: readonly Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#item = window.createStatusBarItem('tensight.status', StatusBarAlignment.Left, 0);
    this.#item.name = 'Tensight';
    this.#subscriptions = [
      window.onDidChangeActiveTextEditor(() => this.#draw()),
      window.onDidChangeVisibleTextEditors(() => this.#draw()),
    ];
  }

  show(state: FileState): void {
    const before = this.#known.get(state.uri);
    this.#known.set(state.uri, state);
    const begins = state.shapes || (state.run !== undefined && before?.run === undefined);
    if (!begins) return this.#draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#draw(), patienceMs);
  }

  /** The file is gone, or has another name. */
  forget(uri: string): void {
    this.#known.delete(uri);
    this.#draw();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#item.dispose();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    const editors = [window.activeTextEditor, ...window.visibleTextEditors];
    const state = editors.map((editor) => this.#known.get(editor?.document.uri.toString() ?? '')).find((one) => one);
    if (state === undefined) {
      // A panel alone on the screen is no text editor: what it shows stays.
      if (window.visibleTextEditors.length > 0) this.#item.hide();
      return;
    }
    const [text, tooltip, command] = entryOf(state);
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.command = command;
    this.#item.show();
    if (state.run !== undefined) this.#timer = setTimeout(() => this.#draw(), tickMs);
  }
}

/** Text, tooltip and what a click does. */
function entryOf({ trusted, run, training, problem, shapes, summary }: FileState): readonly [string, string, string] {
  if (!trusted)
    return [
      '$(shield) Tensight: restricted',
      'Tensight runs no models in an untrusted workspace.',
      'workbench.trust.manage',
    ];
  if (run !== undefined) {
    const what = [run.mode, summary.split(' · ')[0], duration(Date.now() - run.startedAt)].filter(Boolean).join(' · ');
    return run.stopping
      ? [`$(sync~spin) stopping ${run.mode}`, 'Tensight is stopping the run', 'tensight.showLog']
      : [`$(sync~spin) ${what}`, `Tensight is running ${run.mode}: click to stop`, 'tensight.stopRun'];
  }
  // Its figures move. An icon that does, too, for minutes, keeps the whole window from resting.
  if (training !== undefined)
    return [`$(mortar-board) ${training}`, 'Tensight is training the model: click to watch', 'tensight.showTraining'];
  if (problem !== undefined)
    return [
      `$(error) Tensight: ${shorten(asSentence(problem))}`,
      asSentence(problem),
      'workbench.actions.view.problems',
    ];
  if (shapes) return [`$(sync~spin) ${summary || 'Tensight'}`, 'Tensight is finding the shapes', 'tensight.showLog'];
  return summary === ''
    ? [
        '$(layers) Tensight: no model',
        'Tensight found no model here: export one with defineModel.',
        'tensight.openPanel',
      ]
    : [`$(layers) ${summary}`, 'Open the Tensight panel', 'tensight.openPanel'];
}

function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
