import { type Disposable, ProgressLocation, window } from 'vscode';
import type { FileState, RunActivity } from '../protocol/server.ts';
import { bytes, count } from '../reading/numbers.ts';

/** A run that takes longer than this is shown as a notification, and can be stopped there. */
const patienceMs = 500;

interface RunNotification {
  readonly startedAt: number;
  report(run: RunActivity): void;
  end(): void;
}

/** Shows the runs that are under way as notifications, one a file. */
export class RunProgress implements Disposable {
  readonly #shown = new Map<string, RunNotification>();

  /** `stop`: what Cancel does. */
  constructor(private readonly stop: (uri: string) => void) {}

  /** Takes in what goes on with a file. */
  show({ uri, run }: FileState): void {
    const shown = this.#shown.get(uri);
    if (shown !== undefined && shown.startedAt !== run?.startedAt) {
      this.#shown.delete(uri);
      shown.end();
    }
    if (run === undefined) return;
    if (!this.#shown.has(uri)) this.#shown.set(uri, this.#begin(uri, run));
    this.#shown.get(uri)?.report(run);
  }

  dispose(): void {
    for (const shown of this.#shown.values()) shown.end();
    this.#shown.clear();
  }

  #begin(uri: string, first: RunActivity): RunNotification {
    let now = first;
    let report: () => void = () => {};
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const timer = setTimeout(() => {
      const title = `Tensight: running ${first.mode}`;
      const options = { location: ProgressLocation.Notification, title, cancellable: true };
      void window.withProgress(options, (progress, token) => {
        const subscription = token.onCancellationRequested(() => this.stop(uri));
        report = () => progress.report({ message: progressText(now) });
        report();
        return ended.finally(() => subscription.dispose());
      });
    }, patienceMs);
    return {
      startedAt: first.startedAt,
      report(run) {
        now = run;
        report();
      },
      end() {
        clearTimeout(timer);
        end();
      },
    };
  }
}

/** `backward · 1.2 k operations · 40 MB`. */
function progressText({ stopping, phase, ops, bytes: held }: RunActivity): string {
  if (stopping) return 'stopping';
  return phase === undefined ? 'starting' : `${phase} · ${count(ops)} operations · ${bytes(held)}`;
}
