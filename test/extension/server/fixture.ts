/** A model file and the trace a run of it would leave, made by hand: the server's features are tried on it without an engine. */
import type {
  FileTrace,
  ModelTrace,
  ModuleRecord,
  Problem,
  Range,
  Site,
  SiteValues,
  TensorRecord,
} from '../../../core/trace/trace.ts';

export const uri = 'file:///w/tiny.model.ts';

export const text = `import { defineModel, nn, randn, type Tensor } from 'tensight';

class Block extends nn.Module {
  fc = new nn.Linear(4, 4);

  forward(x: Tensor): Tensor {
    const h = this.fc.forward(x);
    return h.add(x);
  }
}

class Tiny extends nn.Module {
  blocks = new nn.ModuleList([new Block(), new Block()]);

  forward(x: Tensor) {
    for (const block of this.blocks) x = block.forward(x);
    return x.mean();
  }
}

export default defineModel({ model: () => new Tiny(), inputs: { x: randn([2, 4]) } });
`;

/** Where the `nth` occurrence of `part` stands. */
export function rangeOf(part: string, nth = 0, within = text): Range {
  let offset = -1;
  for (let i = 0; i <= nth; i++) offset = within.indexOf(part, offset + 1);
  if (offset < 0) throw new Error(`no ${part}`);
  return { start: positionAt(offset, within), end: positionAt(offset + part.length, within) };
}

function positionAt(offset: number, within: string): Range['start'] {
  const lines = within.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines[lines.length - 1]!.length };
}

interface Spec {
  readonly part: string;
  readonly nth?: number;
  /** What of `part` the site covers, from its start. */
  readonly length?: number;
  readonly offset?: number;
  readonly kind: Site['kind'];
  readonly values?: SiteValues;
}

const tensorValue = (...tensors: readonly number[]): SiteValues => ({
  count: tensors.length,
  values: tensors.map((tensor, i) => ({ value: { kind: 'tensor', tensor }, call: i + 1 })),
});
const moduleValue = (...modules: readonly number[]): SiteValues => ({
  count: modules.length,
  values: modules.map((module) => ({ value: { kind: 'module', module } })),
});

function tensor(id: number, shape: readonly number[], more: Partial<TensorRecord> = {}): TensorRecord {
  const names = ['batch', 'embed'];
  return {
    id,
    shape,
    axes: shape.map((_, axis) => ({ name: names[axis]! })),
    dtype: 'f32',
    bytes: 4 * shape.reduce((a, b) => a * b, 1),
    role: 'activation',
    requiresGrad: true,
    held: false,
    ...more,
  };
}

function module(
  id: number,
  path: string,
  className: string,
  parameters: number,
  more: Partial<ModuleRecord> = {},
): ModuleRecord {
  const name = path.split('.').at(-1)!;
  return { id, path, name, className, parameters, trainable: parameters, own: [], training: true, calls: [], ...more };
}

const stats = { count: 8, min: -2.1, max: 2.3, mean: 0.01, std: 0.98, norm: 3, nan: 0, posInf: 0, negInf: 0, zeros: 0 };

export interface Options {
  readonly mode?: FileTrace['mode'];
  readonly run?: number;
  readonly problems?: readonly Problem[];
  /** Sites from this one on were not reached. */
  readonly cutAt?: string;
  /** Shape of everything in the model. */
  readonly width?: number;
  /** Steps of its `train` section. */
  readonly train?: number;
}

