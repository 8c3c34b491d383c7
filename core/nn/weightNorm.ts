/** Weights that are computed before each `forward`: by direction and length, or divided by their largest singular value. */
import type { HookHandle } from '../autograd/hooks.ts';
import { context, noGrad } from '../context.ts';
import { TensightError } from '../errors.ts';
import { randn } from '../ops/creation.ts';
import { div, mul } from '../ops/elementwise.ts';
import { matmul } from '../ops/matmul.ts';
import { movedim } from '../ops/permute.ts';
import { norm, sum } from '../ops/reduce.ts';
import { reshape } from '../ops/view.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './convTranspose.ts';
import { Buffer, type Module, Parameter } from './module.ts';

interface ComputedWeight {
  readonly handle: HookHandle;
  /** The weight as it is now. */
  readonly weight: () => Tensor;
  /** Fields that stand for it. */
  readonly fields: readonly string[];
}

/** What is computed in a module, by the kind of computation and the parameter's name. */
const computed = new WeakMap<Module, Map<string, ComputedWeight>>();

/** Whether this field of `module` is computed before each `forward`. */
export function isComputed(module: Module, name: string): boolean {
  return [...(computed.get(module)?.keys() ?? [])].some((key) => key.endsWith(` ${name}`));
}

/** Parameters whose value became that of others, and that nothing reads any more. */
const split = new WeakSet<object>();

/** Whether other parameters stand for this one. */
export const isSplit = (parameter: object): boolean => split.has(parameter);

const fieldsOf = (module: Module) => module as unknown as Record<string, unknown>;

/** The parameter that becomes one that is computed. */
function taken(call: string, module: Module, name: string): Parameter {
  const weight = fieldsOf(module)[name];
  if (!(weight instanceof Parameter))
    throw new TensightError(
      `${call}: ${module.constructor.name} has no parameter '${name}'`,
      `Its own parameters are ${
        module
          .ownParameters()
          .map(([own]) => own)
          .join(', ') || 'none'
      }.`,
    );
  split.add(weight);
  return weight;
}

/** Has `weight` computed before each `forward`, and kept in the parameter's field in the meantime. */
function compute(kind: string, module: Module, name: string, fields: readonly string[], weight: () => Tensor): void {
  const set = () => {
    fieldsOf(module)[name] = weight();
  };
  set();
  const handle = module.registerForwardPreHook(set);
  const own = computed.get(module) ?? new Map<string, ComputedWeight>();
  own.set(`${kind} ${name}`, { handle, weight, fields });
  computed.set(module, own);
}

/** A parameter again, with the value it has now. */
function undo<M extends Module>(call: string, kind: string, module: M, name: string): M {
  const found = computed.get(module)?.get(`${kind} ${name}`);
  if (found === undefined)
    throw new TensightError(`${call}: '${name}' of ${module.constructor.name} is not computed by ${kind}`);
  found.handle.remove();
  computed.get(module)!.delete(`${kind} ${name}`);
  const weight = noGrad(found.weight);
  for (const field of found.fields) delete fieldsOf(module)[field];
  delete fieldsOf(module)[name];
  fieldsOf(module)[name] = new Parameter(weight.detach());
  return module;
}

/** Length of each slice along `dim`, kept; of all where it is null. */
function lengths(weight: Tensor, dim: number | null): Tensor {
  if (dim === null) return norm(weight);
  const d = dim < 0 ? dim + weight.ndim : dim;
  const others = weight.shape.map((_, i) => i).filter((i) => i !== d);
  return others.length === 0 ? weight.abs() : norm(weight, 2, others, true);
}

/**
 * Splits a parameter into its direction v and its length g along `dim` (null: one for all): weight = g · v / ‖v‖, computed before each `forward`.
 * In the state they are `weight_g` and `weight_v`. Returns the module. Salimans & Kingma 2016. Throws TensightError where there is no such parameter.
 */
