import { describe, expect, it } from 'vitest';
import type { Problem, Site } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { started } from './started.ts';

const file = 'file:///w/a.model.ts';
const engine = started();

const head = `import { defineModel, nn, optim, randn, tensor, type Tensor } from 'tensight';
class Fc extends nn.Module { fc = new nn.Linear(4, 2); forward(x: Tensor): any { return this.fc.forward(x); } }
const inputs = () => ({ x: randn([3, 4]) });
const mean = ({ output }: any) => output.mean();
const train = { steps: 2, optimizer: (p: nn.Parameter[]) => new optim.SGD(p, { lr: 0.1 }) };
`;

/** A model whose loss is this function of its output. */
const loss = (body: string) =>
  `defineModel({ model: () => new Fc(), inputs, train, loss: ({ output: y }): any => ${body} })`;
/** A model whose forward ends with this, `y` being what its layer gave. */
const gives = (body: string, before = '') =>
  `defineModel({ model: () => new (class Gives extends nn.Module { fc = new nn.Linear(4, 2); ${before}forward(x: Tensor): any { const y = this.fc.forward(x); ${body} } })(), inputs, train, loss: ({ output }: any) => output.mean() })`;
/** A plain function of tensors as a model. */
const takes = (body: string, more = '{ x: tensor([1, 2]) }') =>
  `defineModel({ model: (): any => ${body}, inputs: ${more} as any })`;

type Row = readonly [body: string, message: RegExp | undefined, hint?: RegExp];

/** Each is an export on a line of its own; all are in one file. */
async function problemsOf(rows: readonly Row[], mode: 'shape' | 'forward' | 'backward' | 'train') {
  const text = head + rows.map(([body], i) => `export const m${i} = ${body};`).join('\n');
  const program = new SourceCompiler().compile(file, { read: () => text });
  expect(program.problems).toEqual([]);
  const { modules, sites } = program;
  const request = { run: 1, entry: file, modules, sites };
  const limits = { timeoutMs: 60_000 };
  const answer =
    mode === 'train'
      ? await engine.host.train({ ...request, mode: 'backward' }, limits)
      : await engine.host.run({ ...request, mode, fallback: true }, limits);
  const first = head.split('\n').length;
  const lineOf = (problem: Problem) => {
    const site: Site | undefined = problem.site === undefined ? undefined : sites[problem.site];
    return (site?.range ?? problem.range)!.start.line + 1 - first;
  };
  return { models: answer.models, problems: answer.problems, lineOf };
}

/** Every row says what it should, at its own line, and no row hides another. */
async function check(rows: readonly Row[], mode: Parameters<typeof problemsOf>[1]) {
  const { models, problems, lineOf } = await problemsOf(rows, mode);
  const names = new Set(models.map(({ exportName }) => exportName));
  rows.forEach(([body, message, hint], i) => {
    const here = problems.filter((problem) => lineOf(problem) === i && problem.severity !== 'info');
    if (message === undefined) expect(here, body).toEqual([]);
    else expect(here.map((problem) => problem.message).join('\n'), `${body} in mode ${mode}`).toMatch(message);
    if (hint !== undefined) expect(here.map((problem) => problem.hint).join('\n'), body).toMatch(hint);
  });
  // A training tells of the models that were made.
  const unmade = (i: number) => mode === 'train' && /defineModel: model/.test(String(rows[i]![1]?.source ?? ''));
  for (const i of rows.keys()) if (!unmade(i)) expect(names, rows[i]![0]).toContain(`m${i}`);
  for (const { code } of problems) expect(code).not.toBe('crashed');
}

const losses: readonly Row[] = [
  [loss(`y.square().mean()`), undefined],
  [loss(`{ y.square().mean(); }`), /loss returned nothing; expected a tensor of one number/, /return/],
  [loss(`y.square().mean().item()`), /loss returned the number \S+; expected a tensor/, /item/],
  [loss(`null`), /loss returned null/],
  [loss(`'small'`), /loss returned the text "small"/],
  [loss(`[y.mean()]`), /loss returned a list/],
  [loss(`({ loss: y.mean() })`), /loss returned an object/],
  [
    `defineModel({ model: () => new Fc(), inputs, train, loss: (async ({ output: y }: any) => y.mean()) as any })`,
    /loss returned a promise/,
    /async/,
  ],
  [loss(`() => y.mean()`), /loss returned a function/, /[Cc]all/],
  [loss(`3n`), /loss returned the number 3/],
  [loss(`Symbol("loss")`), /loss returned a symbol/],
  [loss(`y.square()`), /expected a loss of one number, got \[.*3.*2\]/, /mean/],
  [loss(`{ throw { toString() { throw 1; } }; }`), /cannot be read/],
  [loss(`{ throw null; }`), /thrown: null/],
  [loss(`{ throw Symbol("s"); }`), /thrown: Symbol\(s\)/],
  [loss(`{ throw Object.create(null); }`), /thrown: .*cannot be read/],
  [loss(`{ throw new Proxy({}, { getPrototypeOf() { throw 2; }, get() { throw 2; } }); }`), /cannot be read/],
  [loss(`{ throw Object.defineProperty(new Error(), "message", { get() { throw 3; } }); }`), /cannot be read/],
  [loss(`{ throw { code: 7, reason: "why" }; }`), /thrown: \{ code: 7, reason: "why" \}/],
  [loss(`y.mean()`), undefined],
];

