import { afterAll, describe, expect, it } from 'vitest';
import { compileFiles, type Files, Judge, runProbed } from './programs/run.ts';

declare global {
  var log: (...values: unknown[]) => void;
}

/** Programs of one or more files, the entry first. They log what they see. */
const programs: Record<string, Files> = {
  'two exports in one statement': {
    'a.ts': "import { A, B } from './b'; log(A, B);",
    'b.ts': 'export const A = 3, B = A + 1;',
  },
  'an export above its declaration': {
    'a.ts': "import * as b from './b'; log(b.net, new b.Mlp().x, Object.keys(b));",
    'b.ts': 'export { net, Mlp }; class Mlp { x = 1 } const net = [1];',
  },
  'an own export before a star': {
    'a.ts': "import { Block, Other } from './b'; log(new Block().own, Other);",
    'b.ts': "export * from './c'; export class Block { own = true }",
    'c.ts': 'export class Block { own = false } export const Other = 4;',
  },
  'a name of two stars': {
    'a.ts': "import * as b from './b'; log(Object.keys(b));",
    'b.ts': "export * from './c'; export * from './d';",
    'c.ts': 'export const x = 1, y = 2;',
    'd.ts': 'export const x = 1, z = 2;',
  },
  'an import of a name of two stars': {
    'a.ts': "import { x } from './b'; log(x);",
    'b.ts': "export * from './c'; export * from './d';",
    'c.ts': 'export const x = 1;',
    'd.ts': 'export const x = 1;',
  },
  'one name by two ways': {
    'a.ts': "import { x } from './b'; log(x);",
    'b.ts': "export * from './c'; export * from './d';",
    'c.ts': "export { x } from './e';",
    'd.ts': "export * from './e';",
    'e.ts': 'export const x = 1;',
  },
  'a circle with a hoisted function': {
    'a.ts': "import { Block } from './b'; export function width() { return 4 } log(new Block().w);",
    'b.ts': "import { width } from './a'; const w = width(); export class Block { w = w }",
  },
  'a circle with a constant that is not there yet': {
    'a.ts': "import { Block } from './b'; export const width = 4; log(Block);",
    'b.ts': "import { width } from './a'; export const Block = width;",
  },
  'a circle with a var': {
    'a.ts': "import { seen, later } from './b'; export var width = 4; log(seen, later());",
    'b.ts': "import { width } from './a'; export const seen = width, later = () => width;",
  },
  'functions and variables of a module that comes later': {
    'a.ts': "import './b'; import './c'; log('a');",
    'b.ts': "import { late } from './d'; log(late(), late.name); import { held } from './d'; log(held());",
    'c.ts': "export function early() { return typeof early } export var held: any = 1; export let not = 2; log('c');",
    'd.ts': "import './a'; import './e'; export { early as late } from './c'; export { held } from './e'; log('d');",
    'e.ts': "import './d'; import * as c from './c'; export const held = () => c.held; log(c.early());",
  },
  'a circle of a module that has not begun': {
    'a.ts': "import './b'; import { f, v } from './c'; log('a', f(), v);",
    'b.ts': "import './a'; import { f, v, w } from './d'; log('b', f(), v); try { log(w); } catch (e) { log(e); }",
    'c.ts': "import './b'; export var v = 1; export let w = 2; export function f() { return 'f' }",
    'd.ts': "import './b'; export * from './c'; log('d');",
  },
  'names seen through a namespace before their module has begun': {
    'a.ts': "import * as c from './c'; import './b'; export var v = 1; log('a', Object.keys(c));",
    'b.ts': "import * as c from './c'; log('b', c.f(), c.v);",
    'c.ts': "import './d'; export function f() { return 'f' } export var v = [3]; log('c');",
    'd.ts': "import * as c from './c'; import { f } from './c'; log('d', c.f(), c.v, f());",
  },
  'a circle of stars': {
    'a.ts': "export * from './b'; export const a = 1; import * as self from './a'; log(Object.keys(self), self.b);",
    'b.ts': "export * from './a'; export const b = 2;",
  },
  'a module that imports itself': {
    'a.ts': "import { f, n } from './a'; export let n = 1; export function f() { n++ } f(); log(n); f(); log(n);",
  },
  'live bindings': {
    'a.ts': "import { n, up, o } from './b'; import * as b from './b'; log(n); up(); log(n, b.n, o.n);",
    'b.ts':
      'export let n = 0; export const o = { get n() { return n } }; export function up() { n += 5; ({ n } = { n: n + 1 }); [n] = [n * 2]; n++; for (n of [n, n + 1]); }',
  },
  'handing on': {
    'a.ts': "import { y, def, ns } from './b'; log(y, def, ns.x, ns.default);",
    'b.ts': "export { x as y, default as def } from './c'; export * as ns from './c';",
    'c.ts': 'export const x = 1; export default [2];',
  },
  'an import that is exported again': {
    'a.ts': "import { z, all } from './b'; log(z, all.x);",
    'b.ts': "import { x as y } from './c'; import * as all from './c'; export { y as z, all };",
    'c.ts': 'export const x = 1; log("c");',
  },
  'names that are texts': {
    'a.ts': "import { 'my model' as m, 'a b' as n } from './b'; log(m, n);",
    'b.ts': "const m = 1; export { m as 'my model' }; export { x as 'a b' } from './c';",
    'c.ts': 'export const x = 2;',
  },
  'imports are hoisted, in their order': {
    'a.ts': "log('a', x); import './c'; import { x } from './b';",
    'b.ts': "log('b'); export const x = 1;",
    'c.ts': "log('c');",
  },
  'anonymous defaults': {
    'a.ts':
      "import f from './f'; import c from './c'; import g from './g'; import h from './h'; import i from './i'; log(f.name, c.name, g.name, h.name, i, f());",
    'f.ts': 'export default function () { return 1 }\n[1].map(String)',
    'c.ts': 'export default class { x = 1 }\n;[2].map(String)',
    'g.ts': 'export default () => 2\n',
    'h.ts': 'export default (class {})',
    'i.ts': 'export default [1]\nlog("i")',
  },
  'a default that is called before it is reached': {
    'a.ts': "import f from './b'; export const x = 1; log(f());",
    'b.ts': "import './c'; export default function () { return 'hoisted' }",
    'c.ts': "import f from './b'; log(f(), f.name);",
  },
  'a missing export': { 'a.ts': "import { Nope } from './b'; new Nope();", 'b.ts': 'export const x = 1;' },
  'a missing default': { 'a.ts': "import x from './b'; log(x);", 'b.ts': 'export const x = 1;' },
  'a missing name that is handed on': {
    'a.ts': "import { x } from './b'; log(x);",
    'b.ts': "export { x } from './c';",
    'c.ts': 'export const y = 1;',
  },
  'a circle of names': {
    'a.ts': "import { x } from './b'; log(x);",
    'b.ts': "export { x } from './c';",
    'c.ts': "export { x } from './b';",
  },
  'types among the exports': {
    'a.ts': "import { T, x } from './b'; const y: T = x; log(y); export type { T }; export { x };",
    'b.ts':
      'export type T = number; export interface I {} export declare const ghost: number; export const x = 1; enum E { A } export { E }; export { type I as J };',
  },
  'the receiver of an import': {
    'a.ts': "import { tag, call } from './b'; log(tag`x`, call?.(), call());",
    'b.ts':
      'export function tag(this: unknown, s: TemplateStringsArray) { return [this === undefined, s[0]] } export function call(this: unknown) { return this === undefined }',
  },
  'writing to an import': {
    'a.ts':
      "import * as b from './b'; import { n } from './b'; try { (b as any).n = 1 } catch (e) { log((e as Error).name) } try { (b as any).more = 1 } catch (e) { log((e as Error).name) } log(n);",
    'b.ts': 'export let n = 0;',
  },
  'locals with the names of compiled code': {
    'a.ts': "import { exports, require, f } from './b'; log(exports, require(2), f([3]));",
    'b.ts':
      'export const exports = [1]; export function require(x: number) { return x } export let n = 0; export function f(exports: number[], module = exports, __v = 1, __x = 2) { n++; const __e = exports; { let require = __e; return [exports, require, module, __v, __x, n] } }',
  },
  'parameter properties come first': {
    'a.ts':
      'class A { extra = 1; constructor(public v: number, readonly w = 2, plain = 3) { log(Object.keys(this), plain) } } class B extends A { b = 4; constructor(private z: number) { super(1); log(Object.keys(this), this.z) } } log(new B(5), new A(6));',
  },
  'accessor fields': {
    'a.ts':
      "class A { accessor x = 1; static accessor y: number = 2; accessor 'a b' = 3; #p = 4; accessor #q = 5; accessor z; q() { return [this.#q++, this.#q, this.#p] } } const a = new A(); a.x = 7; A.y++; log(a.x, A.y, a['a b'], a.q(), a.z, Object.keys(a));",
  },
  'enums with template texts': {
    'a.ts': `const enum C { One = 1 } enum E { A = \`x\`, B = \`\${A}y\`, D = 1 << 2, F } export enum G { H = C.One } log(E.A, E.B, E.D, E.F, E[4], G.H, G[1]);`,
  },
  commas: {
    'a.ts':
      'let calls = 0; const f = (x: number[]) => (calls++, x); const g = (x: number[]) => { return calls++, f(x) }; const h = () => { throw calls++, [calls] }; try { log(f([1]), g([2]), calls); h() } catch (e) { log(e) } const o = { a: (calls++, [3]) }; let v: any; v = (1, [4]); for (const x of (0, [[5]])) log(x); log(o, v, [(1, 2)], (3, f)([6]));',
  },
  'a yield of nothing': {
    'a.ts':
      'function* g() { const y = (yield); const z = yield; return [y, z] } const i = g(); log(i.next(), i.next(1 as never), i.next([2] as never));',
  },
  'a module that fails': { 'a.ts': "import './b'; log('never');", 'b.ts': "log('b'); throw new RangeError('no');" },
  'names of exported functions': {
    'a.ts': "import * as b from './b'; log(b.f.name, b.c.name, b.g.name, b.d.name);",
    'b.ts': 'export const f = () => 1, c = class {}; export let g = function () {}; export const d = (() => {}); ',
  },
  'declarations of several kinds': {
    'a.ts': "import { A, B, c, d, e, f } from './b'; log(new A().x, B.P, c, d, e, f);",
    'b.ts':
      'export class A { x = 1 } export enum B { P } export const { c, k: [d] } = { c: 1, k: [2] }; export let e: number | undefined, f = 3; export interface A { y?: number } export type B2 = B;',
  },
};

