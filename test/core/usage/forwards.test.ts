/** How the `forward` of layers is called, against their declarations. */
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { forwards } from '../../../core/usage/forwards.ts';
import { signatureOf } from '../../../core/usage/signature.ts';
import { declarations } from './declarations.ts';

const { checker, moduleOf } = declarations();
const layers = checker.getExportsOfModule(moduleOf('nn/index.ts'));

/** Of each layer's `forward`: its parameters, and the names of the last one's options where those are an interface of ours. */
const declared = new Map<string, { readonly positional: string[]; readonly options: string[] }>();
for (const exported of layers) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  if (!(symbol.flags & ts.SymbolFlags.Class)) continue;
  const forward = checker.getDeclaredTypeOfSymbol(symbol).getProperty('forward');
  const call = forward && checker.getTypeOfSymbol(forward).getCallSignatures().at(-1);
  const last = call?.parameters.at(-1);
  if (call === undefined || last === undefined) continue;
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(last));
  // A tensor is a class and, with its methods, an interface.
  const kind = (type.symbol?.flags ?? 0) & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class);
  if (kind !== ts.SymbolFlags.Interface || checker.isArrayLikeType(type)) continue;
  declared.set(`${exported.name}.forward`, {
    positional: call.parameters.slice(0, -1).map(({ name }) => name),
    options: checker.getPropertiesOfType(type).map(({ name }) => name),
  });
}

test('every forward with options is in the table', () => {
  expect(Object.keys(forwards).sort()).toEqual([...declared.keys()].sort());
});

describe('as it is declared', () => {
  test.each(Object.keys(forwards))('%s', (name) => {
    const { positional, known } = signatureOf(name)!;
    const { positional: own, options } = declared.get(name) ?? { positional: [], options: [] };
    expect(positional).toEqual(own);
    expect([...known].sort()).toEqual(options.sort());
  });
});
