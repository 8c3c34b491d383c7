/** Whatever a model changes in the language, its run names that; and it is never said to be a fault of Tensight. */
import { describe, expect, it } from 'vitest';
import type { FileTrace } from '../../../core/trace/trace.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { started } from './started.ts';

const file = 'file:///w/a.model.ts';
const engine = started();

const model = (top: string, forward: string) => `import { defineModel, nn, optim, randn, type Tensor } from 'tensight';
${top}
class M extends nn.Module {
  fc = new nn.Linear(4, 2);
  forward(x: Tensor): any {
    ${forward}
    const y = this.fc.forward(x);
    return y.softmax(-1);
  }
}
const train = { steps: 2, optimizer: (p: nn.Parameter[]) => new optim.SGD(p, { lr: 0.1 }) };
export default defineModel({ model: () => new M(), inputs: { x: randn([3, 4]) }, loss: ({ output }: any) => output.square().mean(), train });
`;

async function said(text: string, mode: FileTrace['mode'] | 'train') {
  const program = new SourceCompiler().compile(file, { read: () => text });
  expect(program.problems).toEqual([]);
  const { modules, sites } = program;
  const request = { run: 1, entry: file, modules, sites };
  const limits = { timeoutMs: 60_000 };
  const { problems } =
    mode === 'train'
      ? await engine.host.train({ ...request, mode: 'backward' }, limits)
      : await engine.host.run({ ...request, mode, fallback: true }, limits);
  expect(problems.map(({ code }) => code)).not.toContain('crashed');
  return problems.map(({ message, hint = '' }) => `${message} ${hint}`).join('\n');
}

const getter = (on: string, name: string, more = '') =>
  `Object.defineProperty(${on}, '${name}', { get() { throw new Error('own'); }${more} });`;
const kept = ', configurable: true';
const setter = ", set() { throw new Error('own'); }";

/** What is changed, and by which name it is told. */
const changes: readonly (readonly [change: string, name: string])[] = [
  ...['then', 'message', 'stack', 'toString', 'name', 'length', 'shape', 'hint', 'value', 'get', 'toJSON'].flatMap(
    (name) =>
      [getter('Object.prototype', name), getter('Object.prototype', name, setter)].map(
        (change) => [change, `Object.prototype.${name}`] as const,
      ),
  ),
  [getter('Object.prototype', 'site', setter), 'Object.prototype.site'],
  [getter('Object.prototype', '0', setter), 'Object.prototype.0'],
  [getter('Array.prototype', '0', setter), 'Array.prototype.0'],
  ["Object.defineProperty(Object.prototype, 'get', { value: 7 });", 'Object.prototype.get'],
  [getter('Promise.prototype', 'constructor'), 'Promise.prototype.constructor'],
  [getter('Error.prototype', 'message', kept), 'Error.prototype.message'],
  ['(Math as any).sqrt = () => { throw new Error("own"); };', 'Math.sqrt'],
  ['(Math as any).exp = () => NaN;', 'Math.exp'],
  ['(Math as any).imul = () => 0; (Math as any).log = null;', 'Math.imul'],
  ['(Math as any).max = null;', 'Math.max'],
  ['(JSON as any).stringify = null;', 'JSON.stringify'],
  ['(Reflect as any).ownKeys = null;', 'Reflect.ownKeys'],
  ['(Number as any).isInteger = () => false;', 'Number.isInteger'],
  ['(Number.prototype as any).toString = null;', 'Number.prototype.toString'],
  ['(Array.prototype as any).every = () => false;', 'Array.prototype.every'],
  ['(Array as any).isArray = () => false;', 'Array.isArray'],
  ['(String.prototype as any).replace = null;', 'String.prototype.replace'],
  ['(Float32Array as any).from = null; delete (globalThis as any).Map;', 'Map'],
  ['(Object as any).keys = () => [];', 'Object.keys'],
  // Inherited before, and asked for by the kernels.
  ['(Float32Array.prototype as any).fill = function () { return this; };', 'Float32Array.prototype.fill'],
  ['(Float32Array.prototype as any).set = function () {};', 'Float32Array.prototype.set'],
  ['(Int32Array.prototype as any).subarray = function () { return this; };', 'Int32Array.prototype.subarray'],
];

/** Those that are there before but not asked for by anything. */
const idle = /'(?:then|message|stack|name|length|shape|hint|value|get|toJSON|site|0)'/;

const modes = ['shape', 'backward', 'train'] as const;

describe('a change is named', { timeout: 120_000 }, () => {
  // Each in one way to run, and in one place: at the top of the file, or in forward.
  const ways = changes.map(([change, name], i) => {
    const text = Math.floor(i / modes.length) % 2 === 0 ? model(change, '') : model('', change);
    return [change, name, modes[i % modes.length]!, text] as const;
  });
  it.each(ways)('%s', async (change, name, mode, text) => {
    const words = await said(text, mode);
    // What nothing meets does no harm, and is not spoken of.
    if (words !== '' || !idle.test(change)) expect(words).toContain(name);
    expect(await said(model('', ''), mode)).toBe('');
  });
});

it('what is only added, or only prints, is nobody’s business', async () => {
  const polite = '(Array.prototype as any).last = 1; (globalThis as any).mine = 1; console.log = () => {};';
  expect(await said(model(polite, polite), 'shape')).toBe('');
}, 60_000);
