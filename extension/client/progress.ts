import { type CancellationTokenSource, ProgressLocation, window } from 'vscode';
import type { ProgressParams } from '../protocol/server.ts';
import { bytes, count } from '../reading/numbers.ts';

/** A run that takes longer than this is shown, and can be cancelled. */
const patienceMs = 500;

type Told = { readonly phase: string; readonly ops: number } | null;

/** Shows the runs that are under way. */
export class RunProgress {
  readonly #reports = new Map<string, (progress: ProgressParams) => void>();

  /** `tell` hears of every step and, at the end, of `null`. */
  follow(
    uri: string,
    mode: string,
    answer: Promise<unknown>,
    source: CancellationTokenSource,
    tell: (told: Told) => void,
  ): void {
    let show: (progress: ProgressParams) => void = () => {};
    const report = (progress: ProgressParams) => {
      tell({ phase: progress.phase, ops: progress.ops });
      show(progress);
    };
    this.#reports.set(uri, report);
    const settled = answer.then(
      () => {},
      () => {},
    );
    const timer = setTimeout(() => {
      const options = { location: ProgressLocation.Notification, title: `Tensight runs ${mode}`, cancellable: true };
      void window.withProgress(options, (progress, token) => {
        const cancel = () => source.cancel();
        if (token.isCancellationRequested) cancel();
        const subscription = token.onCancellationRequested(cancel);
        show = ({ phase, ops, bytes: held }) =>
          progress.report({ message: `${phase} · ${count(ops)} operations · ${bytes(held)}` });
        return settled.finally(() => subscription.dispose());
      });
    }, patienceMs);
    void settled.then(() => {
      clearTimeout(timer);
      if (this.#reports.get(uri) === report) this.#reports.delete(uri);
      tell(null);
    });
  }

  report(progress: ProgressParams): void {
    this.#reports.get(progress.uri)?.(progress);
  }
}
