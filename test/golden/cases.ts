/** The golden cases: what PyTorch computed, read from `GOLDEN_DIR` (default: `data/` beside this file). */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Tensor, tensor } from '../../core/index.ts';
import { readSafetensors } from '../../core/io/safetensors.ts';

export type Hyper = Readonly<Record<string, unknown>>;

export interface Named {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

export interface Case {
  readonly id: string;
  readonly file: string;
  readonly group: string;
  readonly kind: 'function' | 'module' | 'composite' | 'optimizer';
  readonly op: string;
  readonly hparams: Hyper;
  /** What was computed, in Python: over the names of the tensors and the hyper-parameters. */
  readonly code: string;
  /** What makes the module `m` of `code`, in Python: over the hyper-parameters and `hp`, all of them. */
  readonly module?: string | null;
  readonly training?: boolean;
  readonly inputs: readonly (Named & { readonly grad?: boolean; readonly bool?: boolean })[];
  readonly params: readonly Named[];
  readonly buffers: readonly Named[];
  readonly outputs: readonly (Named & Tolerance & { readonly dtype: string; readonly cotangent?: boolean })[];
  readonly grads: readonly (Tolerance & { readonly of: string })[];
}

const here = dirname(fileURLToPath(import.meta.url));
export const goldenDir = process.env.GOLDEN_DIR ? resolve(process.env.GOLDEN_DIR) : join(here, 'data');

export const cases = (JSON.parse(readFileSync(join(goldenDir, 'index.json'), 'utf8')) as { cases: Case[] }).cases;

export function caseById(id: string): Case {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no golden case ${id} in ${goldenDir}`);
  return found;
}

/** One case's tensors: what goes in, and what PyTorch got out. */
export interface CaseData {
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Leaves that want a gradient. */
  readonly params: Readonly<Record<string, Tensor>>;
  readonly buffers: Readonly<Record<string, Tensor>>;
  /** Everything in the file, by its name there. */
  readonly file: Readonly<Record<string, Tensor>>;
}

export function loadCase(golden: Case): CaseData {
  const { tensors: file } = readSafetensors(readFileSync(join(goldenDir, golden.file)));
  const inputs: Record<string, Tensor> = {};
  for (const { name, grad, bool } of golden.inputs) {
    const stored = file[`input.${name}`]!;
    const input = bool ? tensor(stored.toTypedArray(), { dtype: 'bool', shape: stored.shape }) : stored;
    input.requiresGrad = grad === true;
    inputs[name] = input;
  }
  const params: Record<string, Tensor> = {};
  for (const { name } of golden.params) {
    const param = file[`param.${name}`]!;
    param.requiresGrad = true;
    params[name] = param;
  }
  const buffers = Object.fromEntries(golden.buffers.map(({ name }) => [name, file[`buffer.${name}`]!]));
  return { inputs, params, buffers, file };
}
