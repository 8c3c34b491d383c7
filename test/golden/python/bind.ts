/** From Python's arguments to ours, by a signature of `signatures.ts`. */
import { type Keywords, options, PythonError } from './values.ts';

/** The arguments in our order: by position, and an options object last where there are options. Throws PythonError for others. */
export function bound(
  name: string,
  signature: string | undefined,
  args: readonly unknown[],
  keywords: Keywords,
): unknown[] {
  if (signature === undefined) {
    const more = options(keywords);
    return [...args.map(defined), ...(Object.keys(more).length > 0 ? [more] : [])];
  }
  const [before = '', after = ''] = signature.split('|').map((part) => part.trim());
  const positions = before.split(' ').filter(Boolean);
  const optional = after.split(' ').filter(Boolean);
  const rest = positions.at(-1)?.startsWith('*') ? positions.pop()!.slice(1) : undefined;
  const values = new Map<string, unknown>(Object.entries(keywords));
  const order = [...positions, ...(rest === undefined ? optional : [])];
  for (const [i, argument] of order.entries()) {
    if (i >= args.length) break;
    if (argument !== '_' && args[i] !== undefined) values.set(argument, args[i]);
  }
  const others = args.slice(positions.length);
  if (rest === undefined && args.length > order.length)
    throw new PythonError(`${name} takes ${order.length} arguments here`);
  const result: unknown[] = positions.map((argument) => defined(values.get(argument)));
  if (rest !== undefined) {
    const listed = (values.get(rest) ??
      (others.length === 1 && Array.isArray(others[0]) ? others[0] : others)) as unknown;
    result.push(...(Array.isArray(listed) ? listed : [listed]));
  } else while (result.length > 0 && result.at(-1) === undefined) result.pop();
  const chosen = [...values].filter(([argument]) => !positions.includes(argument) && argument !== rest);
  const ignored = ['inplace', 'out', 'device', 'sorted', 'stable'];
  const unknown = chosen.find(([argument]) => !optional.includes(argument) && !ignored.includes(argument));
  if (unknown !== undefined) throw new PythonError(`${name} has no argument ${unknown[0]} here`);
  const more = options(Object.fromEntries(chosen.filter(([argument]) => optional.includes(argument))));
  if (Object.keys(more).length === 0) return result;
  // What we take by position has to be there for options to come after it.
  while (result.length < positions.length) result.push(undefined);
  return [...result, more];
}

/** None is what we leave out. */
function defined(value: unknown): unknown {
  return value === null ? undefined : value;
}
