/** What goes wrong where nobody waits for it is a problem of the run, at its line, in every mode. */
import { expect, it } from 'vitest';
import type { Problem } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { started } from './started.ts';

const file = 'file:///w/a.model.ts';
const engine = started();

const head = `import { defineModel, nn, optim, randn, type Tensor } from 'tensight';
async function bad(): Promise<void> {
  throw new Error('bad weather');
}
async function later(): Promise<void> {
  await null;
  bad();
}
const checked = async (x: Tensor) => { x.add(randn([7])); };
class Fc extends nn.Module {
  fc = new nn.Linear(4, 2);
  forward(x: Tensor) {
    const y = this.fc.forward(x);
`;
const tail = `
    return y;
  }
}
const train = { steps: 2, optimizer: (p: nn.Parameter[]) => new optim.SGD(p, { lr: 0.1 }) };
export default defineModel({ model: () => new Fc(), inputs: { x: randn([3, 4]) }, loss: ({ output }) => output.mean(), train });`;

const modes = ['shape', 'forward', 'backward', 'train'] as const;

/** The problems of a model whose forward has these lines, each as its line and message; the first of them is line 1. */
async function problemsOf(body: string, mode: (typeof modes)[number]) {
  const program = new SourceCompiler().compile(file, { read: () => head + body + tail });
  expect(program.problems).toEqual([]);
  const { modules, sites } = program;
  const request = { run: 1, entry: file, modules, sites };
  engine.printed.length = 0;
  const limits = { timeoutMs: 60_000 };
  const { problems, models } =
    mode === 'train'
      ? await engine.host.train({ ...request, mode: 'backward' }, limits)
      : await engine.host.run({ ...request, mode, fallback: true }, limits);
  expect(models).toHaveLength(1);
  const first = head.split('\n').length - 1;
  const lineOf = ({ site, range }: Problem) => {
    const place = (site === undefined ? undefined : sites[site]?.range) ?? range;
    return place === undefined ? undefined : place.start.line - first + 1;
  };
  return problems.map((problem) => ({ ...problem, line: lineOf(problem) }));
}

const lineOfThrow = 2 - head.split('\n').length + 2;

const rows: readonly (readonly [what: string, body: string, line: number, message: RegExp])[] = [
  ['a promise that is rejected at once', "Promise.reject(new Error('no'));", 1, /nothing handles it: Error: no$/],
  ['one that is rejected with a number', '\nPromise.reject(5);', 2, /nothing handles it: 5$/],
  ['with nothing', 'Promise.reject();', 1, /nothing handles it: undefined$/],
  ['with what cannot be read', 'Promise.reject({ toString() { throw 1; } });', 1, /cannot be read$/],
  ['an async function that is not awaited', '\n\nbad();', lineOfThrow, /Error: bad weather$/],
  ['a mistake in one', 'checked(x);', lineOfThrow + 6, /ShapeError: add/],
  ['a promise made by hand', "new Promise((_, no) => no(new TypeError('hand')));", 1, /TypeError: hand$/],
  ['what comes after one', 'bad().finally(() => 1);', lineOfThrow, /Error: bad weather$/],
  ['several that are waited for as one', 'Promise.all([1, Promise.reject(6)]);', 1, /: 6$/],
];

for (const mode of modes)
  it(`is named at its line, in mode ${mode}`, async () => {
    for (const [what, body, line, message] of rows) {
      const problems = await problemsOf(body, mode);
      expect(
        problems.map((problem) => [problem.severity, problem.line, problem.code]),
        what,
      ).toEqual([['error', line, 'exception']]);
      expect(problems[0]!.message, what).toMatch(message);
      expect(problems[0]!.hint).toMatch(/remove async and await/);
    }
  }, 120_000);

it('says of code that waits that it did not run', async () => {
  const not = { severity: 'warning', message: expect.stringMatching(/did not run: it awaits a promise/) };
  expect(await problemsOf('later();', 'shape')).toMatchObject([{ ...not, line: lineOfThrow + 4 }]);
  const caught = "bad().catch(() => { throw new RangeError('again'); });";
  expect(await problemsOf(caught, 'shape')).toMatchObject([{ ...not, line: 1 }]);
}, 60_000);

it('says nothing of a promise that is handled', async () => {
  const handled = 'bad().catch(() => 1); Promise.allSettled([bad()]); bad().then(null, () => 2); Promise.resolve(3);';
  expect(await problemsOf(handled, 'shape')).toEqual([]);
}, 60_000);

it('says thousands in one line, and different places each once', async () => {
  const many = "for (let i = 0; i < 5000; i++) Promise.reject(new Error('no ' + i));\nPromise.reject(7);";
  const problems = await problemsOf(many, 'shape');
  expect(problems.map(({ line }) => line).sort()).toEqual([1, 2]);
  expect(engine.printed).toEqual([]);
}, 60_000);

it('stays bounded where the places are many', async () => {
  const places = Array.from({ length: 300 }, (_, i) => `Promise.reject(${i});`).join('\n');
  const problems = await problemsOf(places, 'shape');
  expect(problems.length).toBeGreaterThan(5);
  expect(problems.length).toBeLessThan(50);
}, 60_000);

it('ends a loop that goes on after an await, and answers', async () => {
  const problems = await problemsOf('(async () => { for (;;) await null; })();', 'shape');
  expect(problems).toMatchObject([{ severity: 'warning', line: 1 }]);
}, 60_000);
