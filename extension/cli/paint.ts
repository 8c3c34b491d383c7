/** What the terminal can do: colours only where there is one, and its width. */
export interface Paint {
  readonly width: number;
  dim(text: string): string;
  bold(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** `NO_COLOR` turns colours off, `FORCE_COLOR` on; a pipe gets neither colours nor a width. */
export function paintFor(stream: Stream, env: Readonly<Record<string, string | undefined>>): Paint {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const coloured = env.NO_COLOR === undefined && (forced || (stream.isTTY === true && env.TERM !== 'dumb'));
  const code = (on: number, off: number) => (text: string) =>
    coloured && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    width: stream.isTTY === true ? Math.max(60, stream.columns ?? 100) : Number.POSITIVE_INFINITY,
    dim: code(2, 22),
    bold: code(1, 22),
    red: code(31, 39),
    yellow: code(33, 39),
  };
}
