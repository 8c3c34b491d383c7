/** What hints tell a person to write is what the library takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { signatureOf } from '../../../core/usage/signature.ts';

const sources = readdirSync('core', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
/** A class of the library as it is written with its arguments, in texts and comments. */
const made = /new (?:nn|optim)\.(\w+)\(((?:[^()]|\([^()]*\))*)\)/g;

/** Arguments, of which lists and objects are one each. */
function split(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const c of text) {
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c)) depth--;
    if (c === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const written = sources.flatMap((name) =>
  [...readFileSync(join('core', name), 'utf8').matchAll(made)].map(
    ([call, type, args]) => [`core/${name}`, call, type!, split(args!)] as const,
  ),
);

it('there are hints that say how a class is made', () => expect(written.length).toBeGreaterThan(30));

it.each(written)('%s: %s', (_file, call, type, args) => {
  const signature = signatureOf(type);
  expect(signature, `${type} is in the tables`).toBeDefined();
  const { positional, absent, open, known } = signature!;
  const most = positional.filter((name) => !absent.has(name)).length;
  if (open || args.some((arg) => arg.includes('…') || arg.includes('${') || arg.startsWith('...'))) return;
  const own = args.filter((arg) => !arg.startsWith('{') && arg !== 'options');
  expect(own.length, call).toBeLessThanOrEqual(most);
  for (const options of args.slice(most)) {
    const names = split(options.slice(1, -1)).map((option) => option.split(':')[0]!.trim());
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  }
});
