import { describe, expect, it } from 'vitest';
import { head, run, words } from './say.ts';

const net = (layers: string, input = '[4, 8]') => `${head}class Net extends nn.Module {
  net = new nn.Sequential(
    ${layers}
  );
  forward(x: Tensor): Tensor { return this.net.forward(x); }
}
export default defineModel({ model: () => new Net(), inputs: { x: randn(${input}) } });`;
const fn = (body: string, input = 'randn([2, 6])') =>
  `${head}export default defineModel({ inputs: { x: ${input} }, model: () => (x: any) => {\n${body}\n} });`;

describe('the layer that fails in a Sequential is named', () => {
  it.each([
    [
      'new nn.Linear(8, 16), new nn.ReLU(),\n new nn.Linear(16, 32), new nn.ReLU(),\n new nn.Linear(16, 32)',
      'net.4',
      6,
    ],
    ['new nn.Linear(8, 16),\n new nn.Sequential(new nn.ReLU(),\n new nn.Linear(8, 2))', 'net.1.1', 6],
    ['new nn.Linear(8, 16),\n new nn.Conv1d(3, 4, 3)', 'net.1', 5],
  ])('%s', (layers, path, line) => {
    const { said, trace } = run(net(layers));
    expect(said[0]!.message).toMatch(new RegExp(`^${path}: `));
    const made = trace.problems[0]!.related!.find(({ message }) => message === `${path} is made here`)!;
    expect(trace.sites[made.site!]!.range.start.line + 1).toBe(line);
  });

  it('but not where the line says it', () => {
    const own = `${head}class Net extends nn.Module { a = new nn.Linear(4, 2); forward(x: Tensor): Tensor { return this.a.forward(x); } }
export default defineModel({ model: () => new Net(), inputs: { x: randn([2, 3]) } });`;
    expect(run(own).said[0]!.message).toMatch(/^Linear/);
  });
});

describe('channels that stand elsewhere are brought to their axis', () => {
  const layer = (made: string, shape: string, axes = '') =>
    words(`${head}export default defineModel({ model: () => new nn.${made}, inputs: { x: randn(${shape}${axes}) } });`);
  it.each([
    ['Conv2d(3, 8, 3)', '[2, 32, 32, 3]', '', 'x.permute(0, 3, 1, 2)'],
    [
      'Conv2d(3, 8, 3)',
      '[2, 32, 32, 3]',
      ", { axes: ['batch', 'height', 'width', 'channel'] }",
      'x.permute(0, 3, 1, 2)',
    ],
    [
      'Conv2d(3, 8, 3)',
      '[2, 32, 3, 32]',
      ", { axes: ['batch', 'height', 'channel', 'width'] }",
      'x.permute(0, 2, 1, 3)',
    ],
    ['Conv1d(16, 8, 3)', '[2, 50, 16]', '', 'x.permute(0, 2, 1)'],
    ['ConvTranspose2d(3, 8, 3)', '[2, 9, 9, 3]', '', 'x.permute(0, 3, 1, 2)'],
    ['BatchNorm2d(3)', '[2, 9, 9, 3]', '', 'x.permute(0, 3, 1, 2)'],
    ['BatchNorm1d(16)', '[2, 50, 16]', '', 'x.permute(0, 2, 1)'],
    ['InstanceNorm2d(3, { affine: true })', '[2, 9, 9, 3]', '', 'x.permute(0, 3, 1, 2)'],
  ])('%s of %s%s', (made, shape, axes, hint) => {
    expect(layer(made, shape, axes)).toContain(hint);
    expect(layer(made, shape, axes)).not.toContain('would fit');
  });

  it('and where they stand nowhere, the layer that would fit is named', () => {
    expect(layer('Conv2d(3, 8, 3)', '[2, 4, 32, 32]')).toContain('nn.Conv2d(4, 8, …) would fit');
  });
});

