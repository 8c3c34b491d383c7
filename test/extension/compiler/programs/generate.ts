/**
 * Random programs of one to four modules that log what they see: every kind of export and import, circles among them, and
 * expressions and statements that are easy to change by putting calls into them.
 */
import type { Random } from './random.ts';
import type { Files } from './run.ts';

const moduleNames = ['a', 'b', 'c', 'd'] as const;

/** `erasable`: nothing of TypeScript in it has to be made into something else. */
export function generateProgram(random: Random, erasable = false): Files {
  const count = 1 + random.below(moduleNames.length);
  const names = moduleNames.slice(0, count);
  const plans = new Map(names.map((name) => [name, planOf(name, random, erasable)]));
  return Object.fromEntries(names.map((name) => [`${name}.ts`, new Writer(name, plans, random).module()]));
}

interface Plan {
  readonly erasable: boolean;
  /** Exported names, and how each is declared. */
  readonly exports: readonly { readonly name: string; readonly kind: Kind }[];
}

const kinds = [
  'const',
  'let',
  'var',
  'function',
  'class',
  'enum',
  'list',
  'renamed',
  'text',
  'default',
  'pair',
  'pattern',
  'arrow',
] as const;
type Kind = (typeof kinds)[number];

function planOf(name: string, random: Random, erasable: boolean): Plan {
  const exports: { name: string; kind: Kind }[] = [];
  const count = random.below(6);
  for (let i = 0; i < count; i++) {
    const kind = random.pick(kinds);
    if (kind === 'default' && exports.some((one) => one.kind === 'default')) continue;
    if (kind === 'enum' && erasable) continue;
    // Some names are in every module, so that stars meet them twice.
    const own = random.chance(0.2) ? `shared${random.below(3)}` : `${name}${i}`;
    if (kind !== 'default' && exports.some((one) => one.name === own)) continue;
    exports.push({ name: kind === 'default' ? 'default' : kind === 'text' ? `${own} text` : own, kind });
  }
  return { exports, erasable };
}

/** What stands before a comma. V8 does not look whether a name that is read for nothing is there by now; the language does. */
function unread(text: string): string {
  return /^\W*\w+( as any\))?\W*$/.test(text) ? `[${text}]` : text;
}

class Writer {
  /** Names in scope, whatever they hold. */
  readonly #names: string[] = [];
  /** Those that may be written to. */
  readonly #variables: string[] = [];
  #count = 0;

  constructor(
    private readonly name: string,
    private readonly plans: ReadonlyMap<string, Plan>,
    private readonly random: Random,
  ) {}

  module(): string {
    const { random } = this;
    const imports = this.#imports();
    const exports = (this.plans.get(this.name)?.exports ?? []).map(({ name, kind }) => this.#export(name, kind));
    const handed = this.#handedOn();
    const rest = Array.from({ length: 2 + random.below(5) }, () => this.#statement(2));
    const head = random.chance(0.8) ? imports : [];
    const tail = head.length === 0 ? imports : [];
    const body = random.shuffled([...exports, ...handed, ...rest]);
    const helper = 'function attempt(f: any): any { try { return f() } catch (e) { return e } }';
    const separator = random.pick(['\n', ';\n', ' ;', '\n\n']);
    return [...head, helper, ...body, ...tail, `log('${this.name}')`].join(separator);
  }

  get #erasable(): boolean {
    return this.plans.get(this.name)?.erasable === true;
  }

  #fresh(): string {
    return `v${this.#count++}`;
  }

