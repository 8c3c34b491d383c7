/**
 * What is said where a member is asked for that is not there. Behind a prototype stands an object that is reached by such names alone, so
 * that members that exist cost nothing.
 */
import { MisreadError } from '../errors.ts';
import { camelCase, nearest } from '../nearest.ts';
import { moduleNames, tensorNames } from './pytorch.ts';
import { signatureOf } from './signature.ts';

/** The member that was asked for last and was not there: what “is not a function” is about, where nothing was thrown. */
export interface Miss {
  readonly owner: object;
  readonly name: PropertyKey;
}

let missed: Miss | undefined;

/** The last one since it was asked for, if there is one. */
export function takeMiss(): Miss | undefined {
  const last = missed;
  missed = undefined;
  return last;
}

/** Names that tools and the language ask any object for. */
const asked =
  /^(?:then|next|toJSON|inspect|href|protocol|constructor|nodeType|tagName|asymmetricMatch|isEqualNode|[_$@].*|)$/;

/** Indices as Python writes them, and what a tensor in brackets becomes. */
const index = /^-?\d+$|^[-\d,:.]+$/;

/** What Python writes into brackets for a new axis, and what stands there where a variable has no value. */
const noIndex = /^(?:null|undefined|NaN|true|false)$/;

/** Puts the object behind `prototype`. `refuse` throws for a name that is certainly a mistake. */
function watchMembers(
  prototype: object,
  {
    get,
    set,
  }: { get(receiver: object, name: string): void; set(receiver: object, name: string, value: unknown): void },
): void {
  const empty = Object.freeze(Object.create(Object.prototype));
  const behind = new Proxy(empty, {
    get(target, name, receiver) {
      if (name in target) return Reflect.get(target, name, receiver);
      if (receiver === prototype || receiver === behind) return undefined;
      missed = { owner: receiver, name };
      if (typeof name === 'string' && !asked.test(name)) get(receiver, name);
      return undefined;
    },
    set(target, name, value, receiver) {
      if (typeof name === 'string' && receiver !== prototype && !(name in target)) set(receiver, name, value);
      return Reflect.set(target, name, value, receiver);
    },
  });
  Object.setPrototypeOf(prototype, behind);
}

/** Throws MisreadError for whatever a tensor has not. `own` are its methods and fields. */
export function watchTensors(prototype: object, own: () => readonly string[]): void {
  watchMembers(prototype, {
    get(_, name) {
      throw refusedMember(name, own());
    },
    set(_, name) {
      if (index.test(name) || name.startsWith('Tensor '))
        throw new MisreadError(
          `the elements of a tensor can't be assigned: got [${name.startsWith('Tensor ') ? 'a tensor' : name}] = …`,
          'Make a new tensor: x.setSlice(dim, start, end, value), x.indexPut([ids], values), or where(mask, value, x).',
        );
      if (name === 'data')
        throw new MisreadError(
          'a tensor has no data that could be assigned',
          'Write layer.weight = new nn.Parameter(values), or draw into it: nn.init.constant(layer.weight, 0), nn.init.normal(layer.weight).',
        );
      const here = camelCase(name);
      if (here !== name && own().includes(here)) throw new MisreadError(`a tensor has no ${name}`, `Write x.${here}.`);
    },
  });
}

function refusedMember(name: string, own: readonly string[]): MisreadError {
  if (name.startsWith('Tensor '))
    return new MisreadError(
      "a tensor can't be indexed with brackets: got a tensor in them",
      'Write x.maskedSelect(mask) for a mask, x.index(ids) for indices.',
    );
  if (index.test(name)) {
    const [first = '0'] = name.split(/[,:]/);
    return new MisreadError(
      `a tensor can't be indexed with brackets: got [${name}]`,
      name === first
        ? `Write x.at(${first}) for one element along the first axis, x.slice(0, start, end) for several.`
        : 'Write x.select(dim, index) for one element along an axis, x.slice(dim, start, end) for several, x.index(ids) for a list of them.',
    );
  }
  if (noIndex.test(name))
    return new MisreadError(
      `a tensor can't be indexed with brackets: got ${name === 'undefined' ? 'nothing in them' : `[${name}]`}`,
      name === 'true' || name === 'false'
        ? 'Tensors are compared by methods: x.maskedSelect(x.gt(0)), or where(x.gt(0), a, b).'
        : name === 'null'
          ? 'Write x.unsqueeze(0) for a new first axis, x.unsqueeze(-1) for a new last one.'
          : 'Write x.at(i) for one element along the first axis; what is in the brackets is no number.',
    );
  return new MisreadError(`a tensor has no ${name}`, insteadOf(name, own));
}

/** Of tensors, what is read without brackets. */
export const properties: readonly string[] = [
  ...['shape', 'ndim', 'numel', 'dtype', 'axes', 'bytes'],
  ...['isLeaf', 'isMeta', 'isContiguous', 'requiresGrad', 'grad'],
];

const called = (name: string) => (properties.includes(name) ? '' : '()');

/** What to write instead of a tensor's member of this name. */
function insteadOf(name: string, own: readonly string[]): string {
  const here = camelCase(name);
  // A function can't be called var.
  if (here === 'variance') return 'Write x.var().';
  const hint = Object.hasOwn(tensorNames, here) ? tensorNames[here] : undefined;
  if (own.includes(`${here}_`)) return `Write x.${here}_(…).`;
  if (own.includes(here) && here !== name)
    return name.endsWith('_')
      ? `Operations give new tensors and leave their inputs as they are: write x = x.${here}(…).`
      : `Write x.${here}${called(here)}.`;
  if (hint !== undefined) return hint;
  const signature = signatureOf(here);
  if (signature !== undefined && !signature.isMethod && /^[a-z]/.test(here))
    return `It is a function: ${signature.written}(${[...signature.positional].filter((each) => !signature.absent.has(each)).join(', ')}).`;
  const near = nearest(here, own);
  if (near !== undefined) return `Did you mean x.${near}${called(near)}?`;
  return 'Check the spelling; completion after the dot lists what a tensor has.';
}

/** Throws MisreadError for PyTorch's members of modules; whatever else a module has not is undefined, as a field may be. */
export function watchModules(prototype: object, own: () => readonly string[]): void {
  watchMembers(prototype, {
    get(module, name) {
      if (/^-?\d+$/.test(name))
        throw new MisreadError(
          `${nameOf(module)}: a module can't be indexed with brackets: got [${name}]`,
          'at' in module || 'layers' in module
            ? `Write .at(${name}).`
            : 'Write the name of the field that holds it, or children().',
        );
      const here = camelCase(name);
      const hint = Object.hasOwn(moduleNames, here) ? moduleNames[here] : undefined;
      if (here !== name && own().includes(here))
        throw new MisreadError(`${nameOf(module)}: a module has no ${name}`, `Write ${here}.`);
      if (hint !== undefined) throw new MisreadError(`${nameOf(module)}: a module has no ${name}`, hint);
    },
    set(module, name) {
      const here = camelCase(name);
      if (here !== name && own().includes(here))
        throw new MisreadError(`${nameOf(module)}: a module has no ${name}`, `Write ${here}.`);
    },
  });
}

const nameOf = (module: object): string => module.constructor.name || 'Module';