describe('a comparison of tensors that decides a branch', () => {
  it.each([
    ['return x.gt(0) ? x : x.neg();', 'x.gt(0)'],
    ['if (x.sum().lt(1)) return x;\nreturn x.neg();', 'x.sum().lt(1)'],
    ['while (!x.gt(0).all()) x = x.add(1);\nreturn x;', 'x.gt(0).all()'],
    ['return x.eq(0).any() && x.ndim > 1 ? x : x.neg();', 'x.eq(0).any()'],
    ['if (x.sum()) return x;\nreturn x.neg();', 'x.sum()'],
    ['return x.isnan().any() || x.ndim > 3 ? x : x.neg();', 'x.isnan().any()'],
    ['const bad = x.isnan().any();\nif (bad) return x;\nreturn x.neg();', 'bad'],
    ['const total = x.mean();\nreturn !total ? x : x.neg();', 'total'],
  ])('%s', (body, at) => {
    const { said } = run(fn(body));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ at, severity: 'warning' });
    expect(said[0]!.message).toContain('counts as true');
    expect(said[0]!.hint).toContain('where(');
  });

  it.each([
    ['return x.gt(0) && x;', 'x.gt(0)', 'counts as true'],
    ['return x.mean() || x;', 'x.mean()', 'counts as true'],
    ['if (x.sum() === 0) return x;\nreturn x.neg();', 'x.sum()', 'never equal'],
    ['return -1 !== x.amin() ? x : x.neg();', 'x.amin()', 'never equal'],
    ['const all = x.gt(0).all();\nreturn all === true ? x : x.neg();', 'all', 'never equal'],
  ])('nor is it a number: %s', (body, at, message) => {
    const { said } = run(fn(body));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ at, severity: 'warning' });
    expect(said[0]!.message).toContain(message);
  });

  it.each([
    'return x.sum().item() === 0 ? x : x.neg();',
    'return x.size(0) === 2 ? x : x.neg();',
    'const kept = new Map<string, Tensor>();\nreturn kept.get("a") === undefined ? x : x.neg();',
    'const first: Tensor | undefined = x.ndim > 5 ? x : undefined;\nreturn first ?? x;',
    'return x.gt(0).all().item() ? x : x.neg();',
    'const mask: Tensor | undefined = x.gt(0);\nreturn mask ? x.maskedFill(mask, 0) : x;',
    'return x.size(0) > 1 ? x : x.neg();',
    'let last: any;\nif (last) return x;\nlast = x.sum();\nreturn last;',
    'let last = x.sum() as any;\nif (x.ndim > 5) last = undefined;\nreturn last ? x : x.neg();',
    'const list = [x];\nreturn list.at(0) ? x : x.neg();',
    'const some = new Map([[1, x]]).get(1);\nreturn some ? x : x.neg();',
    'const found = [x].find((y) => y.ndim > 5);\nreturn found ? x : x.neg();',
    'if (x.allclose(x)) return x;\nreturn x.neg();',
    'const n = x.size(0);\nreturn n ? x : x.neg();',
  ])('is not meant by %s', (body) => {
    expect(run(fn(body)).said).toEqual([]);
  });
});

describe('the place is the line that is wrong, also in a function that another calls', () => {
  const called = (body: string) => `${head}const f = (g: (x: any) => any) => () => (x: Tensor) => g(x);
export default defineModel({ inputs: { x: randn([2, 6]) }, model: f((x) => {
  ${body}
}) });`;
  it.each(['return x[0];', 'return x + x;', 'return x.masked_fill(x.gt(0), 1);', 'return (nn as any).softmax(x);'])(
    '%s',
    (body) => expect(run(called(body)).said.map(({ line }) => line)).toEqual([4]),
  );
});

