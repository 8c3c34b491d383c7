import { describe, expect, it } from 'vitest';
import { gradientsOf } from '../../../extension/reading/gradients.ts';
import { head, run, type Said } from './say.ts';

const net = (fields: string, forward: string, more = '') => `${head}class Net extends nn.Module {
  stem = new nn.Linear(4, 4);
${fields}
  forward(x: Tensor): any {
    let h = this.stem.forward(x);
    ${forward}
    return h;
  }
}
export default defineModel({ model: () => new Net(), inputs: { x: randn([2, 4]) }${more} });`;
const square = ', loss: ({ output }: any) => output.square().mean()';

describe('what a model uses and does not own', () => {
  it.each([
    [
      'an object',
      '  heads: any = { a: new nn.Linear(4, 4), b: new nn.Linear(4, 4) };',
      'h = this.heads.a.forward(h).add(this.heads.b.forward(h));',
      /Net\.heads holds 2 layers that are not part of Net/,
      /new nn\.ModuleDict/,
      4,
    ],
    [
      'lists in lists',
      '  rows = [[new nn.Linear(4, 4)], [new nn.Linear(4, 4)]];',
      'for (const row of this.rows) for (const l of row) h = l.forward(h);',
      /Net\.rows holds 2 layers/,
      /nn\.ModuleList/,
      4,
    ],
    [
      'a Map',
      "  heads = new Map([['a', new nn.Linear(4, 4)]]);",
      "h = this.heads.get('a')!.forward(h);",
      /Net\.heads holds a layer that is/,
      /new nn\.ModuleDict/,
      4,
    ],
    [
      'a Set',
      '  heads = new Set([new nn.Linear(4, 4)]);',
      'for (const l of this.heads) h = l.forward(h);',
      /Net\.heads holds a layer/,
      /new nn\.ModuleList/,
      4,
    ],
    [
      'a tensor with a gradient of its own',
      '  w = randn([4], { requiresGrad: true });',
      'h = h.mul(this.w);',
      /Net\.w is a tensor with requiresGrad that is not part of Net: not trained/,
      /Write w = new nn\.Parameter/,
      4,
    ],
    [
      'tensors in a list',
      '  w = [randn([4]).requiresGrad_(), randn([4]).requiresGrad_()];',
      'h = h.mul(this.w[0]!);',
      /Net\.w holds 2 tensors with requiresGrad that are not part of Net/,
      /Write new nn\.Parameter\(…\) for each/,
      4,
    ],
    [
      'parameters in an object',
      '  w: any = { scale: new nn.Parameter(randn([4])) };',
      'h = h.mul(this.w.scale);',
      /Net\.w holds a parameter that is/,
      /new nn\.ParameterDict/,
      4,
    ],
    [
      'objects in a list',
      '  heads = [{ q: new nn.Linear(4, 4) }];',
      'h = this.heads[0]!.q.forward(h);',
      /Net\.heads holds a layer/,
      /nn\.ModuleList/,
      4,
    ],
    [
      'a layer made in forward',
      '',
      'const l = new nn.Linear(4, 4);\n    h = l.forward(h);',
      /Linear is made in forward/,
      /as a field/,
      7,
    ],
  ])('%s', (_, fields, forward, message, hint, line) => {
    for (const mode of ['shape', 'backward'] as const) {
      const { said } = run(net(fields, forward, square), mode);
      expect(said).toHaveLength(1);
      expect(said[0]).toMatchObject({ severity: 'warning', line });
      expect(said[0]!.message).toMatch(message);
      expect(said[0]!.hint).toMatch(hint);
    }
  });
  it('a layer of the file', () => {
    const text = `${head}const outer = new nn.Linear(4, 4);
${net('', 'h = outer.forward(h);', square).slice(head.length)}`;
    expect(run(text).said.map(({ message }) => message)).toEqual([
      'Linear is called but is not part of Net: it is not trained, saved or counted',
    ]);
  });
  it.each([
    ['a list', '  l = [new nn.Linear(4, 4)];', 'h = this.l[0]!.forward(h);'],
    ['a ModuleDict', '  l = new nn.ModuleDict({ a: new nn.Linear(4, 4) });', "h = this.l.get('a')!.forward(h);"],
    ['another name for a layer', '  same: any = { stem: this.stem };', 'h = this.same.stem.forward(h);'],
    ['layers without parameters', '  acts: any = { relu: new nn.ReLU() };', 'h = this.acts.relu.forward(h);'],
    ['a constant', '  scale = randn([4]);', 'h = h.mul(this.scale);'],
    ['a buffer', '  scale = new nn.Buffer(randn([4]));', 'h = h.mul(this.scale);'],
    ['what was computed and is kept', '  last?: Tensor;', 'this.last = h;'],
    ['options', '  config = { width: 4, names: ["a"] };', ''],
  ])('but not %s', (_, fields, forward) => expect(run(net(fields, forward, square), 'backward').said).toEqual([]));
});

