import { describe, expect, it } from 'vitest';
import { compile, entry, runProbed } from './evaluate.ts';

/** `kind text @line:character scope = value` of every value seen. */
function seen(text: string): string[] {
  const program = compile(text);
  expect(program.problems).toEqual([]);
  return runProbed(program).seen.map(([{ kind, text, range, scope }, value]) => {
    const at = `${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}`;
    return `${kind} ${text} @${at}${scope ? ` in ${scope}` : ''} = ${JSON.stringify(value)}`;
  });
}

describe('every value reports where it came from', () => {
  it('a declaration, the expression behind it, and a read', () => {
    expect(seen('const f = (n: number) => [n];\nconst h: number[] = f(1);\nconst k = h;')).toEqual([
      'expression f(1) @1:20-1:24 = [1]',
      'declaration h @1:6-1:7 = [1]',
      'expression h @2:10-2:11 = [1]',
      'declaration k @2:6-2:7 = [1]',
    ]);
  });

  it('parameters, fields, members and returns, with the method they stand in', () => {
    const text =
      'class A {\n  w = [1].concat();\n  forward(x: number[]) {\n    return this.w.concat(x);\n  }\n}\nnew A().forward([2]);';
    expect(seen(text)).toEqual([
      'expression [1].concat() @1:6-1:18 in A = [1]',
      'field w @1:2-1:3 in A = [1]',
      'expression new A() @6:0-6:7 = {"w":[1]}',
      'argument x @2:10-2:11 in A.forward = [2]',
      'expression this.w @3:11-3:17 in A.forward = [1]',
      'expression x @3:25-3:26 in A.forward = [2]',
      'expression this.w.concat(x) @3:11-3:27 in A.forward = [1,2]',
      'return this.w.concat(x) @3:11-3:27 in A.forward = [1,2]',
      'expression new A().forward([2]) @6:0-6:20 = [1,2]',
    ]);
  });

  it('destructured names, loops and assignments', () => {
    const text =
      'let s; const [a, { b }] = [[1], { b: [2] }];\nfor (const x of [[3]]) s = [x];\nclass C { m; constructor() { this.m = [4] } } new C();';
    const lines = seen(text);
    expect(lines).toContain('declaration a @0:14-0:15 = [1]');
    expect(lines).toContain('declaration b @0:19-0:20 = [2]');
    expect(lines).toContain('declaration x @1:11-1:12 = [3]');
    expect(lines).toContain('declaration s @1:23-1:24 = [[3]]');
    expect(lines).toContain('field m @2:34-2:35 in C.constructor = [4]');
  });

  it('a function in a variable gives its name to what happens inside', () => {
    expect(seen('const model = (x: number[]) => x.concat();\nmodel([1]);')).toContain(
      'expression x.concat() @0:31-0:41 in model = [1]',
    );
  });

  it('leaves libraries, numbers and functions alone', () => {
    expect(
      compile(
        "import { nn } from 'tensight';\nconst heads = 8;\nconst f = () => nn.functional;\nexport const z = [Math.PI, heads, f];",
      ).sites.map(({ text }) => text),
    ).toEqual(['z']);
  });

  it('the innermost expression under way is known when something is thrown', () => {
    const text = 'export const a = () => { throw new Error("x") };\nexport const b = (x: any) => a();\n';
    const program = compile(text);
    const { exports, probe } = runProbed(program);
    expect(() => (exports.b as () => void)()).toThrow('x');
    expect(program.sites[probe.current!]).toMatchObject({ text: 'new Error("x")', range: { start: { line: 0 } } });
  });

  it('shortens long expressions to one line', () => {
    const { sites } = compile(`const f = (...a: unknown[]) => a;\nf(\n${'  [1],\n'.repeat(60)});`);
    const call = sites.find(({ text }) => text.startsWith('f('))!;
    expect(call.text).toHaveLength(120);
    expect(call.text).not.toContain('\n');
  });
});

describe('what cannot be is said where it stands', () => {
  const problem = (text: string) => {
    const { problems } = compile(text);
    expect(problems).toHaveLength(1);
    const { code, message, range, file } = problems[0]!;
    expect(file).toBe(entry);
    const line = text.split('\n')[range!.start.line]!;
    return [code, message, line.slice(range!.start.character, range!.end.character)];
  };

  it('a syntax error', () => {
    expect(problem('const a = 1;\nconst b = = 2;')).toEqual(['syntax', "Unexpected '='", '=']);
    expect(problem('const a = [1, 2;')).toEqual(['syntax', "Expected ',', got ';'", ';']);
    expect(problem('const a = f(')).toEqual(['syntax', 'Unexpected end of line or file', '']);
    expect(problem('const a = 1;\nconst a = 2;')).toEqual(['syntax', "'a' is declared twice", 'a']);
  });

  it('an import of a package, of Node, of nothing', () => {
    const expected = "a model file imports from 'tensight' or from a .ts file by a relative path";
    expect(problem("import x from 'lodash'; x();")).toEqual([
      'import',
      `'lodash' is not available: ${expected}`,
      "'lodash'",
    ]);
    expect(problem("import fs from 'node:fs'; fs();")).toEqual([
      'import',
      `'node:fs' is not available: ${expected}`,
      "'node:fs'",
    ]);
    expect(problem("export const x = 1;\nexport * from './gone';")).toEqual([
      'import',
      "there is no file './gone' (looked for ./gone.ts, ./gone/index.ts)",
      "'./gone'",
    ]);
  });

  it('require, import(), decorators, namespaces, await at the top', () => {
    expect(problem("const fs = require('fs');")).toEqual([
      'import',
      'require is not available in a model file',
      'require',
    ]);
    expect(problem("const f = () => import('./a');")[0]).toBe('import');
    expect(problem('class A { @dec x = 1 }')).toEqual([
      'syntax',
      'decorators are not supported in a model file',
      '@dec',
    ]);
    expect(problem('namespace N { export const x = 1 }')[0]).toBe('syntax');
    expect(problem('const x = await 3;')[2]).toBe('await');
    expect(compile('const module = [1], exports = module; export const m = exports;').problems).toEqual([]);
  });
});

describe('a program of several files', () => {
  it('follows relative imports as TypeScript does, cycles included', () => {
    const program = compile(
      "import { b } from './b'; import v from './v.json'; import { c } from './lib'; import { d } from './d.js'; export const x = [b, v, c, d];",
      {
        'b.ts': "import { x } from './a.model'; export const b = () => x;",
        'v.json': '{"the": 0}',
        'lib/index.ts': 'export const c = [1];',
        'd.ts': 'export const d = 4;',
      },
    );
    expect(program.problems).toEqual([]);
    expect(program.files.map((file) => file.slice('file:///w/'.length))).toEqual([
      'a.model.ts',
      'b.ts',
      'v.json',
      'lib/index.ts',
      'd.ts',
    ]);
    expect(program.modules[1]!.imports).toEqual({ './a.model': entry });
  });

  it('does not look for what only types need', () => {
    const program = compile(
      "import type { A } from 'somewhere'; import { B } from './b'; import { type C } from './c'; export const x = (a: A, b: B, c: C) => a;",
    );
    expect(program.problems).toEqual([]);
    expect(program.files).toEqual([entry]);
  });

  it('numbers sites through, file after file', () => {
    const program = compile("import { b } from './b'; export const x = [b];", { 'b.ts': 'export const b = [1];' });
    const [first, second] = program.modules;
    expect(first!.siteBase).toBe(0);
    expect(program.sites[second!.siteBase]!.file).toBe('file:///w/b.ts');
  });
});
