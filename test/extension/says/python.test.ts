import { describe, expect, it } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { run } from './say.ts';

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
    ['console.log(f`loss`);', 1, 'backquotes'],
    ['const y = x[..., -1];', 1, 'x.select(-1, index)'],
    ['const y = x[..., None];', 1, 'of the last axis'],
    ['const y = x[0, 1];', 1, 'x.select(dim, index)'],
    ['const y = x[i, -1];', 1, 'x.slice(dim, start, end)'],
    ['for layer in layers: x = layer(x)', 1, 'for (const x of list)'],
    ['const y = [f(a) for a in list];', 1, 'list.map('],
    ['const y = { a: b for a, b in list };', 1, 'list.map('],
    ['let a = 1, b = 2;\na, b = x.chunk(2);', 2, 'Write [a, b] = …;'],
    ['async def f(x): pass', 1, 'forward(x: Tensor)'],
    ['class A {\n  @torch.no_grad()\n  step() {}\n}', 2, 'noGrad('],
  ])('%j', (text, line, hint) => {
    const [first] = said(text);
    expect(first).toBeDefined();
    expect(first!.line).toBe(line);
    expect(first!.hint).toContain(hint);
    expect(first!.message).not.toMatch(/token|semicolon/);
  });
  it.each([
    ['const h = x.size(0) // 2;', 'const h = x.size(0) // 2;: // starts a comment', 'Math.floor(a / b)'],
    ['const h = x.size(0) // this.heads', '// starts a comment', 'Math.floor(a / b)'],
    ['const h = (x.size(0) // n);', '// starts a comment', 'Math.floor(a / b)', '\n);'],
    ['return x.relu(), x.sum();', 'only the last of these values', '[x.relu(), x.sum()]'],
    ['return this, x;', 'this, x is x: the comma operator gives its last value', '[this, x]'],
  ])('%s is remarked upon', (line, message, hint, more = '') => {
    const { said } = run(`import { defineModel, nn, randn, type Tensor } from 'tensight';
class M extends nn.Module { n = 2; heads = 2; forward(x: Tensor) {
${line}${more}
return x; } }
export default defineModel({ model: () => new M(), inputs: { x: randn([2, 4]) } });`);
    expect(said).toHaveLength(1);
    expect(said[0]!.line).toBe(3);
    expect(said[0]!.message).toContain(message);
    expect(said[0]!.hint).toContain(hint);
  });
  it('a comment beside code is none of that', () => {
    const lines = [
      'const h = x.size(0); // 2 rows',
      'const k = x.size(0) // the batch',
      'const l = [x.size(0), // 2',
      ']; // 1',
    ];
    const { said } = run(`import { defineModel, nn, randn, type Tensor } from 'tensight';
class M extends nn.Module { forward(x: Tensor) {
${lines.join('\n')}
return x; } }
export default defineModel({ model: () => new M(), inputs: { x: randn([2, 4]) } });`);
    expect(said).toEqual([]);
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
