/** What a network is tried with: its state, its inputs, and what stands in for a loss where it has none. */
import { context } from '../../core/context.ts';
import { type DefinedModel, type Inputs, nn, rand, randn, Tensor, tensor } from '../../core/index.ts';
import { Generator } from '../../core/tensor/random.ts';
import { evaluate } from '../../core/trace/definition.ts';

export interface Given {
  readonly model: DefinedModel;
  readonly root: nn.Module;
  readonly inputs: Inputs;
  /** Whether norms train; dropout never does, its random numbers are each engine's own. */
  readonly training: boolean;
  /** Its floating point buffers before a run, which training changes. */
  readonly buffers: ReadonlyMap<string, Float32Array>;
}

/** Numbers in −1 … 1 of this shape. */
export function spreadTensor(name: string, shape: readonly number[]): Tensor {
  const count = shape.reduce((n, size) => n * size, 1);
  return tensor(spreadInto(new Float32Array(count), name, 2, -1), { shape });
}

/** Fills with numbers from `from` to `from + range`, the same for the same name and position in every version of anything. */
function spreadInto(data: Float32Array, name: string, range: number, from: number): Float32Array {
  const salt = Array.from(name).reduce((n, c) => Math.imul(n ^ c.charCodeAt(0), 16777619), 7);
  for (let i = 0; i < data.length; i++) {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ salt;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    data[i] = (((h ^ (h >>> 16)) >>> 0) / 2 ** 32) * range + from;
  }
  return data;
}

/**
 * Start values: `own` as the model draws them, but where all are alike (biases of 0, norms of 1) spread around that, so that a part
 * left out shows; `fixed` the same whatever our generator draws, for values that are committed.
 */
function fill(root: nn.Module, values: 'own' | 'fixed'): void {
  const parts = [...root.namedParameters(), ...root.namedBuffers().filter(([, buffer]) => buffer.persistent)];
  for (const [name, part] of parts) {
    if (part.dtype !== 'f32') continue;
    const data = part.storage.data as Float32Array;
    const first = data[part.offset]!;
    const own = data.subarray(part.offset, part.offset + part.numel);
    // A single number may be one that was drawn.
    const alike = own.length > 1 || first === 0 || first === 1 || values === 'own';
    if (alike && own.every((value) => value === first)) {
      const wide = first === 0 ? 0.1 : Math.abs(first) * 0.1;
      spreadInto(own, name, 2 * wide, first - wide);
    } else if (values === 'fixed') {
      const fanIn = part.ndim > 1 ? part.numel / part.shape[0]! : 300;
      const wide = Math.sqrt(3 / fanIn);
      spreadInto(own, name, 2 * wide, -wide);
    }
  }
}

/** A network ready to run. `inputs` take the place of the definition's own of these names; each `draw` has other start values. */
export function prepare(
  model: DefinedModel,
  {
    values,
    training,
    inputs = {},
    draw = 0,
  }: { values: 'own' | 'fixed'; training: boolean; inputs?: Inputs; draw?: number },
): Given {
  context.mode = 'value';
  context.generator = new Generator((model.seed ?? 0) + draw);
  const root = model.model();
  if (!(root instanceof nn.Module)) throw new Error('a network of this folder is a module');
  fill(root, values);
  if (draw > 0) for (const module of root.modules()) if (isNorm(module)) keepFromCorners(module);
  root.train(training);
  for (const module of root.modules()) if (module instanceof nn.Dropout) module.eval();
  const given = Object.entries(evaluate(model, 'inputs')).map(([name, value]) => [
    name,
    inputs[name] ?? (values === 'fixed' ? steady(name, value) : drawn(value)),
  ]);
  return { model, root, inputs: Object.fromEntries(given), training, buffers: buffersOf(root) };
}

/** Pixels a side. */
const smallSide = 64;

/** The same network on a part of its pictures, where these are larger: fewer activations, and fewer that lie at a corner. */
export function onSmallPictures(model: DefinedModel): DefinedModel {
  const part = (x: Tensor) => x.slice(2, 0, smallSide).slice(3, 0, smallSide).contiguous();
  const inputs = () =>
    Object.fromEntries(
      Object.entries(evaluate(model, 'inputs')).map(([name, x]) => [
        name,
        x instanceof Tensor && x.dtype === 'f32' && x.ndim === 4 ? part(x) : x,
      ]),
    );
  return { ...model, inputs };
}

/** What the norm gives lies around 3, away from where ReLU and ReLU6 bend. */
function keepFromCorners({ weight, bias }: nn.BatchNorm1d | nn.BatchNorm2d): void {
  for (const [parameter, by, to] of [[weight!, 0.5, 0] as const, [bias!, 1, 3] as const]) {
    const data = parameter.storage.data as Float32Array;
    for (let i = 0; i < data.length; i++) data[i] = data[i]! * by + to;
  }
}

function buffersOf(root: nn.Module): ReadonlyMap<string, Float32Array> {
  const floats = root.namedBuffers().filter(([, { dtype }]) => dtype === 'f32');
  return new Map(floats.map(([name, { storage }]) => [name, (storage.data as Float32Array).slice()]));
}

/** Floats are drawn anew. */
function drawn(value: Inputs[string]): Inputs[string] {
  if (!(value instanceof Tensor) || value.dtype !== 'f32') return value;
  return value.min().item() < 0 ? randn(value.shape) : rand(value.shape);
}

/**
 * In place of a random input: numbers of the same range that do not depend on our generator, with a mean of their own, so that
 * what a network makes of one input differs from what it makes of another.
 */
function steady(name: string, value: Inputs[string]): Inputs[string] {
  if (!(value instanceof Tensor) || value.dtype !== 'f32') return value;
  const numbers = new Float32Array(value.numel);
  if (value.min().item() >= 0) return tensor(spreadInto(numbers, name, 1, 0), { shape: value.shape });
  const [mean] = spreadInto(new Float32Array(1), `mean of ${name}`, 2, -1);
  return tensor(spreadInto(numbers, name, 3.4, mean! - 1.7), { shape: value.shape });
}

const isNorm = (module: nn.Module): module is nn.BatchNorm1d | nn.BatchNorm2d =>
  module instanceof nn.BatchNorm1d || module instanceof nn.BatchNorm2d;

/** Whether a network trains in its runs: as it is defined, and with batch norms both ways. */
export function modes(model: DefinedModel): boolean[] {
  if (model.training !== false) return [true];
  context.mode = 'shape';
  const root = model.model() as nn.Module;
  context.mode = 'value';
  return root.modules().some(isNorm) ? [false, true] : [false];
}
