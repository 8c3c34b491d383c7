/** The library as model code sees it: asking any part of it for what it does not have is an error that names what to write. */
import { MisreadError } from '../../core/errors.ts';
import type * as Library from '../../core/index.ts';
import { insteadOfName } from '../../core/usage/library.ts';

/** Everything model code imports. */
export function libraryFor(core: typeof Library): object {
  const { nn, optim } = core;
  const inner = {
    functional: part(nn.functional, 'nn.functional'),
    init: part(nn.init, 'nn.init'),
    utils: part(nn.utils, 'nn.utils'),
  };
  return part({ ...core, nn: part({ ...nn, ...inner }, 'nn'), optim: part(optim, 'optim'), __esModule: true }, '');
}

/** Names that the language and tools ask any object for. */
const asked: ReadonlySet<PropertyKey> = new Set(['then', 'toJSON', 'inspect', 'constructor']);

/** A namespace, frozen. What it does not have is looked for behind it, so that what it has costs nothing. */
function part(names: object, path: string): object {
  const behind = new Proxy(Object.freeze(Object.create(null)), {
    get(_, name) {
      if (typeof name === 'symbol' || asked.has(name)) return undefined;
      throw missing(name, path);
    },
  });
  const own = Object.create(behind);
  for (const [name, value] of Object.entries(names)) Object.defineProperty(own, name, { value, enumerable: true });
  return Object.freeze(own);
}

function missing(name: string, path: string): MisreadError {
  if (path === '' && name === 'default')
    return new MisreadError("'tensight' has no default export", "Write import { nn, defineModel } from 'tensight'.");
  return new MisreadError(
    path === '' ? `'tensight' exports no '${name}'` : `${path} has no ${name}`,
    insteadOfName(name, path === '' ? '' : `${path}.`),
  );
}
