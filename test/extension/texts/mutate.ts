/** Random texts: models that were edited badly, generated programs, and what no one would write. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateProgram } from '../compiler/programs/generate.ts';
import type { Random } from '../compiler/programs/random.ts';
import { specifiers } from './folder.ts';

/** Texts to begin with: examples, models of the tests. */
export function seedTexts(root: string): readonly string[] {
  const folders = ['examples', 'test/fixtures/models'].map((folder) => join(root, folder));
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
}

const pieces = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '`',
    '${',
    "'",
    '"',
    '/',
    '//',
    '/*',
    '*/',
    '\\',
    ';',
    ',',
    '.',
    '?.',
    '!',
    ':',
    '@',
    '#',
    '\n',
    '\r\n',
    '\u2028',
  ],
  ...[
    '=>',
    '=',
    '==',
    '...',
    '??',
    '**',
    '&&=',
    '\0',
    '\ud800',
    '\udc00',
    '\ufeff',
    '\u202e',
    '\u{1f4a9}',
    '0x',
    '1e',
    '08',
    '1_',
    '10n',
    '\\u{',
    '\\x',
  ],
  ...[
    'import ',
    'export ',
    'default ',
    'from ',
    'as ',
    'type ',
    'class ',
    'extends ',
    'function ',
    'function* ',
    'async ',
    'await ',
    'yield ',
    'return ',
  ],
  ...[
    'const ',
    'let ',
    'var ',
    'enum ',
    'namespace ',
    'declare ',
    'abstract ',
    'interface ',
    'satisfies ',
    'keyof ',
    'new ',
    'new.target',
    'import.meta',
    'import(',
  ],
  ...[
    'this',
    'super',
    'super.',
    'static ',
    'accessor ',
    'get ',
    'set ',
    '#x',
    'using ',
    'for (',
    'while (',
    'do ',
    'switch (',
    'case ',
    'try {',
    'catch ',
    'throw ',
  ],
  ...[
    'if (',
    'else ',
    'break ',
    'continue ',
    'label: ',
    'delete ',
    'typeof ',
    'void ',
    'in ',
    'of ',
    'instanceof ',
    'debugger;',
    "'use strict';",
    'exports',
    'require',
  ],
  ...[
    '__v',
    '__x(',
    '__e',
    'module',
    'arguments',
    'eval',
    'undefined',
    'NaN',
    '<T>',
    '<T,>(x: T) => x',
    ' as const',
    'export =',
    'import x = require(',
    'constructor(public ',
  ],
] as const;

export function randomText(random: Random, seeds: readonly string[]): string {
  let text = random.chance(0.2) ? generated(random) : random.pick(seeds);
  if (random.chance(0.3)) text = `${importOf(random)}\n${text}`;
  const edits = random.chance(0.1) ? 0 : 1 + random.below(random.chance(0.2) ? 40 : 4);
  for (let i = 0; i < edits; i++) text = edited(text, random, seeds);
  return text;
}

function generated(random: Random): string {
  return random.pick(Object.values(generateProgram(random)));
}

function importOf(random: Random): string {
  const specifier = random.pick(specifiers);
  const quote = random.pick(["'", '"']);
  const from = `${quote}${specifier}${quote}`;
  return random.pick([
    `import { x } from ${from}; console.log(x);`,
    `import x from ${from}; x();`,
    `import * as all from ${from}; console.log(all);`,
    `import ${from};`,
    `import type { T } from ${from};`,
    `import { type T, f as g } from ${from}; g();`,
    `export * from ${from};`,
    `export * as again from ${from};`,
    `export { x as y, default as z } from ${from};`,
    `import x = require(${from}); x;`,
    `import type X = require(${from});`,
    `const y = import(${from});`,
    `const z = require(${from});`,
    `import data from ${from} with { type: 'json' }; data;`,
  ]);
}

function edited(text: string, random: Random, seeds: readonly string[]): string {
  const at = random.below(text.length + 1);
  const length = random.below(random.chance(0.2) ? 400 : 20);
  const [before, cut, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  switch (random.below(12)) {
    case 0:
      return before + after;
    case 1:
      return before + cut + cut + after;
    case 2:
      return before;
    case 3: {
      const other = random.pick(seeds);
      const from = random.below(other.length);
      return before + other.slice(from, from + length * 4) + after;
    }
    case 4:
      return before + random.pick(pieces).repeat(1 + random.below(random.chance(0.1) ? 3000 : 3)) + cut + after;
    case 5:
      return random.chance(0.1) ? before + nested(random) + cut + after : before + random.pick(pieces) + after;
    case 6:
      return before + cut.split('').reverse().join('') + after;
    case 7:
      return before + String.fromCharCode(random.below(65536)) + cut + after;
    case 8:
      return text.replaceAll('\n', random.pick(['\r\n', '\r', ' ', '\u2029']));
    case 9:
      return random.chance(0.3) ? before + importOf(random) + cut + after : before + random.pick(pieces) + cut + after;
    default:
      // A word for another.
      return before + text.slice(at).replace(/\w+/, () => random.pick(pieces).trim());
  }
}

function nested(random: Random): string {
  const times = random.pick([100, 500, 2000, 10_000]);
  const [open, close] = random.pick([
    ['(', ')'],
    ['[', ']'],
    ['{ a: ', '}'],
    ['(() => ', ')'],
    ['`${', '}`'],
    ['x?.a(', ')'],
    ['', '.add(1)'],
    ['', ' + 1'],
    ['', '[0]'],
    ['', '?.b'],
    ['if (1) ', ''],
    ['a ? 1 : ', ''],
    ['{', '}'],
    ['!', ''],
    ['new ', ''],
    ['<A', '>'],
    ['<A>(', ')'],
    ['<A>[', ']'],
    ['f<A>(', ')'],
    ['f(a<b, c>(', ''],
    ['async <A>(', ')'],
    ['<A>f(', ''],
    ['a ? (b): c => ', ''],
    ['x as ', ''],
    ['function f() {', '}'],
    ['class A { b = ', '}'],
    ['await ', ''],
  ] as const);
  return `${open.repeat(times)}x${close.repeat(times)}`;
}
