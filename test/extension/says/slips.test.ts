/** What is said of slips is about the slip itself, true, and names what to write instead. */
import { describe, expect, it } from 'vitest';
import { Tensor } from '../../../core/index.ts';
import { tensorFunctions } from '../../../core/usage/functions.ts';
import { signatureOf } from '../../../core/usage/signature.ts';
import { head, words } from './say.ts';

const net = (fields: string, body: string, before = '') => `${head}import * as torch from 'tensight';
const N = nn as any, T = torch as any, F = nn.functional as any;
${before}
class Net extends nn.Module {
  fc = new nn.Linear(8, 4);
  ${fields}
  forward(x: any): any {
    ${body}
  }
}
export default defineModel({ model: () => new Net(), inputs: { x: randn([2, 8], { axes: ['batch', 'embed'] }) } });`;
const said = (body: string) => words(net('', body));
const made = (field: string, body = 'return x;') => words(net(field, body));

describe('a dimension is a number', () => {
  it.each([
    ["return x.mean('batch');", 'mean: expected a dimension, got the text "batch"', 'write 0, which is named batch'],
    ["return x.sum('embed', true);", 'sum: expected a dimension', 'write 1, which is named embed'],
    ["return x.softmax('embed');", 'softmax: expected a dimension', 'write 1, which is named embed'],
    ["return x.amax('nothing');", 'amax: expected a dimension', '0 is the first'],
    ["return x.flip('0');", 'flip: expected numbers, or one list of them, got the text "0"', 'Write x.flip('],
    ['return x.sum(null);', 'sum: expected a dimension, got null', '0 is the first'],
    ['return x.mean([0, "embed"]);', 'mean: expected a dimension', 'write 1'],
  ])('%s', (body, message, hint) => {
    expect(said(body)).toContain(message);
    expect(said(body)).toContain(hint);
  });
});

