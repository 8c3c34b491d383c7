import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as core from '../../../core/index.ts';
import { definitions, functions, tensorFunctions } from '../../../core/usage/functions.ts';
import { layers } from '../../../core/usage/layers.ts';
import { optimizers } from '../../../core/usage/optimizers.ts';
import { signatureOf } from '../../../core/usage/signature.ts';
import { declarations } from './declarations.ts';

const { Tensor } = core;
const { checker, moduleOf } = declarations();
const library = moduleOf('index.ts');

/** What is exported under this name, in `nn`, `optim` and all that is in them. */
const exported = new Map<string, ts.Symbol>();
(function collect(module: ts.Symbol): void {
  const inner: ts.Symbol[] = [];
  for (const symbol of checker.getExportsOfModule(module)) {
    const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (aliased.flags & ts.SymbolFlags.ValueModule) inner.push(aliased);
    else if (aliased.flags & ts.SymbolFlags.Value && !exported.has(symbol.name)) exported.set(symbol.name, aliased);
  }
  // `zeros` of the library itself, and not that of `nn.init`.
  inner.forEach(collect);
})(library);

/** Every name that TypeScript lets options have, over all ways of calling; undefined where there are none. */
function optionsOf(symbol: ts.Symbol): Set<string> | undefined {
  const type = checker.getTypeOfSymbol(symbol);
  let names: Set<string> | undefined;
  for (const signature of [...type.getConstructSignatures(), ...type.getCallSignatures()])
    for (const parameter of signature.parameters) {
      if (whole.test(parameter.name)) continue;
      const own = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
      for (const part of own.isUnion() ? own.types : [own]) {
        if (!isOptions(part)) continue;
        names ??= new Set();
        for (const property of checker.getPropertiesOfType(part)) names.add(property.name);
      }
    }
  return names;
}

/** An interface of ours or an object written out, rather than a class, a list or a function. */
function isOptions(type: ts.Type): boolean {
  if (!(type.flags & ts.TypeFlags.Object) && !type.isIntersection()) return false;
  if (checker.isArrayLikeType(type) || type.getCallSignatures().length > 0 || type.getStringIndexType()) return false;
  const properties = checker.getPropertiesOfType(type);
  const isClass = (type.symbol?.flags ?? 0) & ts.SymbolFlags.Class;
  return !isClass && properties.length > 0 && properties.every(({ name }) => /^[a-z]\w*$/i.test(name));
}

/** How many arguments there may be before options. */
function mostPositional(symbol: ts.Symbol): number {
  const type = checker.getTypeOfSymbol(symbol);
  const signatures = [...type.getConstructSignatures(), ...type.getCallSignatures()];
  return Math.max(
    ...signatures.map((signature) => {
      const own = signature.parameters.filter((parameter) => {
        const type = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
        return !(type.isUnion() ? type.types : [type]).some(isOptions) || whole.test(parameter.name);
      });
      return own.length;
    }),
  );
}

/** What takes objects that are no options: tensors by their shape, a definition, an operation's own. */
const others = ['Tensor', 'Optimizer', 'formatShape', 'fans', 'train'];
/** Parameters that are objects or texts by themselves. */
const whole = /^(t|data|layers|modules|model|vocabulary|words)$/;

/** What takes no arguments, or says itself what is wrong with them: files, definitions, a tensor's own numbers. */
const told: ReadonlySet<string> = new Set([
  ...[
    'constructor',
    'isMeta',
    'storage',
    'ndim',
    'numel',
    'bytes',
    'isLeaf',
    'isContiguous',
    'toTypedArray',
    'toString',
    'shift',
  ],
  ...[
    'manualSeed',
    'noGrad',
    'readNpy',
    'writeNpy',
    'readSafetensors',
    'writeSafetensors',
    'load',
    'save',
    'isDefinedModel',
  ],
  ...['formatShape', 'train'],
]);

const names = Object.keys({ ...layers, ...optimizers, ...functions, ...tensorFunctions, ...definitions }).filter(
  (name) => !['defineModel’s train', 'Vocabulary.from'].includes(name),
);

describe('the tables of signatures', () => {
  it.each(names)('%s is called as it is declared', (name) => {
    const symbol = exported.get(name);
    expect(symbol, `${name} is exported`).toBeDefined();
    const { positional, known, absent, options } = signatureOf(name)!;
    expect(positional.filter((parameter) => !absent.has(parameter))).toHaveLength(mostPositional(symbol!));
    const declared = optionsOf(symbol!);
    expect([...known].sort()).toEqual([...(declared ?? [])].sort());
    expect(options === undefined).toBe(declared === undefined);
  });

  it('know every method of tensors, and every function that takes one', () => {
    const methods = Object.getOwnPropertyNames(Tensor.prototype).filter((name) => !told.has(name));
    const functions = [...Object.keys(core), ...Object.keys(core.nn.functional)].filter(
      (name) => /^[a-z]/.test(name) && typeof Reflect.get(core, name) !== 'object' && !told.has(name),
    );
    expect(
      [...methods, ...functions].filter((name) => signatureOf(name === 'var' ? 'variance' : name) === undefined),
    ).toEqual([]);
  });

  it('know every layer, optimizer and function that takes options', () => {
    const missing = [...exported].filter(
      ([name, symbol]) =>
        !others.includes(name) && !name.endsWith('Error') && optionsOf(symbol) !== undefined && !signatureOf(name),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });
});

describe('the table of what PyTorch has and we have not', () => {
  it('names nothing that is here', async () => {
    const { layerNames, moduleNames, tensorNames } = await import('../../../core/usage/pytorch.ts');
    const has = (owner: object, name: string) => name in owner;
    const members = Object.getOwnPropertyNames(core.Tensor.prototype);
    expect(Object.keys(tensorNames).filter((name) => members.includes(name))).toEqual([]);
    expect(
      Object.keys(tensorNames).filter((name) => has(core, name) && typeof Reflect.get(core, name) === 'function'),
    ).toEqual([]);
    expect(
      Object.keys(layerNames).filter(
        (name) => has(core.nn, name) || has(core.nn.functional, name) || has(core.optim, name),
      ),
    ).toEqual([]);
    expect(Object.keys(moduleNames).filter((name) => Object.hasOwn(core.nn.Module.prototype, name))).toEqual([]);
  });
});
