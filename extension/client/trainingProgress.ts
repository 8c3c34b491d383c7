import { type Disposable, ProgressLocation, window } from 'vscode';
import type { Training } from '../protocol/training.ts';
import { duration, integer, number } from '../reading/numbers.ts';
import { isTraining, timeLeft } from '../reading/training.ts';

/** A training that takes longer than this is shown as a notification, and can be stopped there. */
const patienceMs = 500;

interface TrainingNotification {
  tell(training: Training): void;
  end(): void;
}

/** Shows the trainings that are under way as notifications. */
export class TrainingProgress implements Disposable {
  readonly #shown = new Map<string, TrainingNotification>();

  /** `stop`: what its Cancel does. */
  constructor(private readonly stop: (training: Training) => void) {}

  /** Takes in the news of a training. */
  tell(training: Training): void {
    const key = `${training.uri} ${training.model}`;
    const shown = this.#shown.get(key);
    if (isTraining(training)) {
      if (shown === undefined) this.#shown.set(key, this.#show(training));
      else shown.tell(training);
    } else if (shown !== undefined) {
      this.#shown.delete(key);
      shown.end();
    }
  }

  dispose(): void {
    for (const shown of this.#shown.values()) shown.end();
    this.#shown.clear();
  }

  #show(first: Training): TrainingNotification {
    let now = first;
    let percent = 0;
    let report: (training: Training) => void = () => {};
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const timer = setTimeout(() => {
      const options = {
        location: ProgressLocation.Notification,
        title: `Tensight: training ${first.name}`,
        cancellable: true,
      };
      void window.withProgress(options, (progress, token) => {
        const subscription = token.onCancellationRequested(() => this.stop(now));
        report = (training) => {
          const made = training.steps === 0 ? 0 : (100 * training.step) / training.steps;
          progress.report({ message: progressText(training), increment: made - percent });
          percent = made;
        };
        report(now);
        return ended.finally(() => subscription.dispose());
      });
    }, patienceMs);
    return {
      tell(training) {
        now = training;
        report(training);
      },
      end() {
        clearTimeout(timer);
        end();
      },
    };
  }
}

/** `step 120 of 300 · loss 0.12 · 4.5 s left`. */
function progressText(training: Training): string {
  const { state, step, steps, loss } = training;
  if (state === 'stopping') return 'stopping after this step';
  if (loss === undefined) return 'starts';
  const left = timeLeft(training);
  const rest = left === undefined ? '' : ` · ${duration(left)} left`;
  return `step ${integer(step)} of ${integer(steps)} · loss ${number(loss)}${rest}`;
}
