/** Where source texts come from, and how long they may be. */

/** Gives a file's text as it stands in the editor, else on disk. */
export interface SourceHost {
  /** undefined where there is no such file. Throws UnreadableError where there is one that can't be read. */
  read(file: string): string | undefined;
  /** Folders that a person sees files in; messages name files from there on. */
  readonly folders?: readonly string[];
}

/** A file that is there and can't be read, and why: `can't be read: permission denied`. */
export class UnreadableError extends Error {
  override name = 'UnreadableError';
  constructor(
    readonly why: string,
    readonly hint: string,
  ) {
    super(why);
  }
}

/** Characters. What is longer takes too long to compile at every keystroke. */
const longest = { source: 1_000_000, json: 16_000_000 } as const;

/** The longest text a file of this name may have, in characters. */
export function longestText(file: string): number {
  return file.endsWith('.json') ? longest.json : longest.source;
}

export function tooLong(file: string, length: number): UnreadableError {
  const most = longestText(file);
  const size = `${(length / 1e6).toFixed(1)} million characters, at most ${most / 1e6} million are read`;
  const hint = file.endsWith('.json')
    ? 'Keep only part of the data, or create it in the model with randn or randint.'
    : 'Put the data into a .json file and import that.';
  return new UnreadableError(`is too long: ${size}`, hint);
}