describe('a layer that no gradient reaches', () => {
  const layer = '  side = new nn.Linear(4, 4);';
  it.each([
    [
      'detach()',
      layer,
      'h = h.add(this.side.forward(x).detach());',
      /no gradient reaches side: detach\(\) cuts it off here/,
    ],
    [
      'noGrad()',
      layer,
      'h = h.add(noGrad(() => this.side.forward(x)));',
      /no gradient reaches side: it is computed inside noGrad/,
    ],
    [
      'a result that is not used',
      layer,
      'const s = this.side.forward(x);',
      /no gradient reaches side: its result is not used/,
    ],
    [
      'a parameter that is not used',
      '  side = new nn.Parameter(randn([4]));',
      '',
      /no gradient reaches Net: its own side is not used/,
    ],
    ['a layer that is never called', layer, '', /no gradient reaches side: it is never called/],
    [
      'argmax',
      layer,
      "h = h.add(this.side.forward(x).argmax(-1, true).to('f32'));",
      /no gradient reaches side: argmax has no gradient/,
    ],
    [
      'detach() further on',
      layer,
      'const s = this.side.forward(x).relu();\n    h = h.add(s.mul(2).detach());',
      /no gradient reaches side: detach\(\) cuts it off here/,
    ],
    [
      'round()',
      layer,
      'h = h.add(this.side.forward(x).round());',
      /only a gradient of 0 reaches side: the slope of round/,
    ],
    [
      'sign() further on',
      layer,
      'h = h.add(this.side.forward(x).sub(0.1).sign().mul(2));',
      /only a gradient of 0 reaches side: the slope of sign/,
    ],
  ])('because of %s', (_, fields, forward, message) => {
    const { said } = run(net(fields, forward, square), 'backward');
    expect(said).toHaveLength(1);
    expect(said[0]!.message).toMatch(message);
    expect(said[0]!.severity).toBe('warning');
  });
  it('but not where the gradient passes a step function by, or a ReLU gives 0', () => {
    for (const more of ['s.round().sub(s).detach().add(s)', 's.sub(100).relu().add(s.sub(100).relu().round())'])
      expect(run(net(layer, `const s = this.side.forward(x); h = h.add(${more});`, square), 'backward').said).toEqual(
        [],
      );
  });
  it('but not where it is frozen on purpose, or reached', () => {
    const frozen = net(
      `${layer}\n  constructor() { super(); this.side.requiresGrad_(false); }`,
      'h = h.add(this.side.forward(x));',
      square,
    );
    expect(run(frozen, 'backward').said).toEqual([]);
  });
  it.each([
    ['output.detach().square().mean()', /detach\(\) cuts it off/],
    ["output.argmax(-1).to('f32').mean()", /argmax has no gradient/],
  ])('nor the loss %s', (loss, message) => {
    const { said } = run(net('', '', `, loss: ({ output }: any) => ${loss}`), 'backward');
    expect(said[0]).toMatchObject({ severity: 'error' });
    expect(said[0]!.message).toMatch(message);
  });
});

describe('what the file itself only looks at', () => {
  it.each([
    'console.log(Object.keys(new Net().stateDict()).length);',
    'const spare = new Net(); spare.loadStateDict(new Net().stateDict());',
    'const total = new Net().parameters().reduce((n, p) => n + p.numel, 0);',
  ])('is not missed in the model: %s', (statement) => {
    const { said } = run(net('', '', square).replace('export default', `${statement}\nexport default`));
    expect(said).toEqual([]);
  });
});

describe('the table of gradients', () => {
  it('has parameters in lists and dicts, and those of layers that are not called', () => {
    const fields = `  prompts = new nn.ParameterList([new nn.Parameter(randn([1, 4])), new nn.Parameter(randn([1, 4]))]);
  scales = new nn.ParameterDict({ a: new nn.Parameter(randn([4])) });
  tied = new nn.Embedding(4, 4);`;
    const forward =
      "h = cat([...this.prompts, h], 0).mul(this.scales.get('a')!); h = nn.functional.linear(h, this.tied.weight);";
    const { trace, said } = run(net(fields, forward, square), 'backward');
    expect(said).toEqual([]);
    const { rows } = gradientsOf(trace.models[0]!, 'layers');
    expect(rows.map(({ path, parameters }) => [path, parameters.map(({ name }) => name).join(' ')])).toEqual([
      ['stem', 'weight bias'],
      ['prompts', '0 1'],
      ['scales', 'a'],
      ['tied', 'weight'],
    ]);
    for (const { parameterNorm } of rows) expect(parameterNorm).toBeGreaterThan(0);
  });
});

