import { describe, expect, it } from 'vitest';
import { Edits } from '../../../extension/compiler/edits.ts';
import { compareTypes } from '../texts/comparing.ts';

/** Texts of which something else is easily left than TypeScript leaves. */
const same: readonly string[] = [
  // Where a line ends, a statement may no longer.
  'let a: number\n[1].map(String)',
  'const a = [1] as number[]\n;[2].map(String)',
  'const a = f as any\n(1)',
  'let a = 1\ninterface A {}\n(a)',
  'abstract class A { x: number\n *g() {}\n y?: string\n ["z"] = 1\n get: 1\n private set?: 2\n static async: number\n declare w: 1\n abstract v: 2\n u!: 3 }',
  'class A extends B { private readonly\n x = 1; protected static override async *f() {}; public static ["a"]?: number = 2; get?: 1 }',
  'type A = 1\nexport type B = {\n  a: 1\n}\nexport interface C {}\ndeclare const d: 1, e: 2; declare function f(): void\ndeclare namespace G { const h: 1 }',
  'if (a) type\n(b)\nelse c as any\nfor (;;) d!\ndo e as any; while (f as any)\ng!',
  // Words that would become one.
  'for (const x of[1]as any) x; const y = a as {}in b; const z = typeof(a as any)',
  'function f(this: any) {} function g(this: { a: 1 }, b?: number, ...c: any[]) {} function h(this: any,) {}',
  'function f(a: 1): void; function f(a: any) {} export function g(): void; export function g(a?: any) {}',
  'const f = async <T,>(x?: T): Promise<T> => x as T; const g = (x: any): x is string => !!x; const h = <T>(x: T) => x',
  'const f = ({ a, b: [c] = [] }: any = {}, [d]: any[] = []): any => ({ a, c, d } as any)',
  'f<number>(1); new Map<string, number>; new A<B>(1); f<a>`x`; a?.<b>(c); const g = f<number>; class B extends A<C> implements D, E<F> {}',
  'a! = 1; (a as any) = 2; a!++; [a!, (b as any)] = c; ({ a: b! } = c); for (a! of b) c; a!.b!?.c![0]!()',
  'class A<T> { constructor(public a: T, private readonly b = 1, c?: number) { f() } d(this: A) { "a directive"\n(1) } }',
  'class A extends B { constructor(public a: number) { f(); super(a); g() } }',
  'const { a, b }: { a: 1; b: 2 } = c, [d]: any = e; let f!: number; try {} catch (g: unknown) {}',
  'export abstract class A {} export default abstract class B { abstract c(): void }',
  'export default class<T> extends A<T> {}',
  'export default <T,>(x: T) => x',
  'const a = b < c as any as boolean, d = e satisfies F; f(g as any, ...h!); a ? b as c : d',
  'export default interface A { b: 1 }',
  '#!/usr/bin/env node\nconst a: 1 = 1',
  'label: for (const a in b!) { continue label } switch (a as any) { case b!: c as any\ndefault: let d: 1 }',
];

/** Where more is needed than taking out. */
const transformed: readonly string[] = [
  'enum A { B }',
  'const a = <any>{}; const f = () => <any>{ a: 1 }',
  'const f = (a: any): {\n b: 1\n} => a',
  'const f = async <\nT>(a: any) => a',
  'const a = b < c as any + d',
  'class A extends B { constructor(public a: number) { if (a) super(a); else super(1) } }',
  'class A { accessor b = 1 }',
  'const a = b<!--c',
  'import { a } from "./b"; function f(a: any) { return a }',
  'const exports = 1',
  'export default function () {}',
];

describe('types that are taken out of a text', () => {
  for (const text of same) it(`leave what Babel leaves: ${text}`, () => expect(compareTypes(text)).toBe('same'));
  for (const text of transformed)
    it(`are left to Babel where they mean something: ${text}`, () => expect(compareTypes(text)).toBe('left to Babel'));
});

describe('edits', () => {
  it('nest as the parts they are put around', () => {
    const edits = new Edits('return[a]+b');
    edits.around(6, 9, 0, 'f(', ')');
    edits.around(6, 11, 0, 'g(', ')');
    edits.around(6, 11, 1, '(', ')');
    edits.replace(7, 8, 'c.a');
    edits.around(7, 8, 0, 'h(', ')');
    // Two words never become one; a space too many is nobody's loss.
    expect(edits.apply()).toBe('return( g( f([h(c.a)])+b))');
  });

  it('keep the lines of what is taken out', () => {
    const edits = new Edits('a /* 1\n2 */ b // c');
    edits.erase(2, 11);
    edits.erase(4, 6);
    edits.erase(14, 18);
    expect(edits.apply()).toBe('a \n b  ');
  });
});