describe('slips of a first file', () => {
  it('a misspelt forward', () => {
    const text = `${head}class Net extends nn.Module { Forward(x: Tensor): Tensor { return x; } }
export default defineModel({ model: () => new Net() as any, inputs: { x: randn([2, 3]) } });`;
    expect(words(text)).toMatch(/expected a method forward.*\| It has Forward/);
  });
  it('a misspelt forward of a part', () => {
    const text = `${head}class Part extends nn.Module { forwrad(x: Tensor): Tensor { return x; } }
class Net extends nn.Module { part: any = new (Part as any)(); forward(x: Tensor): Tensor { return this.part.forward(x); } }
export default defineModel({ model: () => new Net(), inputs: { x: randn([2, 3]) } });`;
    expect(words(text)).toMatch(/Part has no forward \| Did you mean forwrad/);
  });
  it('this before super', () => {
    const text = `${head}class Net extends nn.Module { w: any; constructor() { this.w = 1; super(); } forward(x: Tensor): Tensor { return x; } }
export default defineModel({ model: () => new Net(), inputs: { x: randn([2, 3]) } });`;
    expect(words(text)).toContain('this is used before super() | Begin the constructor with super();');
  });
  it('an option of defineModel', () => {
    const text = `${head}export default defineModel({ model: () => (x: Tensor) => x, inputs: { x: randn([2, 3]) }, los: () => 1 } as any);
export const other = defineModel({ model: () => (x: Tensor) => x, inputs: { x: randn([2, 3]) }, train: { step: 3 } } as any);
export const right = defineModel({ model: () => (x: Tensor) => x, inputs: { x: randn([2, 3]) } });`;
    const { said, trace } = run(text);
    expect(said.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '2 defineModel: there is no option los',
      '3 defineModel’s train: there is no option step',
    ]);
    expect(said[0]!.hint).toContain('Did you mean loss?');
    expect(trace.models.map(({ exportName, complete }) => `${exportName} ${complete}`)).toContain('right true');
  });
});

describe('errors of JavaScript itself', () => {
  it.each([
    ['x.shape[0]!.foo()', /^the value before \.foo has no method foo$/, 'number'],
    ['x.tolist().foo()', /tolist|what is before/, ''],
    ['config.run(x)', /the value before .run has no method run|config.run is not a function/, 'Hover it'],
    ['config.layers[2].forward(x)', /reading 'forward'/, 'The value before .forward is missing'],
    ['config.missing.size', /reading 'size'/, 'The value before .size is missing'],
  ])('%s', (body, message, hint) => {
    const { said } = run(
      fn(
        `const config: any = { run: 3, layers: [] };\nreturn (${body.replace('x.shape[0]!', '(x.shape[0] as any)')});`,
      ),
    );
    expect(said).toHaveLength(1);
    expect(said[0]!.message).toMatch(message);
    expect(said[0]!.hint).toContain(hint);
    expect(`${said[0]!.message} ${said[0]!.hint}`).not.toMatch(/__|undefined\b.*undefined/);
  });
});

describe('what a list or a call is not is said without what was put into the code', () => {
  it.each([
    ['const s = x.shape as number[]; s[0] = 30; return x;', 'this list cannot be changed', '[...x.shape]'],
    ['(x.shape as number[]).reverse(); return x;', 'this list cannot be changed', '[...x.shape]'],
    ['x.transpose(0, 1).shape.pop(); return x;', 'this list cannot be changed', '[...x.shape]'],
    ['x.shape.push(1); return x;', 'this list cannot be changed', '[...x.shape]'],
    ['x.shape.length = 1; return x;', 'this list cannot be changed', '[...x.shape]'],
    ['x.relu().shape.splice(0, 1); return x;', 'this list cannot be changed', '[...x.shape]'],
    ["const act: any = {}; return act['rel' + 'lu'](x);", 'not a function', 'the name in brackets'],
    [
      "const act: any = { gelu: 1 }; const name = 'rellu'; return act[name](x);",
      'not a function',
      'the name in brackets',
    ],
    ['const o: any = {}; for (const b of o.blocks) b; return x;', 'not iterable|not a list', 'A list is expected'],
    ['const f: any = () => 3; const [a] = f(); return x;', 'not iterable|not a list', 'A list is expected'],
  ])('%s', (body, message, hint) => {
    const [first] = run(fn(body)).said;
    expect(first!.message).toMatch(new RegExp(message));
    expect(first!.message).not.toMatch(/__|intermediate value|\(…\)\[/);
    expect(first!.hint).toContain(hint);
  });

  it('a list of one’s own stays so', () => {
    expect(run(fn('const s = [3, 4]; const m = zeros(s); s[0] = 1; return x.mul(m.sum());')).said).toEqual([]);
  });
});