export function weightNorm<M extends Module>(module: M, name = 'weight', dim: number | null = 0): M {
  checkArguments('weightNorm', arguments);
  const weight = taken('weightNorm', module, name);
  const [length, direction] = [`${name}_g`, `${name}_v`];
  const fields = fieldsOf(module);
  delete fields[name];
  fields[length] = new Parameter(noGrad(() => lengths(weight, dim)).detach());
  fields[direction] = new Parameter(weight.detach());
  compute('weightNorm', module, name, [length, direction], () => {
    const [g, v] = [fields[length] as Tensor, fields[direction] as Tensor];
    return mul(v, div(g, lengths(v, dim))).withAxes(weight.axes);
  });
  return module;
}

/** Undoes `weightNorm`: the parameter is one of its own again, with the value it had last. Returns the module. */
export function removeWeightNorm<M extends Module>(module: M, name = 'weight'): M {
  return undo('removeWeightNorm', 'weightNorm', module, name);
}

/** Options of `spectralNorm`. */
export interface SpectralNormOptions {
  /** Steps of the power iteration before each `forward` in training. Default 1. */
  readonly nPowerIterations?: number;
  /** Added to lengths that are divided by. Default 1e-12. */
  readonly eps?: number;
  /** The dimension that counts outputs. Default 1 for transposed convolutions, else 0. */
  readonly dim?: number;
}

const normalized = (x: Tensor, eps: number) => div(x, norm(x).clamp(eps));

/**
 * Divides a parameter by its largest singular value, which a power iteration before each `forward` in training follows. In the state it is
 * `weight_orig`, with the vectors `weight_u` and `weight_v`. Returns the module. Miyato et al. 2018. Throws TensightError where there is no such
 * parameter.
 */
export function spectralNorm<M extends Module>(module: M, name = 'weight', options: SpectralNormOptions = {}): M {
  checkArguments('spectralNorm', arguments);
  const isTransposed = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some((type) => module instanceof type);
  const { nPowerIterations = 1, eps = 1e-12, dim = isTransposed ? 1 : 0 } = options;
  if (!(Number.isInteger(nPowerIterations) && nPowerIterations > 0))
    throw new TensightError(
      `spectralNorm: expected a whole number of 1 or more for nPowerIterations, got ${nPowerIterations}`,
    );
  const weight = taken('spectralNorm', module, name);
  const matrix = (w: Tensor) => {
    const rows = movedim(w, dim, 0);
    return reshape(rows, [rows.shape[0]!, -1]);
  };
  const [height, width] = matrix(weight).shape as [number, number];
  const [original, left, right] = [`${name}_orig`, `${name}_u`, `${name}_v`];
  const fields = fieldsOf(module);
  delete fields[name];
  fields[original] = weight;
  fields[left] = new Buffer(noGrad(() => normalized(randn([height]), eps)));
  fields[right] = new Buffer(noGrad(() => normalized(randn([width]), eps)));
  let isFirst = true;
  compute('spectralNorm', module, name, [original, left, right], () => {
    const own = fields[original] as Tensor;
    const flat = matrix(own);
    const [u, v] = [fields[left] as Tensor, fields[right] as Tensor];
    if (module.training && !isFirst && !flat.isMeta && !u.isMeta)
      noGrad(() => {
        for (let i = 0; i < nPowerIterations; i++) {
          context.backend.copy(normalized(matmul(flat.t(), u), eps), v);
          context.backend.copy(normalized(matmul(flat, v), eps), u);
        }
      });
    isFirst = false;
    const largest = sum(mul(u.detach().clone(), matmul(flat, v.detach().clone())));
    return div(own, largest).withAxes(weight.axes);
  });
  return module;
}

/** Undoes `spectralNorm`: the parameter is one of its own again, with the value it had last. Returns the module. */
export function removeSpectralNorm<M extends Module>(module: M, name = 'weight'): M {
  return undo('removeSpectralNorm', 'spectralNorm', module, name);
}
