/** Runs a golden case: the case's own code, over our engine. Nothing about a case is known here but what the case says. */
import { nn, type Tensor, tensor } from '../../core/index.ts';
import type { Case, CaseData } from './cases.ts';
import { evaluatePython, runPython } from './python/interpreter.ts';
import { unwrapped } from './python/objects.ts';
import { scopeWith } from './python/torch.ts';
import { ready } from './ready.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** What a case computed. */
export interface Computed {
  /** By the case's names. */
  readonly outputs: Tensors;
  /** Where the gradients of `param.*` are to be found, where that is not the loaded parameters themselves. */
  readonly params?: Tensors;
}

/** Objects of JSON as Python's dictionaries. */
function python(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(python);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([name, each]) => [name, python(each)]));
}

function scopeOf({ hparams }: Case, tensors: Tensors = {}): Map<string, unknown> {
  const hyper = python(hparams) as Map<string, unknown>;
  return scopeWith({ ...Object.fromEntries(hyper), hp: hyper, ...tensors });
}

/** Outputs and, of a module, the parameters that now have gradients. Throws `Missing` where the core has not what the case uses. */
export function runCase(golden: Case, data: CaseData): Computed {
  const scope = scopeOf(golden, { ...data.params, ...data.buffers, ...data.inputs });
  const own = moduleOf(golden, data, scope);
  const made = ready[golden.op]?.(golden, data) ?? {};
  for (const [name, value] of Object.entries(made)) scope.set(name, value);
  runPython(golden.code, scope, new Set(Object.keys(made)));
  const outputs = golden.outputs.map(({ name }) => {
    const value = scope.get(name);
    return [name, typeof value === 'number' ? tensor(value) : (value as Tensor)] as const;
  });
  return { outputs: Object.fromEntries(outputs), ...(own && { params: own.stateDict() }) };
}

/** The case's module, built from what it says, filled by `loadStateDict`, whose names and shapes are so checked too. */
export function moduleOf(golden: Case, { params, buffers }: CaseData, scope = scopeOf(golden)): nn.Module | undefined {
  const { module, training } = golden;
  if (module === undefined || module === null) return undefined;
  const callable = evaluatePython(module, scope);
  const own = unwrapped(callable);
  if (!(own instanceof nn.Module)) throw new Error(`${module} makes no module`);
  own.train(training ?? true);
  own.loadStateDict({ ...params, ...buffers });
  scope.set('m', callable);
  return own;
}
