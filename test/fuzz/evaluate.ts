/** Runs a case here: on one backend, in one layout, watched or not. */
import type { Backend } from '../../core/backends/backend.ts';
import { context, type Observer } from '../../core/context.ts';
import * as tensight from '../../core/index.ts';
import { manualSeed, nn, TensightError, Tensor, tensor } from '../../core/index.ts';
import { apply } from '../../core/ops/apply.ts';
import { registry } from '../../core/ops/registry.ts';
import { B, E, filled, I, M, seq } from '../core/pytorch/filled.ts';
import { type Case, inputNames, laidOut } from './case.ts';

/** Numbers of a result. */
export interface Numbers {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** What a case gives, or why it gives nothing. */
export interface Answer {
  readonly outputs: readonly Numbers[];
  /** Of the inputs; undefined where there is none. */
  readonly gradients: readonly (Numbers | undefined)[];
  /** Gradients of the parameters of the layers that the case fills, by name. */
  readonly parameters: Readonly<Record<string, Numbers>>;
  readonly refused?: string;
  /** The refusal is not one of ours: an error that nobody meant. */
  readonly rough?: boolean;
}

export interface How {
  readonly backend: Backend;
  /** Every input laid out anew, row by row. */
  readonly rowByRow?: boolean;
  /** Visible operations in the place of kernels that do several at once, as in a run that leaves a trace. */
  readonly watched?: boolean;
}

const watching: Observer = {
  opStart: () => 0,
  opEnd() {},
  moduleCreated() {},
  callStart: () => 0,
  callEnd() {},
  gradient() {},
  backwardOp() {},
  allocate() {},
};

const { nn: _, ...functions } = tensight;
const scope = { ...functions, nn, F: nn.functional, apply, registry, I, B, M, E, seq, inf: Number.POSITIVE_INFINITY };

/** What each element of an output counts for in the loss; pytorch.py has the same. */
function weightsOf(y: Tensor): Tensor {
  return tensor(
    Float32Array.from({ length: y.numel }, (_w, i) => ((i * 0.13) % 1) + 0.5),
    { shape: y.shape },
  );
}

type Program = (...inputs: readonly Tensor[]) => unknown;
let last: { readonly source: string; readonly run: Program } | undefined;

/** The case's program; every backend runs the same one in turn. */
function programOf({ ours, inputs }: Case): Program {
  if (last?.source === ours) return last.run;
  const lines = ours.split('\n');
  const body = `${lines.slice(0, -1).join('\n')}\nreturn ${lines.at(-1)}`;
  const used = new Set(ours.match(/[A-Za-z_]\w*/g));
  const given = [...inputNames].slice(0, inputs.length);
  const known = Object.entries(scope).filter(([name]) => used.has(name) && !given.includes(name));
  const run = new Function(...known.map(([name]) => name), ...given, body).bind(
    undefined,
    ...known.map(([, value]) => value),
  ) as Program;
  last = { source: ours, run };
  return run;
}

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(tensorsIn) : [];
}

/** Copies, since what the engine holds may be written again. */
function numbersOf(x: Tensor): Numbers {
  return { dtype: x.dtype, shape: [...x.shape], values: x.toTypedArray().slice() };
}

function anew(x: Tensor): Tensor {
  const copy = tensor(x.toTypedArray().slice(), { shape: x.shape, dtype: x.dtype });
  return copy.requiresGrad_(x.requiresGrad);
}

/** The case's outputs and gradients, computed this way. Never throws: an error is an answer. */
export function evaluate(given: Case, { backend, rowByRow = false, watched = false }: How): Answer {
  const before = { backend: context.backend, observer: context.observer };
  context.backend = backend;
  context.observer = watched ? watching : undefined;
  manualSeed(3);
  filled.length = 0;
  try {
    const inputs = given.inputs.map(laidOut).map((x) => (rowByRow ? anew(x) : x));
    const outputs = tensorsIn(programOf(given)(...inputs));
    for (const y of outputs) if (y.requiresGrad) y.mul(weightsOf(y)).sum().backward();
    return {
      outputs: outputs.map(numbersOf),
      gradients: inputs.map(({ grad }) => grad && numbersOf(grad)),
      parameters: Object.fromEntries(
        filled.flatMap((module, i) =>
          module.namedParameters().flatMap(([name, p]) => (p.grad ? [[`${i}.${name}`, numbersOf(p.grad)]] : [])),
        ),
      ),
    };
  } catch (error) {
    const refused = error instanceof Error ? error.message : String(error);
    return { outputs: [], gradients: [], parameters: {}, refused, rough: !(error instanceof TensightError) };
  } finally {
    context.backend = before.backend;
    context.observer = before.observer;
  }
}