/** The trace of `text`. */
export function trace(options: Options = {}): FileTrace {
  const { mode = 'shape', run = 1, problems = [], cutAt, width = 4, train } = options;
  const specs: Spec[] = [
    { part: 'fc', kind: 'field', values: moduleValue(2, 4) },
    { part: 'x: Tensor', length: 1, kind: 'argument', values: tensorValue(0, 3) },
    { part: 'const h', offset: 6, kind: 'declaration', values: tensorValue(2, 5) },
    { part: 'this.fc.forward(x)', kind: 'expression', values: tensorValue(2, 5) },
    { part: 'this.fc', kind: 'expression', values: moduleValue(2, 4) },
    { part: 'h.add(x)', kind: 'return', values: tensorValue(3, 6) },
    { part: 'h.add(x)', kind: 'expression', values: tensorValue(3, 6) },
    { part: 'blocks', kind: 'field' },
    { part: 'x.mean()', kind: 'return', values: tensorValue(7) },
    { part: 'defineModel(', nth: 0, kind: 'expression' },
  ];
  const sites = specs.map(({ part, nth = 0, length, offset = 0, kind }): Site => {
    const { start, end } = rangeOf(part, nth);
    const from = { line: start.line, character: start.character + offset };
    const to = length === undefined ? end : { line: from.line, character: from.character + length };
    const shown = part.slice(offset, length === undefined ? undefined : offset + length);
    return { file: uri, range: { start: from, end: to }, text: shown, kind, scope: 'Block.forward' };
  });
  const cut = cutAt === undefined ? specs.length : specs.findIndex(({ part }) => part === cutAt);
  const values: Record<number, SiteValues> = {};
  specs.forEach((spec, index) => {
    if (spec.values !== undefined && index < cut) values[index] = spec.values;
  });
  const measured = mode === 'shape' ? {} : { stats };
  const graded = mode === 'backward' ? { ...measured, gradient: { ...stats, norm: 0.031 } } : measured;
  const own = [
    { name: 'weight', tensor: 1, kind: 'parameter' as const },
    { name: 'bias', tensor: 8, kind: 'parameter' as const },
  ];
  const config = { inFeatures: 4, outFeatures: 4, bias: true };
  const model: ModelTrace = {
    name: 'Tiny',
    exportName: 'default',
    className: 'Tiny',
    site: 9,
    provenance: mode === 'shape' ? 'inferred' : 'executed',
    seed: 0,
    ...(train === undefined ? {} : { train: { steps: train } }),
    inputs: [{ name: 'x', value: { kind: 'tensor', tensor: 0 } }],
    output: { kind: 'tensor', tensor: 7 },
    modules: [
      module(0, '', 'Tiny', 40, { calls: [0] }),
      module(1, 'blocks.0', 'Block', 20, { calls: [1], parent: 0 }),
      module(2, 'blocks.0.fc', 'Linear', 20, { calls: [3], parent: 1, detail: '4 → 4, bias', config, own }),
      module(3, 'blocks.1', 'Block', 20, { calls: [2], parent: 0 }),
      module(4, 'blocks.1.fc', 'Linear', 20, { calls: [4], parent: 3, detail: '4 → 4, bias', config, own }),
    ],
    calls: [0, 1, 3, 2, 4].map((m, id) => ({
      id,
      module: m,
      inputs: [{ kind: 'tensor' as const, tensor: 0 }],
      output: { kind: 'tensor' as const, tensor: m === 0 ? 7 : 3 },
      firstOp: id === 0 ? 0 : 1,
      flops: 64,
    })),
    ops: [{ name: 'linear', inputs: [0], output: 2, call: 1, site: 3, flops: 64 }],
    tensors: [
      tensor(0, [2, width], { role: 'input', name: 'x', ...graded }),
      tensor(1, [4, 4], { role: 'parameter', name: 'blocks.0.fc.weight', ...graded }),
      tensor(2, [2, width], { op: 0, ...graded }),
      tensor(3, [2, width], graded),
      tensor(4, [2, width], graded),
      tensor(5, [2, width], { ...graded, ...(mode === 'shape' ? {} : { stats: { ...stats, nan: 3 } }) }),
      tensor(6, [2, width], graded),
      tensor(7, [], graded),
      tensor(8, [4], { role: 'parameter', name: 'blocks.0.fc.bias', ...graded }),
    ],
    values,
    attention: [],
    totals: { parameters: 40, trainable: 40, parameterBytes: 160, activationBytes: 320, flops: 256 },
    complete: cutAt === undefined,
  };
  return {
    format: 'tensight-trace',
    version: 1,
    file: uri,
    run,
    mode,
    models: [model],
    sites,
    problems,
    ms: 12,
  };
}
