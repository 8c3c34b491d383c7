import { describe, expect, it } from 'vitest';
import * as core from '../../../core/index.ts';
import { libraryNames, namesWithin } from '../../../extension/compiler/library.ts';
import { compile } from './evaluate.ts';

const problemsOf = (text: string, others: Record<string, string> = {}) => compile(text, others).problems;

describe('the library, as the compiler knows it', () => {
  it('exports what it exports', () => {
    expect(libraryNames.toSorted()).toEqual(Object.keys(core).sort());
    const within = [...Object.keys(core.nn), ...Object.keys(core.optim)].sort();
    expect([...namesWithin.keys()].sort()).toEqual(within);
    for (const [name, owner] of namesWithin) expect(name in (owner === 'nn' ? core.nn : core.optim)).toBe(true);
  });

  it('has a missing name told at its import, with the nearest', () => {
    const text = "import { nn,\n  reluu, softMax as s } from 'tensight';\nexport const a = [nn, reluu, s];";
    expect(problemsOf(text)).toMatchObject([
      {
        ...{ code: 'import', message: "'tensight' exports no 'reluu'", hint: 'Did you mean relu?' },
        range: { start: { line: 1, character: 2 }, end: { line: 1, character: 7 } },
      },
      { message: "'tensight' exports no 'softMax'", hint: 'Did you mean softmax?' },
    ]);
  });

  it('is named where a name belongs to a part of it', () => {
    const hints = (name: string) =>
      problemsOf(`import { ${name} } from 'tensight'; export const a = ${name};`).map(({ hint }) => hint);
    expect(hints('Linear')).toEqual(["Did you mean nn.Linear, after import { nn } from 'tensight'?"]);
    expect(hints('Lineer')).toEqual(["Did you mean nn.Linear, after import { nn } from 'tensight'?"]);
    expect(hints('Adam')).toEqual(["Did you mean optim.Adam, after import { optim } from 'tensight'?"]);
    expect(hints('manual_seed')).toEqual(['Did you mean manualSeed?']);
    expect(hints('quiteSomethingElse')).toEqual(['Check the spelling; completion lists what there is.']);
    expect(hints('Tensor')).toEqual([]);
  });

  it('has no default, and types that are not read are nobody’s loss', () => {
    expect(problemsOf("import t from 'tensight'; export const a = t;")).toMatchObject([
      { message: "'tensight' has no default export" },
    ]);
    expect(problemsOf("import { type Nope, DefinedModel } from 'tensight'; export let a: DefinedModel;")).toEqual([]);
  });

  it('is handed on by other files', () => {
    const text = "import { nn, relo } from './b';\nexport const a = [nn, relo];\nexport { cot } from 'tensight';";
    expect(problemsOf(text, { 'b.ts': "export * from 'tensight';" })).toMatchObject([
      { message: "'./b' exports no 'relo'", hint: expect.stringMatching(/^Did you mean relu\? /) },
      { message: "'tensight' exports no 'cot'" },
    ]);
  });
});
