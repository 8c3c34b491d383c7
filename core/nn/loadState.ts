/** Which tensor of a saved state goes where in a model, or why it does not. */
import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { isTensor, type Tensor } from '../tensor/tensor.ts';
import type { StateDict } from './module.ts';

interface Match {
  /** [target, source], in the order of the model. */
  readonly pairs: readonly (readonly [Tensor, Tensor])[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/** How many names of a kind an error lists. */
const listed = 5;

/**
 * Entries of `state` by the names of `own`. As in PyTorch a number may be saved as a list of one, and what is in `optional` may be
 * missing; a tied tensor may be there under one of its names. Throws TensightError where a tensor does not fit, or `strict` and a name is
 * in one of the two only.
 */
export function matchState(
  own: StateDict,
  state: StateDict,
  {
    strict,
    optional,
    owner,
  }: { readonly strict: boolean; readonly optional: ReadonlySet<string>; readonly owner: string },
): Match {
  checkState(state);
  const has = (name: string) => Object.hasOwn(state, name);
  const names = Object.keys(own);
  const given = new Set(names.filter(has).map((name) => own[name]!));
  const missing = names.filter((name) => !has(name) && !optional.has(name) && !given.has(own[name]!));
  const unexpected = Object.keys(state).filter((name) => !Object.hasOwn(own, name));
  const shared = names.filter(has);
  const misfits = shared.filter((name) => !fits(own[name]!, state[name]!));
  if (misfits.length + (strict ? missing.length + unexpected.length : 0) > 0) {
    const lines = [
      ...(strict ? some(missing, (name) => `missing ${name} ${sizes(own[name]!)}`, 'missing') : []),
      ...(strict ? some(unexpected, (name) => `unexpected ${name} ${sizes(state[name]!)}`, 'unexpected') : []),
      ...some(
        misfits,
        (name) => `${name} is ${sizes(own[name]!)}, the state has ${sizes(state[name]!)}`,
        'of other shapes',
      ),
    ];
    throw new TensightError(
      `loadStateDict: the state does not fit this ${owner}: ${lines.join('; ')}`,
      hint(own, state, { missing: strict ? missing : [], unexpected: strict ? unexpected : [], misfits }),
    );
  }
  const pairs = shared.map((name) => {
    const [target, source] = [own[name]!, state[name]!];
    return [target, source.ndim === target.ndim ? source : source.reshape(target.shape)] as const;
  });
  return { pairs, missing, unexpected };
}

const sizes = ({ shape }: Tensor): string => `[${shape.join(', ')}]`;

function checkState(state: unknown): asserts state is StateDict {
  const expected = (got: string, hint: string) =>
    new TensightError(`loadStateDict: expected tensors by name, got ${got}`, hint);
  if (typeof state !== 'object' || state === null || Array.isArray(state))
    throw expected(inWords(state), 'Write model.loadStateDict(load(bytes)), or other.stateDict().');
  if (state instanceof ArrayBuffer || ArrayBuffer.isView(state))
    throw expected('the bytes of a file', 'Read them first: model.loadStateDict(load(bytes)).');
  if (isTensor(state))
    throw expected('a tensor', 'Write { name: tensor }, by the names in Object.keys(model.stateDict()).');
  const entries = Object.entries(state);
  const odd = entries.find(([, value]) => !isTensor(value));
  if (odd === undefined) return;
  const [name, value] = odd;
  const inside = entries.find(([key]) =>
    ['tensors', 'state_dict', 'stateDict', 'model', 'model_state_dict'].includes(key),
  );
  throw expected(
    `${inWords(value)} as ${name}`,
    inside === undefined
      ? 'Leave out what is no tensor.'
      : `The tensors are in its ${inside[0]}: loadStateDict(state.${inside[0]}).`,
  );
}

function fits(target: Tensor, source: Tensor): boolean {
  // A number was a list of one before PyTorch 0.4.
  if (target.ndim === 0 && source.ndim === 1 && source.numel === 1) return true;
  return target.ndim === source.ndim && target.shape.every((size, i) => size === source.shape[i]);
}

function some(names: readonly string[], line: (name: string) => string, kind: string): string[] {
  const rest = names.length - listed;
  return [...names.slice(0, listed).map(line), ...(rest > 0 ? [`and ${rest} more ${kind}`] : [])];
}

interface Misses {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly misfits: readonly string[];
}

function hint(own: StateDict, state: StateDict, { missing, unexpected, misfits }: Misses): string | undefined {
  const prefix = prefixOf(missing, unexpected);
  if (prefix !== undefined) {
    const why = wrappers[prefix] ?? '';
    return `The names of the state begin with "${prefix}"${why}. Leave it out: Object.fromEntries(Object.entries(state).map(([name, value]) => [name.replace('${prefix}', ''), value])).`;
  }
  const lacking = prefixOf(unexpected, missing);
  if (lacking !== undefined)
    return `The names of the model begin with "${lacking}". Put it before those of the state: Object.fromEntries(Object.entries(state).map(([name, value]) => [\`${lacking}\${name}\`, value])), or load into the part: model.${lacking.slice(0, -1)}.loadStateDict(state).`;
  const renamed = missing.find((name) => Object.hasOwn(state, older(name)));
  if (renamed !== undefined)
    return `${older(renamed)} is ${renamed} by its older name: rename gamma to weight and beta to bias.`;
  const turned = misfits.find((name) => String(own[name]!.shape) === String([...state[name]!.shape].reverse()));
  if (turned !== undefined && own[turned]!.ndim === 2)
    return `${turned} has its dimensions the other way round, as Keras and GPT-2's Conv1D save it: state['${turned}'] = state['${turned}'].t().`;
  return undefined;
}

/** What puts a prefix before every name. */
const wrappers: Readonly<Record<string, string>> = {
  'module.': ' (saved from nn.DataParallel)',
  '_orig_mod.': ' (saved from torch.compile)',
};

const older = (name: string): string => name.replace(/\bweight$/, 'gamma').replace(/\bbias$/, 'beta');

/** What stands before the names of `plain`, or most of them, in `longer`; undefined where nothing does. */
function prefixOf(plain: readonly string[], longer: readonly string[]): string | undefined {
  const [first] = plain;
  if (first === undefined) return undefined;
  const all = new Set(longer);
  for (const name of longer) {
    if (!name.endsWith(`.${first}`)) continue;
    const prefix = name.slice(0, -first.length);
    if (plain.filter((each) => all.has(prefix + each)).length * 2 > plain.length) return prefix;
  }
  return undefined;
}
