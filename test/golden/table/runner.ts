import type { Tensor } from '../../../core/index.ts';
import type { Case, CaseData, Hyper } from '../cases.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** What a case computed. */
export interface Computed {
  /** By the case's names. */
  readonly outputs: Tensors;
  /** Where the gradients of `param.*` are to be found, where that is not the loaded parameters themselves. */
  readonly params?: Tensors;
}

/** Runs one case with our implementation. Throws `Missing` where there is none. */
export type Runner = (golden: Case, data: CaseData) => Computed;

/** A runner of inputs and hyperparameters alone. */
export function of(run: (inputs: Tensors, hyper: Hyper, params: Tensors) => unknown, name = 'y'): Runner {
  return ({ hparams }, { inputs, params }) => ({ outputs: { [name]: run(inputs, hparams, params) as Tensor } });
}

/** PyTorch's snake_case options in camelCase. */
export function camelCase(options: Hyper): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value]));
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
