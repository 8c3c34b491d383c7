import { describe, expect, it } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { entry } from './evaluate.ts';

const chained = (link: string, times: number) => `const x: any = 1; export const a = x${link.repeat(times)};`;

/** Texts that are easy to fall over. */
const texts: Record<string, string> = {
  'a yield of nothing': 'function* g() { const x = (yield); return x; }',
  'an import of types by require': "import type X = require('./x'); export const a = 1;",
  'a specifier of 300 letters': `import './${'a'.repeat(300)}';`,
  'a specifier with half a surrogate pair': "import './\\ud800';",
  'a specifier with a NUL': "import './a\\0b';",
  'a specifier that climbs out': `import './${'../'.repeat(50)}x';`,
  '500 brackets': `export const a = ${'['.repeat(500)}${']'.repeat(500)};`,
  '100,000 brackets': '('.repeat(100_000),
  '2,000 calls in a chain': chained('.add(1)', 2000),
  '20,000 sums': chained(' + 1', 20_000),
  ...Object.fromEntries(
    [
      '<A',
      '<A>(',
      'async <A>(',
      '<A>[',
      '<A>{ a: ',
      '<A>f(',
      'f<A>(',
      'f?.<A>(',
      'f(a<b, c>(',
      '<A>`${',
      'a ? <A>(',
      'a ? (b): c => ',
      'f<A>(() => { ',
      '<A>/* a */(',
    ].flatMap((one) =>
      [40, 2000].map((times) => [`${times} × ${one}`, `const f = x${'\n'}${one.repeat(times)}`] as const),
    ),
  ),
  // What comes before them is read as the language reads it, so that they are seen.
  ...Object.fromEntries(
    [
      '// a comment\n',
      '// a comment\r',
      '// a comment\r\n',
      '// a comment\u2028',
      "// it's\u2029",
      "const a = /'/;\r",
      'const b = [/`/, /[/*"]/];',
      "f(/[']/);",
      'if (a) return /"/;',
      'const c = (a) / "/*";',
      "const d = 'a\\\r\nb'; e = 'f\u2028g';",
      'const h = a / 2 / `$' + '{/`/}`;',
    ].map((before) => [`after ${JSON.stringify(before)}`, `${before}const f = ${'<A>['.repeat(40)}`]),
  ),
  '5,000 else ifs': `if (1) {} ${'else if (2) {}'.repeat(5000)}`,
  '5,000 ifs': `${'if (1) '.repeat(5000)};`,
  'halves of surrogate pairs': 'const \ud800 = "\udc00";',
  'a file of nothing': '',
  'a byte order mark': '\ufeffexport const a = 1;',
  'a NUL': 'const a = 1;\0',
  'a namespace without a name': 'function f() {\n  namespace   for (;;) {}\n}',
  'a namespace without a name at the top': 'namespace class A {}',
  'an unfinished template': 'const a = `${',
  'an unfinished class': 'class A extends',
};

const compileText = (text: string, read: (file: string) => string | undefined = () => undefined) =>
  new SourceCompiler().compile(entry, { read: (file) => (file === entry ? text : read(file)) });

describe('no text is too much for the compiler', () => {
  for (const [name, text] of Object.entries(texts))
    it(name, () => {
      for (const { message, code, file } of compileText(text).problems) {
        expect(file).toBe(entry);
        expect(code).not.toBe('crashed');
        expect(message).not.toMatch(/\n\s+at |RangeError|TypeError|Maximum call stack/);
        expect(message.length).toBeLessThan(600);
      }
    });

  it('compiles types in each other that a person may write', () => {
    const nested = (open: string, close: string, times: number) =>
      `const f: any = (x: any) => x; export const a = ${open.repeat(times)}1${close.repeat(times)};`;
    for (const text of [
      nested('f<Map<string, Array<Set<number>>>>(', ')', 10),
      nested('f<A>(() => { return ', ' })', 10),
      nested('<T,>(x: T) => ', '', 20),
      nested('a < 1 || ', '', 300),
      `export const a = [${'1 < 2, '.repeat(400)}];`,
      `let a = 1;\n${'if (a > 1 && a < (2)) { a = a > 0 ? (1) : 2; }\n'.repeat(300)}`,
      'class A<T> { f(): Map<A<T>, T> { return new Map<A<T>, T>(); } }',
    ])
      expect(compileText(text).problems).toEqual([]);
  });

  it('says where it is nested too deeply', () => {
    const [problem] = compileText(`const fine = [1];\nconst deep = ${'['.repeat(9000)}${']'.repeat(9000)};`).problems;
    expect(problem).toMatchObject({ code: 'syntax', message: expect.stringContaining('nested') });
    expect(problem!.range!.start.line).toBe(1);
  });

  it('says at the import what can not be read, and reads the rest', () => {
    const { problems } = compileText(
      "import a from './long.json';\nimport b from './gone';\nexport const c = [a, b];",
      (file) => (file.endsWith('.json') ? '1'.repeat(16_000_001) : undefined),
    );
    expect(problems).toMatchObject([
      { code: 'import', range: { start: { line: 0, character: 14 } }, message: expect.stringContaining('too long') },
      { code: 'import', range: { start: { line: 1, character: 14 } }, message: expect.stringContaining('no file') },
    ]);
  });
});

it('a namespace without a name is told where the name is missing; one in a comment is not', () => {
  const [problem] = compileText('function f() {\n  namespace   for (;;) {}\n}').problems;
  expect(problem).toMatchObject({ code: 'syntax', message: 'Expected the name of a namespace.' });
  expect(problem!.range!.start).toEqual({ line: 1, character: 14 });
  expect(compileText('// a namespace for all\nexport const a = [, 1];').problems).toEqual([]);
});