describe('is about what was written', () => {
  it.each([
    ['return x.mul(x.item());', 'item: expected one element, got [batch 2, embed 8]', 'Write x.mean().item()'],
    ['return x.mul(x.mean(1).item());', 'item: expected one element, got [batch 2]', 'x.toArray() for all of them'],
    [
      'return T.full([2, 8], { fill_value: 1 });',
      'full: expected value by position, got an object',
      'Write full([2, 8], 1).',
    ],
    ['return T.fullLike(x, { fillValue: 1 });', 'fullLike: expected value by position', 'Write fullLike(t, 1).'],
    ['return T.full([2, 8]);', 'full: expected a number for value, got nothing', 'full(shape, value'],
    ['return F.normalize(x, { axis: 1 });', 'normalize: the option axis is called dim', 'normalize(x, { dim: 1 })'],
    [
      'return x.sum({ axis: 1, keepdims: true });',
      'sum: expected dim and keepdim by position',
      'Write x.sum(1, true).',
    ],
    ['return x.max(x);', 'max: expected a dimension, got a tensor', 'maximum(x, y)'],
    ['return T.min(x, x);', 'min: expected a dimension, got a tensor', 'minimum(x, y)'],
    ['return x.max({ dim: 1 }).values;', 'max: expected dim by position', 'Write x.max(1).'],
    ['return x.min({ dim: 1, keepdim: true }).values;', 'min: expected dim and keepdim', 'Write x.min(1, true).'],
    ['return tensor([x, x] as any);', 'tensor: expected a number, got a Tensor', 'stack([x, y])'],
    ["return tensor(['a'] as any);", 'tensor: expected a number, got the text "a"', 'Give numbers'],
    ['return tensor([1, undefined] as any);', 'tensor: expected a number, got nothing', 'Give numbers'],
    ['return x.index(x.gt(0).select(1, 0));', 'bool', 'maskedSelect(mask)'],
    ['return x.indexSelect(0, x.gt(0).select(1, 0));', 'bool', 'where(mask'],
    ['return T.eye(2, 3);', 'eye: expected one size, got two', 'eye(3).slice(0, 0, 2)'],
    ['return x.std(1, { unbiased: false });', 'std: there is no option unbiased', 'correction: 0'],
    ['return x.var(1, { unbiased: false });', 'var: there is no option unbiased', 'correction: 0'],
    ['return x.std(1, false);', 'expected correction in an object of options', 'x.std(1, { correction: 0 })'],
    [
      'return F.interpolate(x.unsqueeze(1), 8, "linear");',
      'expected size, mode in an object of options',
      "{ size: 8, mode: 'linear' }",
    ],
    ['return T.arange(0, 4, 1, "f32");', 'expected dtype in an object of options', "arange(0, 4, 1, { dtype: 'f32' })"],
    [
      'return T.arange(8, "f32").add(x);',
      'arange: expected a number for end, got the text "f32"',
      'It is written arange(',
    ],
    ['return JSON.stringify(this.fc.forward(x));', 'a tensor cannot be written as JSON', 'x.toArray()'],
    ['return F.softplus(x, { beta: 2 });', 'softplus: expected beta by position', 'Write softplus(x, 2'],
    ['const { v } = this as any; return v;', 'returned nothing', 'What it returns is undefined'],
    ['x.sum();', 'returned nothing', 'End it with return'],
    ['const f = (n: number): number => f(n + 1); f(0); return x;', 'calls itself endlessly', 'stops'],
    ['return F.crossEntropy(x, x, x);', 'crossEntropy: expected weight in an object of options', '{ weight: … }'],
    [
      'return F.dropout(x, x);',
      'dropout: expected a number for p, got a tensor',
      'nn.functional.dropout(x, p, training)',
    ],
    ['return x.select(1, { index: 0 });', 'select: expected index by position', 'Write x.select(1, 0).'],
    ['return x.chunk({ chunks: 2 })[0];', 'chunk: expected chunks by position', 'Write x.chunk(2'],
    ['return x + 1;', 'a tensor is not a number', 'x.add(y)'],
    ['return Math.exp(x);', 'a tensor is not a number', 'x.add(y)'],
    ['return F.mseLoss(x, x, x);', 'mseLoss: expected an object of options, got a tensor', 'reduction'],
  ])('%s', (body, message, hint) => {
    expect(said(body)).toContain(message);
    expect(said(body)).toContain(hint);
    expect(
      said(body)
        .split('\n')
        .filter((line) => line !== ''),
    ).toHaveLength(1);
  });

  it.each([
    [
      'ce = new N.CrossEntropyLoss(randn([4]));',
      'CrossEntropyLoss: expected an object of options, got a tensor',
      'weight',
    ],
    ['ce = new N.NLLLoss(randn([4]));', 'NLLLoss: expected an object of options, got a tensor', 'weight'],
    ['ce = new N.BCEWithLogitsLoss(randn([4]));', 'BCEWithLogitsLoss: expected an object of options', 'posWeight'],
    [
      'l = new N.Linear(-8, 4);',
      'expected inFeatures, a whole number of 0 or more, got the number -8',
      'new nn.Linear',
    ],
    ["l = new N.Linear('8', 4);", 'got the text "8"', 'new nn.Linear'],
    ['l = new N.Linear(8);', 'expected outFeatures, a whole number of 0 or more, got nothing', 'new nn.Linear'],
  ])('%s', (field, message, hint) => {
    expect(made(field)).toContain(message);
    expect(made(field)).toContain(hint);
  });

  it.each([
    ['l = new N.ModuleDict({ a: new nn.Linear(8, 8) });', 'return this.l.a.forward(x);', "Write .get('a')"],
    ['l = new N.ModuleDict({ a: new nn.Linear(8, 8) });', 'return this.l["a"].forward(x);', "Write .get('a')"],
    ['l = new N.ModuleList();', 'this.l.push(new nn.Linear(2, 2)); return x;', 'Write .append(module)'],
    ['l = new N.ModuleList();', 'this.l.extend([]); return x;', '.append(module) for each'],
    ['l = new N.Sequential();', 'this.l.push(new nn.ReLU()); return x;', 'Write .append(module)'],
    ['l = new N.ModuleDict();', 'this.l.update({}); return x;', '.set(name, module) for each'],
    ['l = new N.MultiheadAttention(8, 2);', 'return this.l.forward(x)[0];', 'attention.forward(x, x, x)'],
    ['l = new N.MultiheadAttention(8, 2);', 'return this.l.forward(x, x)[0];', 'attention.forward(x, x, x)'],
    ['l = new N.LSTM(8, 8);', 'const [out, h, c] = this.l.forward(x); return c;', 'A recurrent layer gives two'],
  ])('%s %s', (field, body, hint) => {
    expect(made(field, body)).toContain(hint);
    expect(made(field, body)).not.toContain('Give it a field');
  });
});