describe('layers in layers', () => {
  const nested = (depth: number) => `${head}class Around extends nn.Module {
  constructor(readonly inner: nn.Module | null) { super(); }
  forward(x: Tensor): any { return this.inner === null ? x : (this.inner as Around).forward(x); }
}
let around = new Around(null);
for (let i = 0; i < ${depth}; i++) around = new Around(around);
export default defineModel({ model: () => around, inputs: { x: randn([2, 3]) } });`;
  it('are shown as deep as calls may be', () => {
    expect(run(nested(300)).said).toEqual([]);
  });
  it('are refused where the model is defined, when there are more', () => {
    const [{ line, message, hint }] = run(nested(20_000)).said as [Said];
    expect({ line, message }).toEqual({ line: 8, message: 'Around: its layers are nested more than 1,000 deep' });
    expect(hint).toContain('nn.ModuleList');
  });
});

describe('gradients without a loss', () => {
  const ends = (last: string) => net(`  last = ${last};`, 'h = this.last.forward(h);');
  it.each([
    ...['new nn.Softmax(-1)', 'new nn.LayerNorm(4)', 'new nn.BatchNorm1d(4)', 'new nn.RMSNorm(4)'],
    ...['new nn.GroupNorm(2, 4)', 'new nn.Sequential(new nn.Unflatten(1, [2, 2]), new nn.InstanceNorm1d(2))'],
  ])('behind %s', (last) => {
    const { said, trace } = run(ends(last), 'backward');
    const { rows } = gradientsOf(trace.models[0]!, 'layers');
    const isConstant = !last.includes('RMSNorm');
    expect(said.map(({ message }) => message)).toEqual(
      isConstant ? [expect.stringContaining('is always the same')] : [],
    );
    expect(rows.map(({ verdict }) => verdict).filter((verdict) => verdict !== undefined)).toEqual([]);
  });
  it.each(['h.mul(30).sigmoid()', 'h.sub(100).relu()', 'h.mul(1e-6)', 'h.sub(h).abs()'])(
    'are judged after %s',
    (last) => {
      const { said, trace } = run(net('', `h = ${last};`), 'backward');
      expect(said).toEqual([]);
      expect(trace.models[0]!.loss?.isConstant).toBeUndefined();
    },
  );
  it('are judged where something else reaches the output past it', () => {
    const { said } = run(net('  last = new nn.LayerNorm(4);', 'h = this.last.forward(h).add(h);'), 'backward');
    expect(said).toEqual([]);
  });
  it('are not said to be 0 where they are NaN', () => {
    const { said } = run(net('  last = new nn.Softmax(-1);', 'h = this.last.forward(h.mul(Number.NaN));'), 'backward');
    expect(said.map(({ message }) => message)).toEqual([expect.stringContaining('NaN')]);
  });
  it('a loss of its own is judged as ever', () => {
    const deep = `${head}class Deep extends nn.Module { ls = new nn.ModuleList(Array.from({ length: 14 }, () => new nn.Linear(16, 16))); forward(x: Tensor): Tensor { for (const l of this.ls) x = l.forward(x).sigmoid(); return x; } }
export default defineModel({ model: () => new Deep(), inputs: { x: randn([5, 16]) }, loss: ({ output }) => output.sub(1).square().mean() });`;
    const { trace } = run(deep, 'backward');
    expect(gradientsOf(trace.models[0]!, 'layers').rows.some(({ verdict }) => verdict === 'vanishing')).toBe(true);
  });
});

describe('a weight that only another was made from', () => {
  it.each([
    ['w = new nn.Parameter(new nn.Linear(4, 4).weight.detach());', 'h = h.matmul(this.w);', 20 + 16],
    [
      'l = new nn.Linear(4, 4); constructor() { super(); const from = new nn.Linear(4, 4); nn.init.constant(this.l.weight, from.weight.abs().max().isMeta ? 0 : 1); }',
      'h = this.l.forward(h);',
      20 + 20,
    ],
  ])('is neither counted nor missed: %s', (fields, forward, parameters) => {
    const { said, trace } = run(net(`  ${fields}`, forward, square), 'backward');
    expect(said).toEqual([]);
    expect(trace.models[0]!.totals).toMatchObject({
      parameters,
      trainable: parameters,
      parameterBytes: 4 * parameters,
    });
  });

  it('nor is one that the model uses and does not own counted, as it is told', () => {
    const { said, trace } = run(net('  heads: any = { a: new nn.Linear(4, 4) };', 'h = this.heads.a.forward(h);'));
    expect(said[0]!.message).toContain('counted');
    expect(trace.models[0]!.totals.parameters).toBe(20);
  });
});
