/** What is refused by the parser is said in our words, with something to try, at the line on which it is. */
import { describe, expect, it } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';

function said(text: string) {
  const file = 'file:///w/a.model.ts';
  const { problems } = new SourceCompiler().compile(file, { read: () => text });
  return problems.map(({ message, hint = '', range }) => ({ line: range!.start.line + 1, message, hint }));
}

describe('has something to try', () => {
  it.each([
    ['<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> other', 1, 'not merged', 'Keep one of them'],
    ['const a = 1;\n<<<<<<< HEAD\n  b();\n=======\n>>>>>>> other', 2, 'not merged', 'Keep one of them'],
    ['break;', 1, 'outside of a loop', 'return ends'],
    ['function f() { continue; }', 1, 'outside of a loop', 'return ends'],
    ['const y = x |> f;', 1, '|>', 'x.relu().sum()'],
    ['const g = f(?, x);', 1, 'in place of an argument', '(y) => f(y, x)'],
    ['const y = do { 1; };', 1, 'do expressions', 'a ? b : c'],
    ['const a, b = x.chunk(2);', 1, 'in brackets', 'const [a, b] = …'],
    ['const m = x is None;', 1, 'comparison', 'x === undefined'],
    ['const m = x is not None;', 1, 'comparison', 'x !== undefined'],
    ['if (1) {} elif (2) {}', 1, 'condition', 'else if'],
    ['"""doc"""\nconst a = 1;', 1, 'three quotes', 'backquotes'],
    ["'''doc\nmore'''\nconst a = 1;", 1, 'three quotes', 'backquotes'],
    ['f(*layers);', 1, 'pass a list on', '...list'],
    ['f(**options);', 1, 'pass a list on', '...list'],
    ['const y = a if b else c;', 1, 'conditional', 'condition ? a : b'],
    ['assert x == 1, "no"', 1, "Python's statement", 'throw'],
    ['const a;', 1, 'without a value', 'let x;'],
    ["const s = 'abc", 1, 'no closing quote', 'quote'],
    ['return 1;', 1, 'outside of a function', 'method'],
    ['f() = 3;', 1, 'assigned to', '==='],
    ['with (a) { b(); }', 1, 'no with', 'noGrad'],
    ['const y = -a ** 2;', 1, 'power', '(-a) ** b'],
    ['const a = 1;\nconst b = <div>hi</div>;', 2, 'JSX', 'forward'],
    ['const b = (\n  <Row width={3} />\n);', 2, 'JSX', 'forward'],
  ])('%j', (text, line, message, hint) => {
    const all = said(text);
    expect(all).toEqual([{ line, message: expect.stringContaining(message), hint: expect.stringContaining(hint) }]);
    expect(all[0]!.message).not.toMatch(/token|semicolon|plugin|Unsyntactic/);
  });
});

describe('what is half typed is told at the end of its line, whatever comes after it', () => {
  const around = (line: string, after: string) => `function f(x: any) {\n  ${line}${after}\n}\n`;
  it.each(['', '\n', '\n  return y;', '\n  const z = 1;', '\n  // then\n  if (x) return y;'])('%j', (after) => {
    for (const line of [
      'const y = x.',
      'const y = x?.',
      'const y = x.add(',
      'const y = x.add(x,',
      'const y =',
      'const y = x.add(x).',
      'const y = [',
      'const y = 1 +',
      'const y = x. // soon',
      'const y = (',
      'const y = a ?',
    ]) {
      const all = said(around(line, after));
      expect(
        all.map((one) => one.line),
        line + after,
      ).toEqual([2]);
      expect(all[0]!.message).toMatch(/^the line ends after/);
    }
  });
  it('and what is not closed', () => {
    expect(said(around('const y = x.add(x', ''))).toEqual([
      { line: 2, message: "the line ends inside of '('", hint: "Write ')' at its end." },
    ]);
  });
  it('and nothing else is taken for that', () => {
    expect(said('const y = f(\n  a b\n);')[0]!.line).toBe(2);
    expect(said('const y = x.\n  add(1 2);')[0]!.line).toBe(2);
    expect(said('function f() {\n  a();\n  }}\n')[0]).toMatchObject({ line: 3, message: "Unexpected '}'" });
    expect(said('const y = x.\n  return;\n')).toEqual([]);
  });
});

describe('whatever blank lines and comments stand before it', () => {
  const refused = [
    ')',
    '}',
    'return',
    '.a',
    'const',
    'class A {\n  b = \n}',
    'a.\nreturn b',
    'f(\n)\n)',
    'if',
    '= 1',
    '1a',
  ];
  it.each([
    '\n',
    '\r\n',
    '\n\n',
    ' \n',
    '// then\n',
    '/* then */\n',
    '/* then\n */ // so\n',
    '\n// then\n\n',
    'const r = /a*/;\n',
  ])('%j', (before) => {
    const lines = before.split('\n').length - 1;
    for (const text of refused)
      expect(said(before + text)).toEqual(said(text).map((each) => ({ ...each, line: each.line + lines })));
  });

  it('a regular expression at the end of a line is no division', () => {
    for (const line of ['const r = /a*/', 'const r = /a/', 'f(/a/'])
      for (const { message } of said(`${line}\nreturn`)) expect(message).not.toContain("after '/'");
  });

  it('every short text there is comes to an end', () => {
    const pieces = ['\n', '\r', ' ', '.', ')', '(', '{', '"', '`', '/', '*', '=', ',', 'a', '1', 'return', '<'];
    for (const a of pieces)
      for (const b of pieces)
        for (const c of pieces) for (const { message } of said(a + b + c)) expect(message).not.toBe('');
  });
});
