/** What an engine asks of Node's JavaScript itself: text made into functions, the language's own names, values made into text. */
import { formatWithOptions } from 'node:util';
import { compileFunction, createContext, runInContext } from 'node:vm';

/**
 * V8 remembers whatever text it compiles, for as long as the thread lives (Node 24: until memory is full), and every edit is another
 * text. What is compiled inside an object's scope it does not remember; this object has nothing in it.
 */
const nothing = Object.freeze(Object.create(null));

const before = 'return (function* () {';

/** A generator with this body. Throws SyntaxError, in whose stack V8 names the place. */
export function compile(
  body: string,
  parameters: readonly string[],
  file: string,
): (...args: unknown[]) => Iterator<unknown> {
  return compileFunction(`${before}${body}\n})();`, parameters, {
    ...{ filename: file, columnOffset: -before.length, contextExtensions: [nothing] },
  }) as ReturnType<typeof compile>;
}

/** What the language itself has, in this version of it: a fresh context has nothing else. */
export function languageNames(): readonly string[] {
  return [...(runInContext('Object.getOwnPropertyNames(globalThis)', createContext()) as readonly string[])];
}

const limits = { depth: 2, breakLength: 120, maxArrayLength: 50, maxStringLength: 1000, customInspect: false };

/** As a console prints them. Runs no code of theirs but getters of proxies. */
export function format(values: readonly unknown[]): string {
  return formatWithOptions(limits, ...values);
}
