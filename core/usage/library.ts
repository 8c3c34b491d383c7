/** Where the library has a name, for somebody who looks for it elsewhere or spells it as PyTorch does. */
import * as library from '../index.ts';
import { camelCase, nearest } from '../nearest.ts';
import { layerNames, pythonNames, tensorNames } from './pytorch.ts';

/** What stands before its names, and what it holds. */
type Room = readonly [prefix: string, names: readonly string[]];

const { nn, optim } = library;
const rooms: readonly Room[] = [
  ['', Object.keys(library)],
  ['nn.', Object.keys(nn)],
  ['nn.functional.', Object.keys(nn.functional)],
  ['optim.', Object.keys(optim)],
  ['nn.init.', Object.keys(nn.init)],
  ['nn.utils.', Object.keys(nn.utils)],
];
const methods = Object.getOwnPropertyNames(library.Tensor.prototype).filter((name) => name !== 'constructor');

const bare = (name: string) => name.replaceAll('_', '').toLowerCase();

const exactly = (name: string) => (other: string) => other === name;
const loosely = (name: string) => (other: string) => bare(other) === bare(name);

/** `nn.functional.crossEntropy`, for `cross_entropy`; names of the room asked in (`nn.`) first. */
function pathOf(name: string, asked: string, same = exactly): string | undefined {
  const ordered = [...rooms].sort(([a], [b]) => Number(b === asked) - Number(a === asked));
  for (const [prefix, names] of ordered) {
    const found = names.find(same(name));
    if (found !== undefined) return prefix + found;
  }
  return undefined;
}

/** What to write instead of a name that a part of the library, by its prefix, has not. */
export function insteadOfName(name: string, asked: string): string {
  const here = camelCase(name);
  const hint = hintFrom(asked === '' ? [tensorNames, layerNames] : [layerNames, tensorNames], here);
  // A hint for this name in this room is about what it does there: torch.normal is not nn.init.normal.
  if (asked === '' && Object.hasOwn(tensorNames, here)) return tensorNames[here]!;
  const path =
    pathOf(name, asked) ?? pathOf(here, asked) ?? (hint === undefined ? pathOf(name, asked, loosely) : undefined);
  if (path !== undefined) return `Write ${path}.`;
  if (hint !== undefined) return hint;
  if (methods.includes(here)) return `It is a method of tensors: x.${here}(…).`;
  const own = rooms.find(([prefix]) => prefix === asked)?.[1] ?? [];
  const near = nearest(here, own);
  if (near !== undefined) return `Did you mean ${asked}${near}?`;
  const far = nearest(
    here,
    rooms.flatMap(([, names]) => names),
  );
  return far === undefined
    ? 'Check the spelling; completion lists what there is.'
    : `Did you mean ${pathOf(far, asked)}?`;
}

/** What to write where a name is used that nothing declares. */
export function whereIs(name: string): string {
  const hint = hintFrom([pythonNames], name);
  if (hint !== undefined) return hint;
  const path = pathOf(name, '') ?? pathOf(name, '', loosely);
  const [first] = (path ?? '').split('.');
  if (path === name) return `Import it: import { ${name} } from 'tensight';`;
  if (path !== undefined) return `Write ${path}, after import { ${first} } from 'tensight';`;
  const near = nearest(
    name,
    rooms.flatMap(([, names]) => names),
  );
  if (near !== undefined) return `Declare it first. Or did you mean ${pathOf(near, '')}?`;
  return `Declare it first: const ${name} = …;`;
}

/** `nn.Linear`, for the name of a class. */
export function classPath(name: string): string {
  return pathOf(name, 'nn.') === `nn.${name}`
    ? `nn.${name}`
    : pathOf(name, 'optim.') === `optim.${name}`
      ? `optim.${name}`
      : name;
}

/** `nn.ReLU`, for a function that is there as a layer, too: relu. */
export function layerOf(name: string): string | undefined {
  const path = pathOf(name, 'nn.', loosely);
  return path !== undefined && /^nn\.[A-Z]/.test(path) ? path : undefined;
}

function hintFrom(tables: readonly Readonly<Record<string, string>>[], name: string): string | undefined {
  for (const table of tables) if (Object.hasOwn(table, name)) return table[name];
  return undefined;
}
