/** A word of the language in the place of a name is refused here, not by the engine, and what is accepted is JavaScript. */
import { expect, test } from 'vitest';
import { host } from '#host';
import { probeNames } from '../../../extension/compiler/marks.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';

const words =
  'this super null true delete typeof void in for do return class extends const var let function import export default switch case throw try catch with debugger enum yield await static implements interface package private protected public arguments eval async of get set undefined type declare namespace module abstract as any'.split(
    ' ',
  );

const places = [
  ...[
    'const $ = 1;',
    'let $;',
    'var $;',
    'let a, $ = 2;',
    'function f() { const $ = 1; }',
    'export const $ = 1;',
    'using $ = null;',
  ],
  ...[
    'const { $ } = {} as any;',
    'const { a: $ } = {} as any;',
    'const [$] = [];',
    'const [...$] = [];',
    'const { a = 1, ...$ } = {} as any;',
  ],
  ...[
    'function $() {}',
    'function* $() {}',
    'const f = function $() {};',
    'class $ {}',
    'abstract class $ {}',
    'const f = class $ {};',
  ],
  ...[
    'function f($) {}',
    'function f(a, $) {}',
    'const f = ($) => 1;',
    'const f = $ => 1;',
    'const f = async ($) => 1;',
    'const f = (...$) => 1;',
  ],
  ...[
    'const f = ({ $ }) => 1;',
    'const f = ($ = 1) => 1;',
    'function f($?: number) {}',
    'class A { constructor(private $: number) {} }',
  ],
  ...[
    'class A { m($) {} }',
    'class A { m(a, $) {} }',
    'class A { set m($) {} }',
    'try {} catch ($) {}',
    'try {} catch ({ a: $ }) {}',
  ],
  ...[
    'for (const $ of []) {}',
    'for (const $ in {}) {}',
    'for (let $ = 1; ;) break;',
    'for ($ of []) {}',
    '$: for (;;) break $;',
  ],
  ...[
    "import $ from './a';",
    "import { $ } from './a';",
    "import { a as $ } from './a';",
    "import * as $ from './a';",
    'export { $ };',
  ],
  ...[
    'enum $ { A }',
    'namespace $ { export const a = 1; }',
    '$ = 1;',
    '$++;',
    '({ $ });',
    '({ $ } = 1 as any);',
    '[$] = [];',
  ],
];

const file = 'file:///w/a.model.ts';
const libraries = 'export default 1; export const a = 1;';

test.each(words)('%s', (word) => {
  for (const place of places) {
    const text = place.replaceAll('$', word);
    const { problems, modules } = new SourceCompiler().compile(file, {
      read: (name) => (name === file ? text : libraries),
    });
    if (problems.length > 0) continue;
    const parameters = ['exports', 'require', ...Object.values(probeNames)];
    expect(() => host.compile(modules.at(-1)!.code, parameters, file), text).not.toThrow();
  }
});

test('this is the type of a function’s first parameter', () => {
  const text =
    'export function f(this: any, x: number) { return x; }\nclass A { m(this: A) { return this; } }\nnew A().m();';
  expect(new SourceCompiler().compile(file, { read: () => text }).problems).toEqual([]);
});
