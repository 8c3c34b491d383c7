/** What is valid TypeScript and not run here is refused once, at its place, in words that say what to write. */
import { expect, test } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';

const entry = 'file:///w/a.model.ts';
const disposes = (() => {
  try {
    new Function('{ using x = null; }');
    return true;
  } catch {
    return false;
  }
})();

const problemsOf = (text: string) =>
  new SourceCompiler()
    .compile(entry, { read: (file) => (file === entry ? text : undefined) })
    .problems.map(({ message, hint, range }) => [range!.start.line, range!.start.character, message, hint ?? '']);

/** Each is refused at ▸, which is no part of it. */
const refused: readonly (readonly [text: string, message: RegExp, hint: RegExp])[] = [
  ['const A = { B: 1 };\n▸import G = A.B;', /^import G = A\.B, another name/, /Write const G = A\.B;.*type G = A\.B;/],
  ['▸import G = A;', /^import G = A, another name/, /Write const G = A;/],
  ["▸import x = require('./x');", /import … = require/, /Write import/],
  ['f(▸a: number = 1);', /type annotation/, /as Type/],
  ['f(1, ▸{ a }: any = g());', /type annotation/, /as Type/],
  ["const x = '\uab6d';\nconst r▸\uab6d = 1;", /character \uab6d in a name/, /^$/],
  ['class A { #r▸\uab6d = 1 }', /character \uab6d in a name/, /^$/],
  ['▸export = 1;', /export = is not supported/, /export default/],
  ['const d: any = 1;\n▸@d class A {}', /decorators/, /./],
  ['const d: any = 1;\nclass A { ▸@d f() {} }', /decorators/, /./],
  ['const d: any = 1;\nclass A { ▸@d static #f() {} }', /decorators/, /./],
  ['const d: any = 1;\nclass A { ▸@d get f() { return 1; } }', /decorators/, /./],
  ['const d: any = 1;\nclass A { ▸@d x = 1; }', /decorators/, /./],
  ['const d: any = 1;\nclass A { ▸@d accessor x = 1; }', /decorators/, /./],
  ['const d: any = 1;\nclass A { ▸@d x = (y: number) => y; }', /decorators/, /./],
  ['const d: any = 1;\nconst b = ▸@d class {};', /decorators/, /./],
  ['const d: any = 1;\n▸@d export class A {}', /decorators/, /./],
  ['const d: any = 1;\nexport default ▸@d class A {}', /decorators/, /./],
  ['const d: any = 1;\nclass A { f(▸@d x: number) {} }', /decorators/, /(?:)/],
  [
    "import { relu } from 'tensight';\nrelu;\nimport { ▸relu } from 'tensight';",
    /'relu' is declared twice/,
    /Remove one/,
  ],
  ["import * as nn from 'tensight';\nimport { ▸nn } from 'tensight';\nnn;", /'nn' is declared twice/, /Remove one/],
  ["import a from './a';\nimport { relu as ▸a } from 'tensight';", /'a' is declared twice/, /Remove one/],
  ["import { nn } from 'tensight';\nenum ▸nn { a }", /'nn' is declared twice/, /another name/],
  ["export enum ▸nn { a }\nimport { nn } from 'tensight';", /'nn' is declared twice/, /another name/],
  ['const ▸this = 32;', /'this' can't be the name/, /another/],
  ['try {} catch (▸this) {}', /'this' can't be the name/, /another/],
  ['const { a: ▸this } = {} as any;', /'this' can't be the name/, /another/],
  ['const f = (...▸this) => 1;', /'this' can't be the name/, /another/],
  ['const d: any = 1;\n@d\n▸const z = 1;', /decorators/, /(?:)/],
];

test.each(refused)('%j', (marked, message, hint) => {
  const at = marked.indexOf('▸');
  const line = marked.slice(0, at).split('\n').length - 1;
  const problems = problemsOf(marked.replace('▸', ''));
  expect(problems).toEqual([
    [line, at - marked.lastIndexOf('\n', at) - 1, expect.stringMatching(message), expect.stringMatching(hint)],
  ]);
});

/** Run where the platform knows it, else refused at its place. */
test.each([
  'function f() {\n  ▸using a = { [Symbol.dispose]() {} };\n}',
  'async function f() {\n  ▸await using a = { async [Symbol.asyncDispose]() {} };\n}',
  'for (▸using a of []) a;',
  'enum E { A }\nfunction f() {\n  ▸using a = null;\n}',
])('%j', (marked) => {
  const at = marked.indexOf('▸');
  const line = marked.slice(0, at).split('\n').length - 1;
  const told = [
    line,
    at - marked.lastIndexOf('\n', at) - 1,
    expect.stringMatching(/^using is not known/),
    expect.stringMatching(/Write const/),
  ];
  expect(problemsOf(marked.replace('▸', ''))).toEqual(disposes ? [] : [told]);
});

test('of thousands, the first hundred are listed, and how many more there are', () => {
  const problems = problemsOf('await f();\n'.repeat(20_000));
  expect(problems).toHaveLength(101);
  expect(problems[100]).toEqual([
    100,
    0,
    expect.stringMatching(/^19900 more problems are not listed.*await/),
    expect.any(String),
  ]);
});
