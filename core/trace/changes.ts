/** What a run changed outside itself, in the language and the library, and what is said of that. */
import { remark } from './remarks.ts';
import type { Problem, SiteId } from './trace.ts';

export interface Change {
  /** `Array.prototype.map` */
  readonly name: string;
  /** Whether it was not there before: whoever does not ask for it does not meet it. */
  readonly added: boolean;
}

/** Puts back what a run changes, and remembers what that was. */
export class Changes {
  readonly #all = new Map<string, Change>();

  /** `putBack` says what it put back. */
  constructor(private readonly putBack: (() => readonly Change[]) | undefined) {}

  settle(): void {
    for (const change of this.putBack?.() ?? []) this.#all.set(change.name, change);
  }

  get names(): readonly string[] {
    return [...this.#all.keys()];
  }

  /** A program that changes the language meets its own changes, in code of ours as well: with the hint of something that failed. */
  hint(hint?: string): string | undefined {
    const { names } = this;
    if (names.length === 0) return hint;
    const changed = `The run has changed ${names.join(', ')}: if that is the cause, leave ${asIs(names)}.`;
    return hint === undefined ? changed : `${hint} ${changed}`;
  }

  /** What to say where nothing failed. */
  remark(site: SiteId | undefined): Problem | undefined {
    const names = [...this.#all.values()].flatMap(({ name, added }) => (added || isPrint(name) ? [] : [name]));
    if (names.length === 0) return undefined;
    const message = `the run has changed ${names.join(', ')}, which Tensight uses as well: what is shown may be due to that`;
    return remark('warning', message, `Leave ${asIs(names)}.`, site);
  }
}

function asIs(names: readonly string[]): string {
  return names.length === 1 ? 'it as it is' : 'them as they are';
}

function isPrint(name: string): boolean {
  return name === 'console' || name.startsWith('console.');
}