describe('a tuple is Python’s', () => {
  it.each([
    ['return x.mean((0, 1));', '(0, 1) is 1', '[0, 1]'],
    ['const size = (2, 8); return x.reshape(size as any);', '(2, 8) is 8', '[2, 8]'],
    ['return x.permute((1, 0) as any);', '(1, 0) is 0', '[1, 0]'],
    ['return T.zeros((x.ndim, 3));', '(x.ndim, 3) is 3', '[x.ndim, 3]'],
    ['return F.conv2d(x, x, null, { stride: (1, 2) });', '(1, 2) is 2', '[1, 2]'],
    ['return x.sum((-1, -2));', '(-1, -2) is -2', '[-1, -2]'],
  ])('%s', (body, message, hint) => {
    expect(said(body)).toContain(message);
    expect(said(body)).toContain(`For a list write ${hint}.`);
  });
  it.each([
    'let n = 0; for (let i = 0, j = 2; i < j; i++, j--) n++; return x.mul(n);',
    'const f = (0, Math.max)(1, 2); return x.mul(f);',
    'let n = 0; return x.mul((n++, n));',
  ])('and is not meant by %s', (body) => {
    expect(said(body)).toBe('');
  });
});

describe('weights that are assigned', () => {
  it.each([
    [
      '(this.fc.weight as any).data = zeros([4, 8]); return x;',
      'has no data that could be assigned',
      'new nn.Parameter(values)',
    ],
    [
      '(this.fc as any).weight = zeros([4, 8]); return this.fc.forward(x);',
      'fc.weight is a plain tensor where a parameter was',
      'new nn.Parameter',
    ],
    [
      '(this.fc as any).bias = zeros([4]); return this.fc.forward(x);',
      'fc.bias is a plain tensor where a parameter was',
      'nn.init',
    ],
  ])('%s', (body, message, hint) => {
    expect(said(body)).toContain(message);
    expect(said(body)).toContain(hint);
  });
  it('in the ways that are meant, nothing is said', () => {
    expect(said('this.fc.weight = new nn.Parameter(zeros([4, 8])); return this.fc.forward(x);')).toBe('');
    expect(said('nn.init.constant(this.fc.weight, 0); return this.fc.forward(x);')).toBe('');
    expect(made('w = nn.utils.weightNorm(new nn.Linear(8, 8));', 'return this.w.forward(x);')).toBe('');
    expect(made('w = nn.utils.spectralNorm(new nn.Linear(8, 8));', 'return noGrad(() => this.w.forward(x));')).toBe('');
  });
});

it('a function is written as a method only where tensors have it', () => {
  const own = Object.getOwnPropertyNames(Tensor.prototype);
  const wrong = Object.keys(tensorFunctions).filter(
    (name) => signatureOf(name)!.isMethod && !own.includes(name === 'variance' ? 'var' : name),
  );
  expect(wrong).toEqual([]);
});

