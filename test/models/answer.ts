/** What PyTorch makes of the same state and inputs, asked live (reference.py) or read from values/. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Inputs, readSafetensors, Tensor, tensor, writeSafetensors } from '../../core/index.ts';
import { findPython } from '../../scripts/lib/python.mjs';
import type { Given } from './given.ts';
import { cotangents } from './run.ts';

const here = import.meta.dirname;

/** Of a network, by path: what PyTorch's `state_dict` holds, and what each call of each module gave. */
export interface Facts {
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly calls: Readonly<Record<string, readonly (readonly number[])[][]>>;
}

export interface Answer {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly facts: Facts;
}

/** A PyTorch that is asked; start it once, for it takes seconds, and end it. */
export class Reference {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tensight-models-'));
  readonly #python = spawn(findPython(), ['-B', join(here, 'reference.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#python.stdout })[Symbol.asyncIterator]();

  /** What it makes of a network. `outputs` are the shapes of the network's outputs. */
  ask(network: string, given: Given, outputs: readonly (readonly number[])[]): Promise<Answer> {
    const all = {
      ...prefixed('state', given.root.stateDict()),
      ...inputsOf(given.inputs),
      ...cotangents(given, outputs),
    };
    return this.#request(all, { network, training: String(given.training) }, given.inputs, false);
  }

  /** Names and shapes of a network, without a number. */
  async facts(network: string, inputs: Inputs): Promise<Facts> {
    return (await this.#request(inputsOf(inputs), { network }, inputs, true)).facts;
  }

  end(): void {
    this.#python.stdin.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #request(
    tensors: Readonly<Record<string, Tensor>>,
    metadata: Readonly<Record<string, string>>,
    inputs: Inputs,
    shapes: boolean,
  ): Promise<Answer> {
    const [given, answer] = ['given', 'answer'].map((name) => join(this.#folder, `${name}.safetensors`)) as [
      string,
      string,
    ];
    writeFileSync(given, writeSafetensors(tensors, { ...metadata, inputs: JSON.stringify(Object.keys(inputs)) }));
    this.#python.stdin.write(`${JSON.stringify({ given, answer, shapes })}\n`);
    const { done, value } = await this.#lines.next();
    const wrong: string | null = done ? 'it has ended' : JSON.parse(value);
    if (wrong !== null) throw new Error(`reference.py: ${wrong}`);
    const file = readSafetensors(readFileSync(answer));
    const { state, calls } = file.metadata;
    return { tensors: file.tensors, facts: { state: JSON.parse(state!), calls: JSON.parse(calls!) } };
  }
}

function inputsOf(inputs: Inputs): Record<string, Tensor> {
  const tensors = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor);
  return prefixed('input', Object.fromEntries(tensors));
}

function prefixed(kind: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [`${kind}.${name}`, value]));
}

/** What is kept of a tensor: its root mean square, and elements of it, evenly chosen. */
export function sample(value: Tensor, most = 24): Tensor {
  const data = value.toTypedArray();
  let squares = 0;
  for (const x of data) squares += x * x;
  const rms = Math.sqrt(squares / Math.max(data.length, 1));
  const count = Math.min(most, data.length);
  return tensor([rms, ...Array.from({ length: count }, (_, i) => data[Math.floor((i * data.length) / count)]!)]);
}

const file = (network: string, training: boolean) =>
  join(here, 'values', `${network.replace(' ', '-')}${training ? '.training' : ''}.safetensors`);

/** Keeps samples of an answer, and the inputs that are whole numbers: they are drawn. */
export function keep(network: string, { training, inputs }: Given, { tensors }: Answer): void {
  mkdirSync(join(here, 'values'), { recursive: true });
  const kept = Object.entries(tensors).map(([name, value]) => [name, sample(value)]);
  const drawn = Object.entries(inputs).flatMap(([name, value]) =>
    value instanceof Tensor && value.dtype === 'i32' ? [[`input.${name}`, value]] : [],
  );
  writeFileSync(file(network, training), writeSafetensors(Object.fromEntries([...kept, ...drawn])));
}

/** What was kept: samples by name, and inputs. */
export function kept(network: string, training: boolean) {
  const path = file(network, training);
  if (!existsSync(path)) throw new Error(`${path} is missing: MODELS_WRITE=1 npm run test:models writes it`);
  const { tensors } = readSafetensors(readFileSync(path));
  const all = Object.entries(tensors);
  const inputs = all.flatMap(([name, value]) => (name.startsWith('input.') ? [[name.slice(6), value] as const] : []));
  return {
    samples: Object.fromEntries(all.filter(([name]) => !name.startsWith('input.'))),
    inputs: Object.fromEntries(inputs),
  };
}