  #imports(): string[] {
    const { random } = this;
    const out: string[] = [];
    for (const [module, { exports }] of this.plans) {
      if (random.chance(0.35)) continue;
      const from = `'./${module}'`;
      if (random.chance(0.1)) out.push(`import ${from}`);
      const all = this.#fresh();
      if (random.chance(0.3)) {
        out.push(`import * as ${all} from ${from}`);
        this.#names.push(all);
      }
      const names = exports.filter(() => random.chance(0.6)).map(({ name }) => name);
      if (random.chance(0.03)) names.push('missing');
      const others = random.chance(0.15)
        ? [...this.plans.values()].flatMap((plan) => plan.exports.map(({ name }) => name))
        : [];
      if (others.length > 0) names.push(random.pick(others));
      const items = names.map((name) => {
        const local = this.#fresh();
        this.#names.push(local);
        return `${name.includes(' ') ? `'${name}'` : name} as ${local}`;
      });
      if (items.length > 0) out.push(`import { ${items.join(', ')} } from ${from}`);
    }
    return random.shuffled(out);
  }

  #handedOn(): string[] {
    const { random } = this;
    const out: string[] = [];
    for (const [module, { exports }] of this.plans) {
      const from = `'./${module}'`;
      if (random.chance(0.2)) out.push(`export * from ${from}`);
      if (random.chance(0.1)) out.push(`export * as ns${this.name}${module} from ${from}`);
      if (exports.length > 0 && random.chance(0.2)) {
        const { name } = random.pick(exports);
        out.push(`export { ${name.includes(' ') ? `'${name}'` : name} as from${this.name}${module} } from ${from}`);
      }
    }
    if (random.chance(0.1) && this.#names.length > 0)
      out.push(`export { ${random.pick(this.#names)} as again${this.name} }`);
    return out;
  }

  #export(name: string, kind: Kind): string {
    const { random } = this;
    const local = kind === 'text' || kind === 'renamed' || kind === 'default' ? this.#fresh() : name;
    const value = () => `attempt(() => ${this.#expression(2)})`;
    const declare = (text: string, variable = false) => {
      if (!this.#names.includes(local)) this.#names.push(local);
      if (variable) this.#variables.push(local);
      return text;
    };
    switch (kind) {
      case 'const':
        return declare(`export const ${name} = ${value()}`);
      case 'let':
        return declare(`export let ${name}: any = ${value()}`, true);
      case 'var':
        return declare(`export var ${name}: any = ${value()}`, true);
      case 'arrow':
        return declare(
          `export const ${name} = ${random.pick(['(x?: any) => [x]', '((x?: any) => x)', 'function (x?: any) { return [x, 1] }', 'class { x = 1 }'])}`,
        );
      case 'function':
        return declare(
          `export function ${name}(x?: any, y = ${this.#expression(1)}) { return ${this.#body(['x', 'y'])} }`,
        );
      case 'class':
        return declare(`export ${this.#class(name)}`);
      case 'enum':
        return declare(`export enum ${name} { A, B = 'b', C = 1 << 2, D }`);
      case 'list':
        return random.chance(0.5)
          ? declare(`export { ${name} }; const ${name} = ${value()}`)
          : declare(`function ${name}(this: any) { return [this === undefined] }; export { ${name} }`);
      case 'renamed':
        return declare(`let ${local}: any = ${value()}; export { ${local} as ${name} }`, true);
      case 'text':
        return declare(`const ${local} = ${value()}; export { ${local} as '${name}' }`);
      case 'pair':
        return declare(`export const ${name} = ${value()}, ${name}More = [${name}]`);
      case 'pattern':
        return declare(`export const { ${name} = ${this.#expression(1)}, ...${name}Rest } = { k: 1 } as any`);
      case 'default':
        return random.pick([
          `export default ${value()}`,
          ...(this.#erasable ? [] : ['export default function () { return [1] }']),
          `export default function ${local}() { return ${local}.name }`,
          'export default class { x = 1 }',
          'export default (x?: any) => x',
          `export default (class { static s = ${this.#expression(1)} })`,
        ]);
      default:
        return kind satisfies never;
    }
  }

  /** What a function returns, with its parameters in scope. */
  #body(parameters: readonly string[]): string {
    const before = this.#names.length;
    this.#names.push(...parameters);
    const text = this.random.chance(0.3)
      ? `${unread(this.#expression(1))}, ${this.#expression(2)}`
      : this.#expression(2);
    this.#names.length = before;
    return text;
  }

  #class(name: string): string {
    const { random } = this;
    const members = random.shuffled([
      `f = ${this.#expression(1)};`,
      '#p = [1]; p() { return this.#p }',
      `static s = ${this.#expression(1)};`,
      ...(this.#erasable ? [] : ['accessor c = 2;']),
      `declare d: number; private readonly e? = ${this.#expression(0)}\n protected static override?: string\n i<T>(this: any, x?: T,): x is T & {} { return [x] as any }`,
      `get g() { return ${this.#expression(1)} }`,
      `['m' + 1](x?: any) { return this, [x] }`,
      'constructor(public q: any = 1, plain?: any, private readonly r = [q]) { this.f }',
      'static { log(this.name) }',
    ]);
    return `class ${name} { ${members.slice(0, 1 + random.below(members.length)).join(' ')} [index: string]: any }`;
  }

  #statement(depth: number): string {
    const { random } = this;
    const e = (d = depth) => this.#expression(d);
    const guarded = (text: string) => `try { ${text} } catch (e) { log(e) }`;
    const inner = () => (depth > 0 ? this.#statement(depth - 1) : `log(${e(1)})`);
    switch (random.below(15)) {
      case 13: {
        const name = this.#fresh();
        const text = `let ${name}: number | undefined = ${e(1)} as any\n[${name}] = [${e(1)} as never]\ninterface I${name} {\n  x: number\n}\nabstract class C${name}<T> extends (class<U> { z = 1 })<T> implements I${name} { x!: number; abstract y: T\n *g(): any { yield this.z }\n abstract h(): void }\ntype T${name} = C${name}<\n  string>\nlog([...new (C${name} as any)().g()], ${name}!)\n`;
        return guarded(text);
      }
      case 14: {
        const name = this.#fresh();
        return guarded(
          `function ${name}(x: number): void; function ${name}(x: any, y?: unknown): any { return [x, y] as const } let z: any\n;(z as any) = ${name}(${e(1)}); declare const ghost: any; for (const k of [z] as any[]) log(k satisfies unknown); label: for (z! of [${e(1)}]) continue label\nlog((z as any)!, ${name}<>)`.replace(
            '<>',
            '.length',
          ),
        );
      }
      case 0:
        return guarded(`for (const x of [${e()}, ${e(1)}]) { log(x); ${inner()} }`);
      case 1:
        return guarded(
          `outer: for (let i = 0, o = { i }; i < 3; i++) { if (i === 1) continue outer; log(i, o); for (const k in { a: 1 }) if (k) break outer; else log(k) }`,
        );
      case 2:
        return guarded(`let n = ${random.below(4)}; while (n-- > 0) log(n, ${e(1)})`);
      case 3:
        return guarded(
          `switch (${e(1)} as any) { case ${e(0)}: log(1); default: log(${e(1)}); case 3: { log(3); break } }`,
        );
      case 4:
        return guarded(`if (${e(1)}) log(${e(1)})\nelse ${inner()}`);
      case 5:
        return guarded(
          `const f = (x: any, { y = ${e(1)}, ...z }: any = {}, [w] = [${e(1)}]) => { return log(x), [x, y, z, w] }; log(f(${e(1)}), f.length, f.name)`,
        );
      case 6:
        return guarded(
          `function* g(): any { const x = (yield); try { yield ${e(1)}, [x] } finally { log('f') } } const i = g(); log(i.next(), i.next(${e(0)}), i.return(1))`,
        );
      case 7:
        return guarded(`throw ${unread(e(1))}, [${e(1)}]`);
      case 8:
        return guarded(`${this.#class(`K${this.#fresh()}`)}`);
      case 9:
        return this.#variables.length === 0
          ? guarded(`log(${e()})`)
          : guarded(`${random.pick(['', '++'])}${random.pick(this.#variables)}; ${this.#write()}; log(${e(1)})`);
      case 10:
        return guarded(
          `let p: any, q: any; [p, { q = ${e(1)} }] = [${e(1)}, {}] as any; ({ p, ...q } = { p: [q], r: ${e(1)} } as any); log(p, q)`,
        );
      case 11:
        return guarded(`label: { if (${e(1)}) break label; log('in') } do log(${e(1)}); while (false)`);
      default:
        return guarded(`log(${e()})`);
    }
  }

  #write(): string {
    const { random } = this;
    const name = random.pick(this.#variables);
    const value = this.#expression(1);
    return random.pick([
      `${name} = ${value}`,
      `${name} ??= ${value}`,
      `${name} += 1`,
      `${name}++`,
      `[${name}] = [${value}]`,
      `({ k: ${name} = ${value} } = {} as any)`,
      `for (${name} of [1, ${value}]) log(${name})`,
    ]);
  }

  #expression(depth: number): string {
    const { random } = this;
    const e = (d = depth - 1) => this.#expression(d);
    if (depth <= 0 || random.chance(0.15)) {
      if (this.#names.length > 0 && random.chance(0.5)) return random.pick(this.#names);
      return random.pick([
        '1',
        '[2]',
        "'t'",
        'null',
        '{ k: [3] }'.replace(/^\{.*\}$/, '({ k: [3] })'),
        '-0',
        '`x`',
        'undefined',
        '/r/.source',
      ]);
    }
    switch (random.below(31)) {
      case 0:
        return `(${unread(e())}, ${e()})`;
      case 1:
        return `[${e()}, ...[${e()}]]`;
      case 2:
        return `({ k: ${e()}, ['c' + 1]: ${e()}, m() { return [this.k, ${e()}] } }).m()`;
      case 3:
        return `\`a\${${e()}}b\``.replace('${', '${typeof ');
      case 4:
        return `(${e()} ? ${e()} : ${e()})`;
      case 5:
        return `(${e()} ?? ${e()})`;
      case 6:
        return `(${e()} as any)?.k`;
      case 7:
        return `(${e()} as any)?.k?.(${e()}).x.y`;
      case 8:
        return `(${e()} as any)!`;
      case 9:
        return `((x: any, y = ${e()}) => [x, y])(${e()})`;
      case 10:
        return `(function (this: any) { return ${unread(e())}, [this === undefined, ${e()}] })()`;
      case 11:
        return `((s: any, ...v: any[]) => [s.raw, v])\`a\${${e()}}\``;
      case 12:
        return `[${e()}].map((v: any) => ${e()})`;
      case 13:
        return `(class { static s = ${e()} }).s`;
      case 14:
        return `new (class { f = ${e()}; constructor(public q: any) {} })(${e()})`;
      case 15:
        return `typeof ${e()}`;
      case 16:
        return `[...(function* (): any { yield ${e()}; yield* [${e()}] })()]`;
      case 17:
        return `(<T,>(x: T) => x)<any>(${e()})`;
      case 18:
        return `(${e()} === ${e()})`;
      case 19:
        return `(${e()} satisfies unknown)`;
      case 20:
        return this.#variables.length > 0 ? `(${random.pick(this.#variables)} = ${e()})` : `[${e()}]`;
      case 21:
        return `({ a: ${e()} } as any).a.k`;
      case 22:
        return this.#names.length > 0 ? `${random.pick(this.#names)}?.(${e()})` : `!${e()}`;
      case 23:
        return this.#names.length > 0 ? `(${random.pick(this.#names)} as any)(${e()})` : `void ${e()}`;
      case 24:
        return this.#names.length > 0 ? `new (${random.pick(this.#names)} as any)(${e()})` : `[${e()}]`;
      case 25:
        return this.#names.length > 0 ? `(${random.pick(this.#names)} as any)\`t\${${e()}}\`` : '`u`';
      case 26: {
        const names = this.#names.length > 0 ? random.pick(this.#names) : 'attempt';
        return `({ ${names}, n: ${e()} })`;
      }
      case 27:
        return `delete (${e()} as any)?.k`;
      case 28:
        return `(${e()} as any)[${random.below(3)}]`;
      case 29:
        return `(() => { try { return ${unread(e())}, ${e()} } finally { log('fin') } })()`;
      default:
        return `(async () => ${e()})().then(() => 1, () => 2).constructor.name`;
    }
  }
}
