import { describe, expect, it } from 'vitest';
import { compile, runPlain, runProbed } from './evaluate.ts';

/** Programs that are easy to break by putting calls into them. Each exports `result`, a value or a function that gives one. */
const corpus: Record<string, string> = {
  'no semicolons': `
    const log: unknown[] = []
    const push = (x: unknown) => { log.push(x); return x }
    let a = push(1)
    push(2)
    const o = { x: push(3) }
    o.x
    push(o)
    ;[1, 2].forEach((n) => push(n))
    a = push(5) as number
    new Date(0)
    push(\`t\${a}\`)
    export const result = log`,
  'exported patterns without semicolons': `
    const f = () => [1, { b: 2 }] as const
    export const [a, { b }] = f()
    export const result = a + b`,
  'this of methods': `
    class A { v = [1]; get() { return this.v } static make() { return new this() } chain() { return this } }
    const a = new A(); const { get } = a
    let lost = ''; try { get() } catch (e) { lost = (e as Error).name }
    export const result = [a.get(), (a.get)(), (a as any).get(), a!.get(), A.make().chain().chain().get(), lost, a['get']()]`,
  'optional chains': `
    const n = null as any; const o = { a: { b: [1, 2] }, f() { return this }, g: undefined as any }
    export const result = [n?.a.b.c(1).d, o?.a.b[0], o.g?.(n.x), o.f?.() === o, n?.[n.boom], n?.a!.b.c, (o?.a).b, delete n?.x.y, o.a?.b?.length]`,
  generators: `
    function* count(n: number) { let x = { v: 0 }; while (x.v < n) { const got: any = yield x; x = { v: x.v + (got?.step ?? 1) } } return 'end' }
    function* outer() { const r = yield* count(3); yield r; try { yield { a: yield } } finally { yield 'f' } }
    const it = outer(); const out: unknown[] = []; out.push(it.next(), it.next({ step: 2 }), it.next(), it.next(), it.next({ q: 1 }), it.return(9 as any), it.next())
    export const result = [out, [...count(4)].map((x) => x.v), Math.max(...[...count(2)].map(({ v }) => v))]`,
  'async functions': `
    const wait = async (x: any) => { await null; return { x } }
    async function* stream() { for (let i = 0; i < 3; i++) yield await wait(i) }
    export const result = async () => { const out = []; for await (const { x } of stream()) out.push(x); const [a, b] = await Promise.all([wait(1), wait(2)]); out.push((await wait(a)).x.x, b); try { await (async () => { throw new Error('no') })() } catch (e) { out.push((e as Error).message) } return out }`,
  'accessors and computed keys': `
    const k = ['p', 'q']; let order: string[] = []; const key = (s: string) => { order.push(s); return s }
    class A { #h = { z: 1 }; get h() { return this.#h } set h(v) { this.#h = v } static [key('s')] = { one: 1 }; [key('m')]() { return this.h } }
    const o = { get [k[0]!]() { return k }, [key('x')]: { y: key('y') }, ...{ w: k } }
    const a = new A(); a.h = { z: 5 }; a.h.z++
    export const result = [o, o.p, a.h, (a as any).m(), (A as any).s, order]`,
  'private fields, static blocks': `
    class Counter { static #all: Counter[] = []; static last: Counter | undefined; #n; static { const c = new Counter({ n: 7 }); this.last = c; Counter.#all.push(c) }
      constructor(o: { n: number }) { this.#n = o } has(x: object) { return #n in x } #inc() { this.#n.n += 1; return this } run() { return this.#inc().#inc().#n } static count() { return Counter.#all.length } }
    export const result = [Counter.last!.run(), Counter.count(), Counter.last!.has({}), Counter.last!.has(Counter.last!)]`,
  'labels, loops, switch': `
    const out: unknown[] = []; const rows = [[1, 2], [3, 4], [5, 6]]
    outer: for (const row of rows) { for (const x of row) { if (x === 2) continue outer; if (x === 5) break outer; out.push(x) } }
    for (let i = 0, o = { i }; i < 2; i++) out.push(() => [i, o.i])
    for (const k in { a: 1, b: 2 }) out.push(k)
    let n = 3; while (n--) out.push(n); do n++; while (n < 2)
    for (;;) { if (n++ > 4) break }
    for (const [a, { b = 4 }] of [[1, {}], [2, { b: 3 }]] as any) out.push(a, b)
    let z: any; for (z of rows) if (z[0] > 1) break; else out.push('else')
    for (let [p, q] = rows as any; p; p = undefined) out.push(p, q)
    switch (out[0]) { case 1: const [a] = rows; out.push(a); case 2: out.push('fell'); break; default: out.push('no') }
    block: { if (out.length) break block; out.push('never') }
    if (n) for (const x of rows) out.push(x.length)
    else out.push('x')
    export const result = [...out.map((x) => typeof x === 'function' ? x() : x), n, z]`,
  'destructuring and defaults': `
    let calls = 0; const d = () => { calls++; return { deep: [1, 2] } }
    const { a = d(), b: { deep: [x, y = 9] = [] } = d(), ...rest } = { c: 3, e: { f: 4 } } as any
    let p: any, q: any; const t = {} as any; const pair = [[1], [2]];
    ;[p, q] = pair; [p, q] = [q, p]; ({ p, z: t.z = 5, ...t.rest } = { p: [7], u: 1 } as any)
    ;[t.a, t['b']] = pair
    const f = ({ m = [1], n: [o] = [2] }: any = {}, [r] = [3], ...more: any[]) => [m, o, r, more]
    export const result = [a, x, y, rest, calls, p, q, t, f(), f({ m: 2, n: [4] }, [5], 6, 7), f.length]`,
  'closures and names': `
    const arrow = () => 1; const fn = function () {}; const cls = class {}; let later; later = () => {}; const o = { m: () => {}, ['c' + 1]: () => {}, n() {} }; const { dflt = () => {} } = {} as any
    class A { field = () => {}; static st = class {} }
    const paren = (() => {}); let nn: any; nn ??= () => {}; const cast = (() => {}) as any
    export default () => {}
    export const result = [arrow.name, fn.name, cls.name, later.name, o.m.name, o.c1?.name, o.n.name, dflt.name, new A().field.name, A.st.name, paren.name, nn.name, cast.name]`,
  'object literals as arrow bodies': `
    const f = (x: any) => ({ x, y: [x] }); const g = (x: any) => (({ x })); const h = (x: any) => [x]; const i = (x: any) => (y: any) => ({ x, y }); const j = async (x: any) => ({ x }); const c = (x: any) => (x, { x }.x); const t = (x: any) => x ? { x } : [x]
    export const result = async () => [f({}), g([1]), h(1), i([1])([2]), await j([3]), c([4]), t(0)]`,
  'commas, conditionals, templates, tags': `
    let n: any = 0; const tag = (s: TemplateStringsArray, ...v: unknown[]) => [s.raw.join('|'), ...v.map(String)]; const o = { tag(s: TemplateStringsArray) { return this === o }, self: { toString: () => 'me' } }
    const a = (n++, [n], { n }); const b = n ? [1] : [2]; const c = null ?? [3]; const d = ([] as any)[0] || [4]; const e = [5] && [6]
    const same = () => ((s: TemplateStringsArray) => s)\`x\`
    export const result = [a, b, c, d, e, tag\`a\${n}b\${o.self}\`, o.tag\`x\`, \`\${o.self} \${[1, 2]}\`, same() === same(), void o, typeof o.self, typeof missing, !o, -n, 'tag' in o]
    declare const missing: number`,
  'class expressions, inheritance, super': `
    class Base { constructor(public v: number[], readonly w = [2]) {} get x() { return this.v } who() { return ['base', this.v] } static s() { return [this.name] } }
    const Mid = class extends Base { extra = [this.v, this.w]; constructor(...args: [number[]]) { super(...args); this.extra.push([1]) } override who() { return [...super.who(), super.x] } }
    const mix = <T extends new (...a: any[]) => object>(B: T) => class Mixed extends B { mixed = [1] }
    class Leaf extends mix(Mid) { private note: string; constructor(v: number[]) { const w = [v]; super(w[0]!); this.note = 'n' } static override s() { return [...super.s(), 'leaf'] } }
    function Old(this: any, x: number[]) { this.x = x; return new.target } 
    const l = new Leaf([3]); const ns = { inner: { K: class { k = [1] } } }
    export const result = [l.who(), l.extra, l.mixed, Leaf.s(), { ...l }, new ns.inner.K().k, new (mix(Base))([4]).v, new Date(0).getTime(), new (class { z = [9] })().z, typeof new (Old as any)([1])]`,
  'types of every kind': `
    type T<A> = { [K in keyof A]?: A[K] }; interface I { (x: number): string; new (): I }; enum Color { Red, Green = 'g', Blue = 1 << 3 } const enum Flag { On = 1 }
    abstract class P<A> { abstract foo(x: A): A; declare d: number; opt?: number; sure!: number; protected static readonly k: number = 3; bar?(): void; [index: string]: unknown }
    class Q extends P<number[]> implements Partial<I> { override foo(x: number[]) { return x } }
    function over(x: number[]): number[]; function over(x: string): string; function over(x: any) { return x }
    function assertIs(x: unknown): asserts x is number[] {} 
    const id = <X,>(x: X): X => x; const g = id<number[]>; const v = id<number[]>([1])!; const s = [1] satisfies number[]; const old = <number[]>v; const u = (v as unknown as number[])!
    function withThis(this: { a: number[] }, b = this.a) { return [this.a, b] }
    let w: number[]; w = v as const as any; (w as any) = [2]; (w!)[0] = 3; (w as any).p = [1]
    namespace OnlyTypes { export type Z = number }
    declare module 'x' { const y: number } declare function ghost(): void; declare class Ghost {}
    export type { T }; export type U = I
    export const result = [Color.Red, Color.Green, Color[0], Color.Blue, Flag.On, new Q().foo([5]), Object.keys(new Q()), over([1]), g([2]), v, s, old, u, w, withThis.call({ a: [7] }), assertIs.length]`,
  'directives and hashes': `'use strict'
    function f(x: number[]) { 'use strict'
      return [x, typeof this] }
    function g(this: any, x: number[]) { "a directive"; "another"; return x }
    export const result = [f([1]), g([2]), /[)(]/.test('('), 0x10, 1_000, 10n.toString()]`,
  'updates, deletes, compound assignment': `
    const o: any = { n: 1, a: { n: 1 }, list: [[1], [2]] }; let i = 0; let x: any = [1]
    o.n++; ++o.a.n; o.n += o.a.n; o.list[i++]![0]--; o['n'] **= 2; delete o.list[0]; delete o.a.n; x ||= [3]; x &&= [4]; o.q ??= x; o.q.r = o.s = [5]; x = x = [...x, 6]; o.list[1].push(...x, ...o.s)
    export const result = [o, i, x, delete (o.zz)]`,
  'errors and finally': `
    const f = (x: any) => { try { return x.y.z } catch { return [1] } finally { x = null } }
    const g = () => { for (const x of [[1], [2]]) try { if (x[0] === 1) throw x; return ['r', x] } catch (e) { if (e !== x) return ['bad'] } }
    const h = () => { try { throw new RangeError('m') } catch ({ name, message }: any) { return [name, message] } }
    export const result = [f({}), f({ y: { z: 3 } }), g(), h()]`,
  'evaluation order': `
    const log: number[] = []; const t = (n: number): any => { log.push(n); return { [n]: t, f: (...a: any[]) => t(n + 10), v: n } }
    t(1).f(t(2), t(3).v)[t(4).v]; ({ [t(5).v]: t(6), x: t(7).f() }); t(8)[t(9).v]?.(t(10)); const [a = t(11), { b = t(12) } = t(13)] = [] as any; (t(14), t(15)) || t(16); t(17).v = t(18).v
    export const result = log`,
  'shadowing and hoisting': `
    var a = [1]; function f() { if (!a) { var a: any = [2] } return a } { function inner(x: any) { return x } var kept = inner([3]) } const h = hoisted([4]); function hoisted(x: any) { return [x] }
    let x = [1]; { let x = [2]; x.push(1) } const g = (x: any, y = () => x) => { var x: any = [9]; return [x, y()] }
    export const result = [f(), kept, h, x, g([5])]`,
  'live exports': `
    export let n = [0]; export const bump = () => { n = [n[0]! + 1]; return n }; export function up() { bump() } ; up(); bump()
    export { n as renamed }; export const result = () => [n]`,
};

describe('a program with probes does what it does without', () => {
  for (const [name, text] of Object.entries(corpus))
    it(name, async () => {
      const program = compile(text);
      expect(program.problems).toEqual([]);
      const plain = runPlain(text);
      const probed = runProbed(program).exports;
      expect(Object.keys(probed).sort()).toEqual(Object.keys(plain).sort());
      expect(await resultOf(probed.result)).toEqual(await resultOf(plain.result));
    });

  it('keeps every line where it was', () => {
    for (const text of Object.values(corpus)) {
      const { code } = compile(text).modules[0]!;
      const { sites } = compile(text);
      const printed = code.split('\n');
      expect(printed.length).toBeLessThanOrEqual(text.split('\n').length);
      // A probe is printed no later than what it wraps, and that has its own line.
      printed.forEach((line, row) => {
        for (const [, id] of line.matchAll(/__[evl]\((\d+)/g))
          expect(row).toBeLessThanOrEqual(sites[Number(id)]!.range.end.line);
      });
    }
  });
});

async function resultOf(result: unknown): Promise<unknown> {
  return typeof result === 'function' ? await result() : result;
}
