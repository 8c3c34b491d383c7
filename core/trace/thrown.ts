/**
 * What a program threw, as something that can be told. Anything can be thrown: an object whose `toString` throws, a proxy that
 * refuses every question, an error with a message of megabytes. Reading it never fails and never takes long.
 */
import { integer } from '../format/numbers.ts';

/** What is told of anything thrown. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  /** Lines of the stack, without the message. */
  readonly stack: string | undefined;
  /** The error itself, where it is one. */
  readonly error: Error | undefined;
}

const longestName = 200;
const longestMessage = 4000;
const longestStack = 20_000;
const unreadable = 'a value that cannot be read';

/** The beginning of a long text, and how long it is. */
export function cut(text: string, most = longestMessage): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… (${integer(text.length)} characters in all)`;
}

/** Whatever was thrown. */
export function toldOf(thrown: unknown): ErrorText {
  const error = attempt(() => (thrown instanceof Error ? thrown : undefined), undefined);
  if (error === undefined) return { name: 'Error', message: `thrown: ${textOf(thrown)}`, stack: undefined, error };
  const message = attempt(() => String(error.message), unreadable);
  return {
    name: cut(
      attempt(() => String(error.name), 'Error'),
      longestName,
    ),
    message: cut(message),
    stack: attempt(() => framesOf(error.stack, message), undefined),
    error,
  };
}

/** A value in words: a text as it is, an error by name and message, anything else as the language writes it. */
export function textOf(value: unknown): string {
  return cut(
    attempt(() => {
      if (value instanceof Error) return `${String(value.name)}: ${String(value.message)}`;
      if (typeof value !== 'object' || value === null) return String(value);
      const text = String(value);
      return text === '[object Object]' ? describe(value) : text;
    }, unreadable),
  );
}

/** `{ code: 3, reason: … }`, names only where a value is no number, text or truth. */
function describe(value: object): string {
  const entries = Object.entries(value).slice(0, 8);
  const parts = entries.map(([key, inner]) => {
    const plain = typeof inner === 'number' || typeof inner === 'string' || typeof inner === 'boolean';
    return `${cut(key, longestName)}: ${plain ? cut(JSON.stringify(inner), longestName) : '…'}`;
  });
  return parts.length === 0 ? 'an object' : `{ ${parts.join(', ')} }`;
}

/** The stack after the message, which may be long and may look like places itself. */
function framesOf(stack: unknown, message: string): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const at = message === '' ? -1 : stack.indexOf(message);
  const frames = at < 0 ? stack : stack.slice(at + message.length);
  return frames.slice(0, longestStack);
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    // What was thrown does not want to be read; that is what is told.
    return otherwise;
  }
}
