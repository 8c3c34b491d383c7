/** Modules, optimizers and schedulers as Python sees them: made, called, and asked for what is theirs. */
import { nn, optim, slice, Tensor } from '../../../core/index.ts';
import { layer } from '../lookup.ts';
import { bound } from './bind.ts';
import { calls, constructors } from './signatures.ts';
import { type Callable, camel, Packed, PythonError } from './values.ts';

type AnyModule = InstanceType<typeof nn.Module>;

/** How a module was made, for stacks that make several like it. */
const made = new WeakMap<AnyModule, () => AnyModule>();

/** The class `torch.nn.<name>`: called, it makes a module that can be called. */
export function moduleClass(name: string): Callable {
  return (args, keywords) => {
    const make = (): AnyModule => {
      if (name === 'TransformerEncoder' || name === 'TransformerDecoder') {
        const [like, count, norm] = args;
        const layers = (keywords.num_layers ?? count) as number;
        const last = unwrapped(keywords.norm ?? norm ?? null);
        return new (layer(name))(() => made.get(unwrapped(like) as AnyModule)!(), layers, last ? { norm: last } : {});
      }
      const own = bound(name, constructors[name], args, keywords);
      const inner = name === 'Sequential' || name === 'ModuleList' ? own.map(unwrapped) : own;
      return new (layer(name))(...(name === 'ModuleList' ? [inner.flat().map(unwrapped)] : inner));
    };
    const module = make();
    made.set(module, make);
    return callable(module);
  };
}

const moduleOf = Symbol('module');
type Wrapped = Callable & { [moduleOf]: AnyModule };

function callable(module: AnyModule): Callable {
  const call: Callable = (args, keywords) => forward(module, args, keywords);
  return Object.assign(call, { [moduleOf]: module });
}

/** The module behind a value of the Python program; another value is itself. */
export function unwrapped(value: unknown): unknown {
  return typeof value === 'function' && moduleOf in value ? (value as Wrapped)[moduleOf] : value;
}

function forward(module: AnyModule, args: readonly unknown[], keywords: Readonly<Record<string, unknown>>): unknown {
  const kind = module.constructor.name;
  const [x, state = keywords.hx] = args;
  if (module instanceof nn.RNN || module instanceof nn.LSTM || module instanceof nn.GRU) {
    const known = state ?? undefined;
    if (!(x instanceof Packed)) return module.forward(x as Tensor, known as never);
    const [output, last] = module.forward(x.x, known as never, { lengths: x.lengths }) as [Tensor, unknown];
    return [new Packed(output, x.lengths, x.batchFirst), last];
  }
  if (kind === 'MultiheadAttention') {
    // PyTorch averages over the heads and gives weights unless it is told otherwise.
    const averaged = { average_attn_weights: true, ...keywords };
    return module.forward(...bound(kind, calls[kind], args, averaged));
  }
  return module.forward(...bound(kind, calls[kind], args, keywords));
}

/** `torch.nn.utils.rnn`. */
export const sequences: Readonly<Record<string, Callable>> = {
  pack_padded_sequence: ([x, lengths, first], { batch_first: batchFirst = first }) => {
    const list = lengths instanceof Tensor ? [...lengths.toTypedArray()] : (lengths as number[]);
    return new Packed(x as Tensor, list, batchFirst === true);
  },
  pad_packed_sequence: ([packed, , , total], { total_length: length = total }) => {
    const { x, lengths, batchFirst } = packed as Packed;
    return [slice(x, batchFirst ? 1 : 0, 0, (length as number | null) ?? Math.max(...lengths)), lengths];
  },
};

/** An attribute of a module, an optimizer or a scheduler, by Python's name. */
export function memberOf(object: unknown, name: string): unknown {
  const inner = unwrapped(object);
  if (inner instanceof nn.Module) return ofModule(inner, object, name);
  if (object instanceof Packed && name === 'data') return object.x;
  const value = (inner as Readonly<Record<string, unknown>>)[name === 'param_groups' ? 'groups' : camel(name)];
  if (value === undefined) throw new PythonError(`${String((inner as object).constructor?.name)} has no ${name} here`);
  if (name === 'param_groups') return (value as object[]).map((group) => new Map(Object.entries(group)));
  return typeof value === 'function'
    ? (((args) =>
        (value as (...args: readonly unknown[]) => unknown).apply(inner, [...args]) ?? null) satisfies Callable)
    : value;
}

function ofModule(module: AnyModule, python: unknown, name: string): unknown {
  switch (name) {
    case 'eval':
    case 'train':
      return (([wanted = true]) => {
        module.train(name === 'train' && wanted !== false);
        return python;
      }) satisfies Callable;
    case 'parameters':
      return () => module.parameters();
    case 'named_parameters':
      return () => module.namedParameters();
    case 'zero_grad':
      return () => module.zeroGrad();
    default: {
      const state = module.stateDict()[name];
      if (state !== undefined) return state;
      const value = (module as unknown as Readonly<Record<string, unknown>>)[camel(name)];
      if (value === undefined) throw new PythonError(`${module.constructor.name} has no ${name} here`);
      return value instanceof nn.Module ? callable(value) : value;
    }
  }
}

export function setMember(object: unknown, name: string, _value: unknown): void {
  throw new PythonError(`${String(object)}.${name} cannot be set here`);
}

/** The class `torch.optim.<name>`, or one of its schedulers. */
export function optimizerClass(name: string): Callable {
  return ([over, ...rest], keywords) => {
    const found = (optim as unknown as Readonly<Record<string, new (...args: readonly unknown[]) => object>>)[name];
    if (found === undefined) throw new PythonError(`optim.${name} is not known here`);
    // A learning rate may stand by position; groups of parameters are dictionaries.
    const named =
      rest.length > 0 && typeof rest[0] === 'number' && !/LR$/.test(name) ? { lr: rest[0], ...keywords } : keywords;
    const args = /LR$/.test(name) ? rest : [];
    return new found(groups(over), ...bound(name, undefined, args, named));
  };
}

function groups(over: unknown): unknown {
  if (!Array.isArray(over)) return over;
  return over.map((group) =>
    group instanceof Map ? Object.fromEntries([...group].map(([key, value]) => [camel(String(key)), value])) : group,
  );
}
