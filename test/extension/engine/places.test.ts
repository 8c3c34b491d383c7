/** An error is told in the file and at the line where it happens, whichever module that is. */
import { expect, it, test } from 'vitest';
import { Probe } from '../../../core/trace/probe.ts';
import { noExports } from '../../../extension/compiler/linking.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { Loader } from '../../../extension/engine/loader.ts';
import { Realm } from '../../../extension/engine/realm.ts';
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

it('so is what the platform refuses to compile', () => {
  const module = { code: '\n\n  let = = 1;', siteBase: 0, imports: {}, exports: noExports };
  const modules = [
    { ...module, file: `${folder}a.ts`, code: "require('./b'); require();", imports: { './b': `${folder}b.ts` } },
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
