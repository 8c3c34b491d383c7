import { expect, it } from 'vitest';
import { pythonWords } from '../../../extension/compiler/pythonSyntax.ts';

it('is looked for in a moment in whatever line: nothing is tried in every way it could be cut', () => {
  const units = [
    '\\x',
    "\\'",
    "'",
    '"',
    '`',
    ' ',
    ':',
    '[',
    ']',
    ' in',
    'for ',
    ',',
    '_',
    'a.',
    '//',
    ' as a',
    '(',
    'x:',
  ];
  const begins = [
    '',
    '/a',
    "'",
    '"',
    '`',
    'for',
    'for x',
    'if ',
    'while (',
    'with ',
    'import a',
    'lambda ',
    'x[',
    "f'",
    'def f',
  ];
  for (const begin of begins)
    for (const unit of units)
      for (const end of ['', '!', '\n']) {
        const line = begin + unit.repeat(Math.floor((499 - begin.length) / unit.length)) + end;
        pythonWords(line, line.length - 1);
      }
});

it('is not read into texts', () => {
  expect(pythonWords('const a = "x is not y" +', 24)).toBeUndefined();
  expect(pythonWords(String.raw`const a = 'it\'s not y' +`, 25)).toBeUndefined();
  expect(pythonWords('if x > 1:', 3)).toMatchObject({ offset: 0 });
});
