import { describe, expect, it } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';

/** What is said of a text, and where. */
function said(text: string) {
  const file = 'file:///w/a.model.ts';
  const { problems } = new SourceCompiler().compile(file, { read: () => text });
  return problems.map(({ message, hint, range, site: _ }) => ({
    line: range!.start.line + 1,
    message,
    hint: hint ?? '',
  }));
}

describe('what Python would take is refused in words that name what to write', () => {
  it.each([
    ['import torch\nconst a = 1;', 1, 'import { nn, randn }'],
    ['import torch.nn as nn', 1, 'import { nn, randn }'],
    ['import numpy as np\n', 1, 'import { nn, randn }'],
    ['from torch import nn\n', 1, 'import { nn, randn }'],
    ['const a = 1;\nconst y = h @ h;', 2, 'a.matmul(b)'],
    ['const y = f(x) @ w.t();', 1, 'a.matmul(b)'],
    ['class Net(nn.Module):\n  pass', 1, 'class Net extends nn.Module'],
    ['class A {\n  def forward(self, x):\n    return x\n}', 2, 'forward(x: Tensor)'],
    ['const f = lambda x: x', 1, '(x) =>'],
    ['let x = 1;\nx = 2  # two', 2, '//'],
    ['if not x:\n  y = 1', 1, 'if (…)'],
    ['for i in range(3):\n  y = 1', 1, 'for ('],
    ['with torch.no_grad():\n  y = 1', 1, 'noGrad('],
    ['const y = x[:, 0];', 1, 'x.slice(dim, start, end)'],
    ['const y = x[1:3];', 1, 'x.slice(dim, start, end)'],
    ['const y = a and b;', 1, '&&'],
    ["console.log(f'loss {x}');", 1, 'backquotes'],
  ])('%j', (text, line, hint) => {
    const [first] = said(text);
    expect(first).toBeDefined();
    expect(first!.line).toBe(line);
    expect(first!.hint).toContain(hint);
    expect(first!.message).not.toMatch(/token|semicolon/);
  });
  it.each([
    ['const a = [1, 2;', /token|expected/i],
    ['class A { #x = 1; y( { } }', /./],
    ['const s = "a@b" +;', /^Unexpected ';'/],
  ])('and what is no Python either is said as ever: %j', (text, message) => {
    expect(said(text)[0]!.message).toMatch(message);
    expect(said(text)[0]!.message).not.toMatch(/Python|comment|operator @/);
  });
});
