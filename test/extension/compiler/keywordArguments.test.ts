/** Keyword arguments are told as what they are, with the call as it is written here; assignments that are meant are left alone. */
import { describe, expect, it } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';

function said(text: string): string[] {
  const file = 'file:///w/a.model.ts';
  const { problems } = new SourceCompiler().compile(file, { read: () => text });
  return problems.map(({ message, hint }) => `${message} | ${hint ?? ''}`);
}

describe('keyword arguments', () => {
  it.each([
    ['new nn.Linear(in_features=8, out_features=4);', 'Write new nn.Linear(8, 4).'],
    ['new nn.Linear(8, out_features=4, bias=False);', 'Write new nn.Linear(8, 4, { bias: false }).'],
    ['nn.Linear(in_features=8, out_features=4);', 'Write new nn.Linear(8, 4).'],
    ['new nn.Conv2d(3, 8, kernel_size=3, padding=1);', 'Write new nn.Conv2d(3, 8, 3, { padding: 1 }).'],
    ['new nn.Dropout(p=0.5);', 'Write new nn.Dropout(0.5).'],
    [
      'new nn.LSTM(8, 16, num_layers=2, batch_first=True);',
      'Write new nn.LSTM(8, 16, { numLayers: 2, batchFirst: true }).',
    ],
    ['new nn.ReLU(inplace=True);', 'Write new nn.ReLU().'],
    ['new optim.Adam(model.parameters(), lr=1e-3);', 'Write new optim.Adam(model.parameters(), { lr: 1e-3 }).'],
    ['x.sum(dim=1);', 'Write x.sum(1).'],
    ['x.sum(dim=(0, 1), keepdim=True);', 'Write x.sum([0, 1], true).'],
    ['this.fc.forward(x).mean(dim=-1);', 'Write this.fc.forward(x).mean(-1).'],
    ['x.mean(axis=0);', 'Write x.mean(0).'],
    ['x.std(dim=1, correction=0);', 'Write x.std(1, { correction: 0 }).'],
    ['x.var(dim=1);', 'Write x.var(1).'],
    ['x.std(dim=1, unbiased=False);', 'It is written x.std(dim, { correction, keepdim }).'],
    ['x.max(keepdim=True);', 'Write x.max(undefined, true).'],
    ['x.clamp(max=1);', 'Write x.clamp(undefined, 1).'],
    ['x.topk(k=3, dim=1);', 'Write x.topk(3, { dim: 1 }).'],
    ['cat([x, x], dim=-1);', 'Write cat([x, x], -1).'],
    ['nn.functional.softmax(x, dim=-1);', 'Write nn.functional.softmax(x, -1).'],
    ['F.softmax(x, dim=-1);', 'Write F.softmax(x, -1).'],
    ['softmax(x, dim=-1);', 'Write softmax(x, -1).'],
    ['nn.functional.dropout(x, p=0.1);', 'Write nn.functional.dropout(x, 0.1).'],
    [
      'nn.functional.cross_entropy(x, y, label_smoothing=0.1);',
      'Write nn.functional.crossEntropy(x, y, { labelSmoothing: 0.1 }).',
    ],
    ['randn([2], requires_grad=True);', 'Write randn([2], { requiresGrad: true }).'],
    ['block(x, mask=None);', 'Arguments go by position'],
    ['new Block(8, heads=2);', 'Arguments go by position'],
    ['const bias = true; new nn.Linear(8, 4, bias=bias);', 'Write new nn.Linear(8, 4, { bias: bias }).'],
    ['function f(dim: number) { return dim; }\nx.sum(dim=1);', 'Write x.sum(1).'],
  ])('%s', (line, hint) => {
    expect(said(`import { nn } from 'tensight';\n${line}`)).toEqual([
      expect.stringContaining(`keyword arguments are Python's | ${hint}`),
    ]);
  });

  it.each([
    'let last: number; f(last = 1);',
    'function g(x: number) { return f(x = x + 1); }',
    'const h = (x: number, y = 2, { z = 3 } = {}) => f(x, y, z);',
    'for (let i = 0; i < 3; ) f(i = i + 1);',
    'function k() { let y; { f(y = 2); } return () => f(y = 3); }',
    'try { f(1); } catch (e) { f(e = 2); }',
    'f(object.field = 1);',
    'f(a += 1);',
    "f('a=1');",
  ])('an assignment that is meant: %s', (line) => {
    expect(said(`declare const f: any, object: any; ${line}`)).toEqual([]);
  });
});
