/** A line of the tables of signatures, taken apart once. */
import { definitions, functions, tensorFunctions } from './functions.ts';
import { layers } from './layers.ts';
import { optimizers } from './optimizers.ts';

/** What something takes. */
export interface Signature {
  readonly name: string;
  /** How it is written before its brackets: `new nn.Linear`. */
  readonly written: string;
  /** Whether it is a method of its first argument, too. */
  readonly isMethod: boolean;
  /** Parameters by position. */
  readonly positional: readonly string[];
  /** Whether it takes as many of the last one as there are. */
  readonly open: boolean;
  /** Names in the object of options, in PyTorch's order; undefined where it takes none. */
  readonly options: readonly string[] | undefined;
  readonly known: ReadonlySet<string>;
  /** What PyTorch takes and we do not, of either kind. */
  readonly absent: ReadonlySet<string>;
}

const families: readonly (readonly [prefix: string, lines: Readonly<Record<string, string>>])[] = [
  ['new nn.', layers],
  ['new optim.', optimizers],
  ['nn.functional.', functions],
  ['', tensorFunctions],
  ['', definitions],
];

const parsed = new Map<string, Signature | undefined>();

/** That of this name, if there is one. */
export function signatureOf(name: string): Signature | undefined {
  if (parsed.has(name)) return parsed.get(name);
  const family = families.find(([, lines]) => Object.hasOwn(lines, name));
  const signature = family === undefined ? undefined : parse(name, family[0] + name, family[1][name]!);
  parsed.set(name, signature);
  return signature;
}

/** Functions of a tensor that are no methods of it; a test holds that there are no others. */
const notMethods: ReadonlySet<string> = new Set(['takeAlongDim', 'softplus']);

function parse(name: string, written: string, line: string): Signature {
  const [before = '', inside] = line.split('{');
  // Of what stands in no namespace, a capital tells a class.
  const made = /^[A-Z]\w*$/.test(written) ? `new ${written}` : written;
  const words = (text: string) => text.match(/[!.\w]+/g) ?? [];
  const all = words(before);
  const options = inside === undefined ? undefined : words(inside);
  const bare = (word: string) => word.replace(/^(?:!|\.\.\.)/, '');
  const absent = [...all, ...(options ?? [])].filter((word) => word.startsWith('!')).map(bare);
  return {
    name,
    written: made,
    isMethod: Object.hasOwn(tensorFunctions, name) && all[0] === 'x' && !notMethods.has(name),
    positional: all.map(bare),
    open: all.some((word) => word.startsWith('...')),
    options: options?.map(bare),
    known: new Set(options?.filter((word) => !word.startsWith('!'))),
    absent: new Set(absent),
  };
}