describe('in training as it is written elsewhere', () => {
  const model = (more: string) =>
    words(`${head}import * as torch from 'tensight';
class Net extends nn.Module { fc = new nn.Linear(8, 4); forward(x: any): any { return this.fc.forward(x); } }
const net = new Net() as any, T = torch as any, x = randn([2, 8]), y = randn([2, 4]);
${more}`);
  const defined = (more: string) =>
    model(`export default defineModel({ model: () => new Net(), inputs: { x }, targets: { y }, ${more} } as any);`);
  it.each([
    [
      'loss: (output: any, target: any) => nn.functional.mseLoss(output, target)',
      'loss takes one object',
      '({ output, targets }) =>',
    ],
    ['loss: nn.functional.mseLoss', 'loss takes one object', '({ output, targets }) =>'],
    ['loss: ({ output, target }: any) => output.sub(target).mean()', 'loss takes target', 'Write targets.'],
    [
      'loss: ({ output, labels }: any) => output.sub(labels).mean()',
      'loss takes labels',
      '({ output, inputs, targets, model })',
    ],
    [
      'loss: (output: any) => output.mean()',
      'loss takes one object, { output, inputs, targets, model }, which is called output',
      '({ output }) =>',
    ],
    ['loss: nn.MSELoss', 'expected a function for loss, got the class MSELoss', '({ output, targets }) =>'],
    ['loss: new nn.MSELoss()', 'expected a function for loss, got an MSELoss', '({ output, targets }) =>'],
    ['loss: nn.functional.mseLoss(x, x)', 'expected a function for loss', '({ output, targets }) =>'],
  ])('%s', (more, message, hint) => {
    expect(defined(more)).toContain(message);
    expect(defined(more)).toContain(hint);
  });
  it.each([
    '({ output, targets: { y }, weight = 2 }: any) => output.sub(y).mean().mul(weight)',
    '({ output: o, ...rest }: any) => o.sub(rest.targets.y).mean()',
    '(output: any) => output.output.mean()',
    '(run: any) => run.output.sub(run.targets.y).mean()',
    'function ({ output }: any) { return output.mean(); }',
  ])('but a loss is free in how it takes them: %s', (loss) => {
    expect(defined(`loss: ${loss}`)).toBe('');
  });
  it.each([
    ['new optim.Adam(net.parameters(), { lr: 0.1 } as any).zero_grad();', 'no method zero_grad', '.zeroGrad.'],
    ['T.defineModel(net);', 'expected an object with a model and its inputs, got a Net', 'model: () => new Net()'],
    ['T.defineModel(() => net);', 'expected an object with a model and its inputs, got a function', 'new MyModel()'],
    ['new T.DataLoader(x, 4);', "exports no 'DataLoader'", 'batch: (step) =>'],
    ['nn.utils.clipGradNorm(net, 1);', 'module is not a list', 'Its parameters are parameters()'],
    [
      '((model: any) => new optim.Adam(model.parameters(), { lr: 0.1 }))(net.parameters());',
      'no method parameters',
      'optimizer: (parameters) =>',
    ],
    ['net.forward([[1, 2, 3, 4, 5, 6, 7, 8]]);', 'expected a tensor, got a list', 'tensor([…])'],
  ])('%s', (line, message, hint) => {
    const said = model(`${line}\nexport default defineModel({ model: () => new Net(), inputs: { x } });`);
    expect(said).toContain(message);
    expect(said).toContain(hint);
  });
});

describe('more arguments than a layer takes', () => {
  it.each([
    ['return this.fc.forward(x, x);', 'Linear.forward takes one argument, got 2', 'cat([a, b], dim)'],
    ['return this.act.forward(x, true);', 'ReLU.forward takes one argument, got 2', 'Leave them out.'],
    ['return this.all.forward(x, 1, 2);', 'Sequential.forward takes one argument, got 3', 'Leave them out.'],
  ])('%s', (body, message, hint) => {
    const said = made('act = new nn.ReLU(); all = new nn.Sequential(new nn.Linear(8, 4));', body);
    expect(said).toContain(message);
    expect(said).toContain(hint);
  });
  it.each([
    'return this.fc.forward(x, undefined as any);',
    'return this.own.forward(x, 1);',
    'return this.lstm.forward(x.unsqueeze(1))[0];',
    'return this.many.forward(x, x);',
  ])('but not where it takes them, or nothing is given: %s', (body) => {
    const own =
      'class Own extends nn.Linear { override forward(x: any, k?: any): any { return super.forward(x).mul(k); } }';
    const many = 'class Many extends nn.Module { forward(...all: any[]): any { return all[0]; } }';
    const fields = 'own = new Own(8, 4); lstm = new nn.LSTM(8, 4, { batchFirst: true }); many = new Many();';
    expect(words(net(fields, body, `${own}\n${many}`))).toBe('');
  });
});