const outputs: readonly Row[] = [
  [gives('return y;'), undefined],
  [gives(''), /Gives\.forward returned nothing; expected a tensor/, /return/],
  [gives('return;'), /Gives\.forward returned nothing; expected a tensor/, /return/],
  [gives('return null;'), /Gives\.forward returned null/],
  [gives('return y.sum().item();'), /Gives\.forward returned the number/],
  [gives("return 'y ' + y.shape;"), /Gives\.forward returned the text/],
  [gives('return y;', 'async '), /Gives\.forward returned a promise/, /async/],
  [gives('return [];'), /Gives\.forward returned an empty list/],
  [gives('return { a: 1 };'), /Gives\.forward returned an object without a tensor/],
  [gives('return [[1, "two"]];'), /Gives\.forward returned a list without a tensor/],
  [gives('return () => y;'), /Gives\.forward returned a function/, /[Cc]all/],
  [gives('return (function* () { yield y; })();'), /Gives\.forward returned a generator/],
  [
    gives('return new Proxy({}, { ownKeys() { throw 1; }, get() { throw 1; }, getPrototypeOf() { throw 1; } });'),
    /cannot be read/,
  ],
  [gives('return y;'), undefined],
];

const operands: readonly Row[] = [
  [takes(`(x) => x.add(undefined)`), /add: expected a tensor or a number, got nothing/],
  [takes(`(x) => x.mul(null)`), /mul: expected a tensor or a number, got null/],
  [takes(`(x) => x.sub([1, 2])`), /sub: expected a tensor or a number, got a list/, /tensor\(/],
  [takes(`(x) => x.div('2')`), /div: expected a tensor or a number, got the text "2"/],
  [takes(`(x) => x.gt({})`), /gt: expected a tensor or a number, got an object/],
  [takes(`(x) => x.mul(true)`), undefined],
  [takes(`(a, b) => a.add(b)`, `{ a: tensor([1]) }`), /add: expected .* got nothing/, /no b/],
  [takes(`(a, b) => b.relu()`, `{ a: tensor([1]) }`), /undefined/, /no b/],
  [takes(`(a, b) => (b === undefined ? a.mul(2) : a.mul(b))`, `{ a: tensor([1]) }`), undefined],
  [takes(`(x) => x.mul(2)`, `{ x: tensor([1]), mask: tensor([2]) }`), /takes no mask/, /parameter|targets/],
  [takes(`(...xs) => xs[0].add(xs[1])`, `{ x: tensor([1]), mask: tensor([2]) }`), undefined],
  [
    takes(`({ x, mask }) => x.add(mask)`, `{ x: tensor([1]), mask: tensor([2]) }`),
    /takes an object apart, \{ x, mask \}/,
    /forward\(x, mask\)/,
  ],
  [takes(`({ x }) => x.relu()`), /takes an object apart, \{ x \}: it gets a tensor/, /forward\(x\)/],
  [
    takes(`([x, y]) => x.add(y)`, `{ x: tensor([1]), y: tensor([2]) }`),
    /takes a list apart, \[x, y\]/,
    /forward\(x, y\)/,
  ],
  [
    takes(`(x, { mask, scale = 2 }) => x.add(mask)`),
    /takes an object apart.*no input is for it/,
    /forward\(mask, scale\)/,
  ],
  [takes(`(x, { scale = 2 } = {}) => x.mul(scale)`), undefined],
  [takes(`({ x, y: [z] }) => x.add(z)`, `{ both: { x: tensor([1]), y: [tensor([2])] } }`), undefined],
  [takes(`(x) => x.mul(2)`, `tensor([1])`), /inputs is a Tensor; expected tensors by name/],
  [takes(`(x) => x.mul(2)`, `null`), /inputs is null/],
  [takes(`(x) => x.mul(2)`, `async () => ({})`), /inputs gave a promise/],
];

describe('what a model gives is checked', { timeout: 120_000 }, () => {
  it.each(['shape', 'forward', 'backward', 'train'] as const)(
    'a loss that is none is named where it is written, in mode %s',
    (mode) => check(losses, mode),
  );
  it.each(['shape', 'forward', 'backward', 'train'] as const)('so is an output, in mode %s', (mode) =>
    check(outputs, mode),
  );
  it.each(['shape', 'forward'] as const)(
    'and an operand, an input that is missing, one that nobody takes, in mode %s',
    (mode) => check(operands, mode),
  );

  it('gradients of integers, which there are not, are said to be that', () =>
    check(
      [
        [
          `defineModel({ model: () => new nn.Identity(), inputs: { ids: tensor([1, 2], { dtype: 'i32' }) } })`,
          /is \[2\] of i32/,
        ],
        [takes(`(x) => x.argmax()`), /of i32, and only floats have gradients/, /logits/],
        [
          `defineModel({ model: () => new nn.Embedding(4, 2), inputs: { ids: tensor([1, 2], { dtype: 'i32' }) } })`,
          undefined,
        ],
      ],
      'backward',
    ));

  it.each(['shape', 'forward', 'train'] as const)('and a model that is not what makes one, in mode %s', (mode) =>
    check(
      [
        [
          'defineModel({ model: Fc as any, inputs, train, loss: mean })',
          /defineModel: model is a class/,
          /\(\) => new Fc\(\)/,
        ],
        [
          'defineModel({ model: ((x: Tensor) => x.relu()) as any, inputs, train, loss: mean })',
          /defineModel: model takes arguments/,
          /\(\) => \(x\)/,
        ],
        ['defineModel({ model: ((x = 1) => new Fc()) as any, inputs, train: { ...train }, loss: mean })', undefined],
      ],
      mode,
    ),
  );

  it('outputs are told however deep they lie', async () => {
    const rows: readonly Row[] = [
      [takes(`(x) => ({ a: { b: [x.mul(2), { c: x.mul(3) }] } })`), undefined],
      [takes(`(x) => new (class Out { logits = x.mul(2); })()`), undefined],
      [takes(`(x) => new Map([["a", x.mul(2)]])`), undefined],
      [takes(`(x) => new Set([x.mul(2)])`), undefined],
      [takes(`(x) => { const all: any = { y: x.mul(2) }; all.self = all; return all; }`), undefined],
    ];
    const { models, problems } = await problemsOf(rows, 'shape');
    expect(problems).toEqual([]);
    const outputsOf = models.map((model) => JSON.stringify('output' in model ? model.output : undefined));
    expect(outputsOf[0]).toMatch(/"a".*"b".*"tensor".*"c".*"tensor"/);
    for (const output of outputsOf) expect(output).toMatch(/"tensor":\d/);
  });
});

describe('messages and logs are bounded', { timeout: 60_000 }, () => {
  it('whatever an error says', async () => {
    const rows: readonly Row[] = [
      [loss(`{ throw new Error("x".repeat(5e7)); }`), /x{100}… \(50,000,000 characters in all\)/],
      [loss(`{ throw "y".repeat(5e7); }`), /y{100}…/],
    ];
    const { problems, lineOf } = await problemsOf(rows, 'shape');
    expect(JSON.stringify(problems).length).toBeLessThan(100_000);
    expect(problems.map(lineOf)).toEqual([0, 1]);
    await check(rows, 'shape');
  });

  it('however many promises are rejected, and whatever is printed', async () => {
    engine.printed.length = 0;
    const many = (body: string) => `(() => { for (let i = 0; i < 5000; i++) ${body}; return 0; })()`;
    const reject = many('Promise.reject(new Error("no " + i))');
    const print = '(console.log("z".repeat(5e7)), console.log({ get a() { throw 1; } }), 0)';
    const body = `(x) => x.mul(${reject} + ${print} + ${many('console.log(i)')} + 1)`;
    await check([[takes(body), /^a promise was rejected and nothing handles it: Error: no 0$/]], 'shape');
    expect(engine.printed.length).toBeGreaterThan(100);
    expect(engine.printed.length).toBeLessThan(210);
    expect(Math.max(...engine.printed.map(({ length }) => length))).toBeLessThan(5000);
  });
});
