import { type Disposable, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import type { StatusParams } from '../protocol/server.ts';

/** Runs shorter than this leave the status bar still. */
const patienceMs = 300;
/** Characters of a message. */
const longest = 60;

/** The status bar's item: the model of the active file, or what is wrong with it. */
export class Status implements Disposable {
  readonly #item: StatusBarItem;
  readonly #known = new Map<string, StatusParams>();
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

  show(status: StatusParams): void {
    this.#known.set(status.uri, status);
    clearTimeout(this.#timer);
    if (isRunning(status)) this.#timer = setTimeout(() => this.#draw(), patienceMs);
    else this.#draw();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#item.dispose();
  }

  #draw(): void {
    const editors = [window.activeTextEditor, ...window.visibleTextEditors];
    const status = editors.map((editor) => this.#known.get(editor?.document.uri.toString() ?? '')).find((one) => one);
    if (status === undefined) {
      // A panel alone on the screen is no text editor: what it shows stays.
      if (window.visibleTextEditors.length > 0) this.#item.hide();
      return;
    }
    const { running, summary } = status;
    switch (running) {
      case 'idle':
        this.#set(
          `$(layers) ${summary}`,
          summary === '' ? 'Tensight found no model here.' : 'Open the Tensight panel',
          'tensight.openPanel',
        );
        break;
      case 'shape':
        this.#set(`$(sync~spin) ${summary}`, 'Tensight works out the shapes', 'tensight.showLog');
        break;
      case 'forward':
      case 'backward':
        this.#set(`$(sync~spin) ${running} · ${summary}`, `Tensight runs ${running}`, 'tensight.showLog');
        break;
      case 'training':
        // Its figures move. An icon that does, too, for minutes, keeps the whole window from resting.
        this.#set(`$(mortar-board) ${summary}`, 'Tensight trains the model: show it', 'tensight.showTraining');
        break;
      case 'failed':
        this.#set(`$(error) Tensight: ${shorten(summary)}`, summary, 'workbench.actions.view.problems');
        break;
      case 'untrusted':
        this.#set(
          '$(shield) Tensight: restricted',
          'Tensight runs no model in an untrusted workspace.',
          'workbench.trust.manage',
        );
        break;
      default:
        running satisfies never;
    }
    this.#item.show();
  }

  #set(text: string, tooltip: string, command: string): void {
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.command = command;
  }
}

function isRunning({ running }: StatusParams): boolean {
  return running === 'shape' || running === 'forward' || running === 'backward';
}

function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
