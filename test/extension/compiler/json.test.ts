import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { jsonFault } from '../../../extension/compiler/json.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';

const entry = 'file:///w/a.model.ts';
const problemsOf = (files: Readonly<Record<string, string>>) =>
  new SourceCompiler().compile(entry, { read: (file) => files[file.slice('file:///w/'.length)] }).problems;

/** Where the fault is marked by ▸, which is no part of the text. */
test.each([
  ['{\n  "a": 1,\n  "b": [1, 2,▸, 3]\n}', 3, 14, /expected a value, got ','/],
  ['{ "a": ▸tru }', 1, 8, /expected a value, got 'tru'/],
  ['▸', 1, 1, /expected a value, got the end of the file/],
  ['{"a": [1, 2▸', 1, 12, /expected , or \], got the end/],
  ["{▸'a': 1}", 1, 2, /a name in double quotes or \}, got '''/],
  ['{"a": 1,▸}', 1, 9, /a name in double quotes, got '}'/],
  ['[1,▸]', 1, 4, /expected a value, got '\]'/],
  ['{"a" ▸1}', 1, 6, /expected :, got '1'/],
  ['{"a": 1}\r\n▸x', 2, 1, /expected the end of the file, got 'x'/],
  ['[\n▸// no\n1]', 2, 1, /expected a value or \], got '\/'/],
  ['["two▸\nlines"]', 1, 6, /no closing "/],
  ['["a▸\\q"]', 1, 4, /'\\q' is not an escape sequence/],
  ['["▸\u0000"]', 1, 3, /U\+0000/],
  ['[▸01]', 1, 2, /got '01'/],
  ['[▸NaN]', 1, 2, /got 'NaN'/],
  ['[1]▸\u001b[2J', 1, 4, /'U\+001B'/],
])('%j is told at its line and column', (marked, line, column, message) => {
  const text = marked.replace('▸', '');
  expect(jsonFault(text).offset).toBe(marked.indexOf('▸'));
  const source = "import { defineModel } from 'tensight';\nimport data from './data.json';\nexport default data;";
  const problems = problemsOf({ 'a.model.ts': source, 'data.json': text });
  expect(problems).toMatchObject([{ severity: 'error', file: entry, range: { start: { line: 1, character: 17 } } }]);
  expect(problems[0]!.message).toContain(`./data.json:${line}:${column} is not JSON: `);
  expect(problems[0]!.message).toMatch(message);
});

it('is told at each import, wherever that stands', () => {
  const files = {
    'a.model.ts': "import './b';\nimport c from './c.json';\nexport { default as d } from './c.json';\nexport { c };",
    'b.ts': "\n\nimport c from './c.json';\nexport const e = c;",
    'c.json': '[',
  };
  const places = problemsOf(files).map(({ file, range }) => [file, range!.start.line]);
  expect(places).toEqual([
    [entry, 1],
    [entry, 2],
    ['file:///w/b.ts', 2],
  ]);
});

it('reads a file that begins with a byte order mark', () => {
  const source = "import data from './data.json';\nexport default data;";
  expect(problemsOf({ 'a.model.ts': source, 'data.json': '\ufeff{"a": 1}' })).toEqual([]);
});

it('finds a fault where the language does, and only there', () => {
  const whole = 'expected the end of the file, got the end of the file';
  const piece = fc.constantFrom(
    ...'[]{}:,"\\/ \n-+.eEu0123456789abftruelsn',
    '""',
    'true',
    '\\u00e9',
    '\u0001',
    '\ud800',
  );
  const mutated = fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.nat(3), fc.array(piece, { maxLength: 2 }))
    .map(([text, at, gone, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put.join('') + text.slice(place + gone);
    });
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
      ),
      (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const { offset, message } = jsonFault(text);
        expect(message === whole).toBe(valid);
        expect(offset).toBeLessThanOrEqual(text.length);
      },
    ),
    { numRuns: 5000, seed: 7 },
  );
});
