/** What JavaScript's own errors most often mean in a model file, in words for the person. */

import { camelCase, nearest } from '../nearest.ts';
import { Layer } from '../nn/layer.ts';
import { Module } from '../nn/module.ts';
import { Tensor } from '../tensor/tensor.ts';
import { classPath, layerOf, whereIs } from '../usage/library.ts';
import { type Miss, properties, takeMiss } from '../usage/members.ts';

/** What is said; the error's own message where there is none. */
interface Words {
  readonly message?: string;
  readonly hint?: string;
  /** It is true of whatever goes wrong in this way. */
  readonly vague?: true;
}

/** Of an error of this name and message. `modules` are those of the run. */
export function exceptionWords(name: string, message: string, modules: readonly Module[]): Words {
  const miss = takeMiss();
  const unknown = name === 'ReferenceError' ? /^([\w$]+) is not defined/.exec(message)?.[1] : undefined;
  if (unknown !== undefined) return { hint: whereIs(unknown) };
  if (name === 'ReferenceError' && message.includes('super constructor'))
    return { message: 'this is used before super()', hint: 'Begin the constructor with super();' };
  if (name === 'ReferenceError' && /^Cannot access '.*' before initialization$/.test(message))
    return {
      hint: 'It is declared further down, or in a file that imports this one: move what reads it, or what it reads, so that it comes after that.',
    };
  if (name === 'RangeError' && message.startsWith('Maximum call stack size'))
    return {
      message: 'a function calls itself endlessly',
      hint: 'Make sure that it stops: a forward must not call itself (this.forward), nor a getter read itself.',
    };
  if (name !== 'TypeError') return {};
  const unmade = /^Class constructor ([\w$]+) cannot be invoked without 'new'/.exec(message)?.[1];
  if (unmade !== undefined)
    return { message: `${unmade} is a class: expected new before it`, hint: `Write new ${classPath(unmade)}(…).` };
  if (message.startsWith('Converting circular structure to JSON'))
    return /constructor '_?Tensor'/.test(message)
      ? {
          message: 'a tensor cannot be written as JSON',
          hint: 'Its numbers are x.toArray(), its sizes x.shape; String(x) is both as a text.',
        }
      : { message: 'JSON.stringify: an object holds itself', hint: 'Write only the fields that are needed.' };
  if (fixedList.test(message))
    return {
      message: 'this list cannot be changed',
      hint: 'The sizes of a tensor are fixed. Make a list of your own: const sizes = [...x.shape];',
    };
  if (message.includes('not iterable')) return notIterable(miss, message);
  const read = /^Cannot read properties of (?:undefined|null) \(reading '/.test(message);
  const [, path, called] = /(?<![\w$]\.?)((?:[\w$]+\.)*([\w$]+)) is not a (?:function|constructor)/.exec(message) ?? [];
  if (miss !== undefined && miss.owner instanceof Module && (read || miss.name === called))
    return ofModule(miss.owner, miss.name);
  if (read)
    return {
      hint: `The value before .${/\(reading '(.*)'\)$/.exec(message)?.[1] ?? '…'} is missing: a field that was never set, an entry that a list or an object does not have, or the result of a function without return.`,
    };
  if (called !== undefined && path !== undefined && message.includes('not a constructor')) {
    const layer = layerOf(called);
    return {
      message: `${path} is not a class`,
      hint: `Call it without new: ${path}(…).${layer === undefined ? '' : ` The layer is new ${layer}(…).`}`,
    };
  }
  if (called === undefined && message.endsWith('is not a function'))
    return {
      message: 'what is called here is not a function',
      hint: 'Look at the name in brackets, and at what the object has by it.',
    };
  if (called === undefined || path === undefined || !message.includes('not a function')) return {};
  const isMember = message.includes(`.${called} is not`);
  if (isMember && properties.includes(called))
    return {
      message: `${called} is a property of tensors, not a method`,
      hint: `Write x.${called}, without brackets.`,
    };
  if (isMember && modules.some((module) => fieldOf(module, called) instanceof Tensor))
    return { message: `${called} is a tensor, not a method`, hint: `Write .${called}, without brackets.` };
  if (isMember && modules.some((module) => isLayer(module, called)))
    return {
      message: `${path} is a layer, not a function`,
      hint: `A layer is called by its forward: ${path}.forward(x).`,
    };
  if (isMember && called === 'parameters')
    return {
      message: `the value before .${called} has no method ${called}`,
      hint: 'The function for optimizer is given the parameters themselves: optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }).',
    };
  const camel = camelCase(called);
  if (isMember && camel !== called)
    return {
      message: `the value before .${called} has no method ${called}`,
      hint: `Names of the library are in camelCase: .${camel}.`,
    };
  if (isMember)
    return {
      message: path.includes('.') ? `${path} is not a function` : `the value before .${called} has no method ${called}`,
      hint:
        called in Tensor.prototype
          ? 'It is no tensor, but a number, a list, or a method without its brackets. A list of tensors, as LSTM and MultiheadAttention give it, is taken apart: const [output] = layer.forward(x).'
          : `Hover it to see what it is: a number, a list or a text has only JavaScript's own methods.`,
      vague: true,
    };
  return { hint: `Only functions can be called like this; a layer is called by its forward: ${called}.forward(x).` };
}

/** How layers and models are called elsewhere. */
const calls: Readonly<Record<string, string>> = {
  call: 'A layer is called by its forward: layer.forward(x).',
  apply: 'A layer is called by its forward: layer.forward(x).',
  predict: 'A model is called by its forward: model.forward(x).',
  fit: 'A model is trained by the train section of its defineModel.',
};

/** Methods of lists in JavaScript and Python, which a list of modules has under another name. */
const listMethods: Readonly<Record<string, string>> = {
  push: 'Write .append(module).',
  add: 'Write .append(module).',
  addModule: 'Write .append(module).',
  extend: 'Write .append(module) for each: for (const module of modules) list.append(module).',
  concat: 'Write .append(module) for each: for (const module of modules) list.append(module).',
  insert: 'Modules are added at the end: .append(module).',
  unshift: 'Modules are added at the end: .append(module).',
  pop: 'Modules are not removed: make a list of those to keep, new nn.ModuleList([…list].slice(0, -1)).',
  map: 'Make a list of it first: [...list].map(…).',
  forEach: 'Loop over it: for (const module of list) …',
  filter: 'Make a list of it first: [...list].filter(…).',
  reduce: 'Loop over it: for (const module of list) x = module.forward(x);',
  slice: 'Make a list of it first: [...list].slice(…).',
  entries: 'Make a list of it first: [...list].entries().',
  size: 'Write .length.',
};

/** Those of dictionaries. */
const dictMethods: Readonly<Record<string, string>> = {
  update: 'Write .set(name, module) for each.',
  add: 'Write .set(name, module).',
  addModule: 'Write .set(name, module).',
  items: 'Loop over it: for (const [name, module] of dict) …',
  entries: 'Loop over it: for (const [name, module] of dict) …',
  keys: 'Make a list of it: [...dict].map(([name]) => name).',
  values: 'Make a list of it: [...dict].map(([, module]) => module).',
  has: 'Look for it in [...dict].map(([name]) => name).',
  length: 'Write .size.',
};

const fieldOf = (module: Module, field: string): unknown => Object.getOwnPropertyDescriptor(module, field)?.value;

const isLayer = (module: Module, field: string) => fieldOf(module, field) instanceof Module;

/** What JavaScript says of a frozen list that is written to. */
const fixedList =
  /^Cannot (?:assign to read only property '(?:\d+|length)' of object '\[object Array\]'|add property \d+, object is not extensible|delete property '\d+' of \[object Array\])/;

/** What the person has not written, in a message: calls that were put in, values without a name. */
const unnamed = /\b__[xv]\b|\(…\)|\(intermediate value\)/;

function notIterable(miss: Miss | undefined, said: string): Words {
  if (miss?.name !== Symbol.iterator) {
    const hint = 'A list is expected by for … of, by ... and by [a, b] = ….';
    return unnamed.test(said) ? { message: 'this is not a list', hint } : { hint };
  }
  return miss.owner instanceof Tensor
    ? {
        message: 'a tensor is not a list',
        hint: 'Its parts along an axis are x.unbind(0), its sizes x.shape.',
      }
    : {
        message: 'a module is not a list',
        hint: 'Its parameters are parameters(), its parts children(); an nn.ModuleList can be looped over with for … of.',
      };
}

/** What a module has not, and what it has that is spelt like it. */
function ofModule(module: Module, missing: PropertyKey): Words {
  const name = String(missing);
  const own = new Set(Object.keys(module));
  for (
    let from: object | null = Object.getPrototypeOf(module);
    from !== null && from !== Object.prototype;
    from = Object.getPrototypeOf(from)
  )
    for (const key of Object.getOwnPropertyNames(from)) own.add(key);
  own.delete('constructor');
  const message = `${module.constructor.name || 'the module'} has no ${name}`;
  const bare = name.replaceAll('_', '');
  if (Object.hasOwn(calls, bare)) return { message: `${module.constructor.name} has no ${bare}`, hint: calls[bare]! };
  if (/^(?:get|item|index|layer|getitem)$/.test(bare) && 'at' in module)
    return { message: `${module.constructor.name} has no ${bare}`, hint: 'Write .at(i) for the layer at a place.' };
  if (own.has('append') && Object.hasOwn(listMethods, bare)) return { message, hint: listMethods[bare]! };
  if (own.has('set') && own.has('get') && Object.hasOwn(dictMethods, bare))
    return { message, hint: dictMethods[bare]! };
  if (own.has('get') && !own.has('at') && /^[A-Za-z]\w*$/.test(name) && !Object.hasOwn(listMethods, bare))
    return { message, hint: `Write .get('${name}') for what it holds by that name.` };
  if (name in Tensor.prototype && module instanceof Layer)
    return {
      message,
      hint: `Tensors have it: write layer.forward(x).${name}${properties.includes(name) ? '' : '(…)'}.`,
    };
  const near = nearest(name, [...own]);
  if (near !== undefined) return { message, hint: `Did you mean ${near}?` };
  const fields = Object.keys(module).filter((key) => key !== 'training');
  if (fields.length === 0 && module instanceof Layer)
    return { message, hint: 'Completion after the dot lists what it has.' };
  if (fields.length === 0) return { message, hint: `Give it a field: ${name} = …;` };
  return { message, hint: `It has ${fields.slice(0, 12).join(', ')}.` };
}