describe('modules are the language’s own', () => {
  const judge = new Judge();
  afterAll(() => judge.end());
  for (const [name, files] of Object.entries(programs))
    it(name, async () => {
      expect(runProbed(compileFiles(files))).toEqual(await judge.run(files));
    });

  it('names a missing export at its import', () => {
    const text = "import { x } from './b';\nimport { Nope, type T } from './b';\nexport const y: T = [x, Nope];";
    const { problems } = compileFiles({ 'a.ts': text, 'b.ts': 'export const x = 1, z = 2; export type T = unknown;' });
    expect(problems).toMatchObject([
      {
        ...{ code: 'import', message: "'./b' exports no 'Nope'", hint: 'It exports x, z.' },
        range: { start: { line: 1, character: 9 }, end: { line: 1, character: 13 } },
      },
    ]);
  });

  it('tells of a regular expression that is none', () => {
    const { problems } = compileFiles({ 'a.ts': 'export const a = /b/u;\nexport const c = [/d)/];' });
    expect(problems).toMatchObject([
      {
        code: 'syntax',
        range: { start: { line: 1, character: 18 } },
        message: expect.stringContaining('regular expression'),
      },
    ]);
  });

  it('refuses a second default export', () => {
    for (const second of ['export default 2;', 'export default class {}', 'export { x as default };']) {
      const { problems } = compileFiles({ 'a.ts': `const x = 1;\nexport default 1;\n${second}` });
      expect(problems).toMatchObject([{ code: 'syntax', range: { start: { line: 2 } } }]);
    }
    expect(
      compileFiles({ 'a.ts': 'export default function f(): void;\nexport default function f() {}' }).problems,
    ).toEqual([]);
    expect(compileFiles({ 'a.ts': 'export default interface A {}\nexport default 1;' }).problems).toEqual([]);
  });

  it('refuses what a model file does not have in words of its own', () => {
    const message = (text: string) => compileFiles({ 'a.ts': text }).problems.map((problem) => problem.message);
    for (const text of [
      'export const here = import.meta.url;',
      'new import.meta.X();',
      'class A extends import.meta.X {}',
    ])
      expect(message(text)).toEqual(['import.meta is not available in a model file']);
    for (const text of [
      'log({ a<T>: 1 });',
      'let a; ({ a<T>: a } = log);',
      'enum E { A } function f({ a<T>: b }: any) {}',
    ])
      expect(message(text)).toEqual(['only a method has type parameters']);
    expect(message("import type X = require('./x'); export const a = 1;")).toEqual([]);
    expect(message('class A { accessor [k()] = 1 }')).toEqual([
      'an accessor field with a computed name is not supported',
    ]);
    expect(message('exports.x = 1;')).toEqual(['exports is not available in a model file']);
  });
});
