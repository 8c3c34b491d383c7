/** An error is told in the file and at the line where it happens, whichever module that is. */
import { describe, expect, it, test } from 'vitest';
import { Probe } from '../../../core/trace/probe.ts';
import { noExports } from '../../../extension/compiler/linking.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { Loader } from '../../../extension/engine/loader.ts';
import { Realm } from '../../../extension/engine/realm.ts';
import { run } from '../says/say.ts';
import { started } from './started.ts';

const folder = 'file:///w/';
const engine = started();

const library = "import { defineModel, randn } from 'tensight';\n";
const model = '\nexport default defineModel({ model: () => (x: any) => x.mul(2), inputs: { x: randn([2]) } });';
const early = /Cannot access '\w+' before initialization/;

/** Read before it is there, at the line that ▸ marks. The entry is `a`. */
const circles: Record<string, Readonly<Record<string, string>>> = {
  'a constant of the file that imports it': {
    a: `${library}import { b } from './b';\nexport const a = b;${model}`,
    b: "import { a } from './a';\n\n\n▸export const b = a + 1;",
  },
  'by its namespace': {
    a: `${library}import * as b from './b';\nexport const a = b;${model}`,
    b: "import * as a from './a';\n\n▸export class B extends a.a {}",
  },
  'a default export': {
    a: `${library}import { b } from './b';\nexport const x = b;${model}`,
    b: "import a from './a';\n▸export const b = [a];",
  },
  'by way of a third file': {
    a: `${library}import './b';\nexport class A {}${model}`,
    b: "import './c';\nexport * from './a';",
    c: "import { A } from './b';\n\n▸new A();",
  },
  'in a function that is called too early': {
    a: `${library}import { go } from './b';\nexport const x = go();\nexport const late = 1;${model}`,
    b: "import { late } from './a';\nexport const go = () => {\n▸  return late;\n};",
  },
  'in the file itself': { a: `${library}\n▸console.log(late);\nexport const late = 1;${model}` },
};

test.each(Object.entries(circles))(
  '%s',
  async (_, marked) => {
    const files = Object.fromEntries(
      Object.entries(marked).map(([name, text]) => [`${folder}${name === 'a' ? 'a' : name}.ts`, text.replace('▸', '')]),
    );
    const [name, text] = Object.entries(marked).find(([, text]) => text.includes('▸'))!;
    const line = text.slice(0, text.indexOf('▸')).split('\n').length - 1;
    const entry = `${folder}a.ts`;
    const { modules, sites, problems } = new SourceCompiler().compile(entry, { read: (file) => files[file] });
    expect(problems).toEqual([]);
    const trace = await engine.host.run(
      { run: 1, mode: 'shape', entry, modules, sites, fallback: true },
      { timeoutMs: 60_000 },
    );
    expect(trace.problems).toHaveLength(1);
    const [problem] = trace.problems;
    const site = problem!.site === undefined ? undefined : sites[problem!.site];
    expect([site?.file ?? problem!.file, (site?.range ?? problem!.range)?.start.line]).toEqual([
      `${folder}${name}.ts`,
      line,
    ]);
    expect(problem!.message).toMatch(early);
    expect(problem!.hint).toMatch(/declared further down, or in a file that imports this one/);
  },
  60_000,
);

describe('what shares its line with other code is told by itself', () => {
  /** `▸` and `◂` stand around what is marked. */
  test.each([
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { ▸return x + 1◂ } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { ▸return x + 1◂; } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { const y = this.a.forward(x); ▸const z = y * 2◂; return z; } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { ▸x += 1◂; return this.a.forward(x); } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { ▸x++◂; return this.a.forward(x); } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { ▸if (x > 0) return x◂; return this.a.forward(x); } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { if (this.training) { ▸return -x◂; } else return x; } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { for (const i of [1, 2]) ▸x = x * i◂; return x; } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { return ▸missing◂; } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward = (x: any) => ▸x + 1◂ }',
    'class A extends nn.Module { ▸a = 1 + (missing as number)◂; b = new nn.Linear(2, 2); forward(x: any) { return x; } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { const twice = (y: any) => ▸y * 2◂; return twice(x); } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { switch (x.ndim) { case 2: ▸return x - 1◂; default: return x; } } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2);\n  forward(x: any) { x = this.a.forward(x); ▸return x + 1◂; } }',
    'class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { return x.add(▸this.missing.weight◂); } }',
    // An enum is compiled another way.
    'enum E { a = 1 }; class A extends nn.Module { a = new nn.Linear(2, 2); forward(x: any) { ▸x = x + E.a◂; return x; } }',
    'enum E { a = 1 }; class A extends nn.Module { a = new nn.Linear(2, 2); forward = (x: any) => ▸x ** E.a◂ }',
  ])('%s', (marked) => {
    const start = "import { defineModel, nn, randn } from 'tensight';\n";
    const end = '\nexport default defineModel({ model: () => new (A as any)(), inputs: { x: randn([2, 2]) } });';
    const [before, inside] = [marked.slice(0, marked.indexOf('▸')), /▸(.*)◂/.exec(marked)![1]];
    const { said } = run(start + marked.replace(/[▸◂]/g, '') + end);
    expect(said.map(({ line, at }) => ({ line, at }))).toEqual([{ line: before.split('\n').length + 1, at: inside }]);
  });
});

it('so is what the platform refuses to compile', () => {
  const module = { code: '\n\n  let = = 1;', siteBase: 0, imports: {}, exports: noExports };
  const modules = [
    { ...module, file: `${folder}a.ts`, code: "require('./b'); yield;", imports: { './b': `${folder}b.ts` } },
    { ...module, file: `${folder}b.ts` },
  ];
  const loader = new Loader({ entry: `${folder}a.ts`, modules, sites: [] }, {}, new Realm(() => {}));
  let thrown: unknown;
  try {
    loader.load(new Probe());
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SyntaxError);
  expect(loader.locate(thrown as Error)).toMatchObject({ file: `${folder}b.ts`, range: { start: { line: 2 } } });
});
