/** A PyTorch that answers cases: one process for as long as the fuzzer runs, fed lines of JSON. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import { type Case, type Given, laidOut } from './case.ts';
import type { Answer, Numbers } from './evaluate.ts';

interface Encoded {
  readonly dtype: 'f32' | 'i32' | 'bool';
  readonly shape: readonly number[];
  readonly data: string;
}

interface Line {
  /** The first line of a process: it can be asked. */
  readonly ready?: true;
  readonly outputs?: readonly Encoded[];
  readonly gradients?: readonly (Encoded | null)[];
  readonly parameters?: Readonly<Record<string, Encoded>>;
  readonly refused?: string;
  /** The case's Python is no Python, or calls what PyTorch has not: a fault of the fuzzer. */
  readonly broken?: string;
}

const memory = { f32: Float32Array, i32: Int32Array, bool: Uint8Array } as const;

function decoded({ dtype, shape, data }: Encoded): Numbers {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return { dtype, shape, values: new memory[dtype](bytes.buffer) };
}

/** Row by row: how a tensor lies in memory is our engine's matter. */
function encoded(given: Given): Encoded & { grad: boolean } {
  const values = laidOut(given).toTypedArray();
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
  return { dtype: given.dtype, shape: given.shape, data, grad: given.grad };
}

/** The Python that has PyTorch; undefined where none has. */
export function pythonWithTorch(): string | undefined {
  const candidates = ['python3', '/usr/bin/python3'];
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0);
}

/** A question on its way: its line, and who waits for the answer. */
interface Question {
  readonly line: string;
  readonly about: string;
  readonly resolve: (line: Line | undefined) => void;
}

/** How long one answer may take before its process counts as stuck. */
const patienceMs = 120_000;

export interface TorchOptions {
  /** What is started; the answering script of this folder where left out. */
  readonly args?: readonly string[];
  readonly patienceMs?: number;
}

/**
 * Answers one case after the other. Some releases of PyTorch end the whole process on some inputs, or never come back: then another
 * process is started, the case that the last one was at stays without an answer, and all others that wait are asked again.
 */
export class Torch {
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #patienceMs: number;
  #process: ChildProcessWithoutNullStreams;
  readonly #waiting: Question[] = [];
  /** Runs while the process is at a question. */
  #timer: NodeJS.Timeout | undefined;
  #ready = false;
  #ended = false;
  #broken: Error | undefined;
  /** How each process that ended by itself ended, what it last said, and the case it was at. */
  readonly deaths: string[] = [];

  constructor(python: string, options: TorchOptions = {}) {
    this.#command = python;
    this.#args = options.args ?? ['-W', 'ignore', fromRoot('test', 'fuzz', 'pytorch.py')];
    this.#patienceMs = options.patienceMs ?? patienceMs;
    this.#process = this.#start();
  }

  #start(): ChildProcessWithoutNullStreams {
    const started = spawn(this.#command, this.#args, { env: { ...process.env, OMP_NUM_THREADS: '1' } });
    let errors = '';
    this.#ready = false;
    createInterface({ input: started.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.ready) {
        this.#ready = true;
        return this.#watch();
      }
      const question = this.#waiting.shift();
      this.#watch();
      question?.resolve(line);
    });
    started.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2000);
    });
    // Writing to a process that has just ended: its end is what counts.
    started.stdin.on('error', () => {});
    started.on('error', (error) => this.#fail(error));
    // Not on its exit: what it has still written is read first.
    started.on('close', (code, signal) => {
      if (this.#ended || this.#broken !== undefined) return;
      if (!this.#ready) return this.#fail(new Error(`PyTorch's process does not start: ${errors}`));
      clearTimeout(this.#timer);
      const over = this.#waiting.shift();
      this.deaths.push([`${signal ?? code}`, over?.about, errors.trim()].filter(Boolean).join(': '));
      this.#process = this.#start();
      for (const { line } of this.#waiting) this.#process.stdin.write(line);
      over?.resolve(undefined);
    });
    return started;
  }

  /** There is no PyTorch to ask: whoever waits is told why. */
  #fail(error: Error): void {
    this.#broken = error;
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
  }

  /** The process is ready, has answered or is asked: the time of its next answer begins. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (!this.#ready || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => this.#process.kill('SIGKILL'), this.#patienceMs);
    this.#timer.unref();
  }

  /**
   * What PyTorch gives for a case, in `double` precision (rounded at the end) or in floats; undefined where its process ended over
   * it. Throws where the case's Python is broken, and where PyTorch does not start.
   */
  async answer(given: Case, { double = false } = {}): Promise<Answer | undefined> {
    if (this.#broken !== undefined) throw this.#broken;
    const asked = JSON.stringify({ inputs: given.inputs.map(encoded), code: given.theirs, double });
    const line = await new Promise<Line | undefined>((resolve) => {
      this.#waiting.push({ line: `${asked}\n`, about: `${given.family} ${given.name}`, resolve });
      if (this.#waiting.length === 1) this.#watch();
      this.#process.stdin.write(`${asked}\n`);
    });
    if (this.#broken !== undefined) throw this.#broken;
    if (line === undefined) return undefined;
    if (line.broken !== undefined) throw new Error(`${given.family} ${given.name}: ${line.broken} in ${given.theirs}`);
    const { outputs = [], gradients = [], parameters = {}, refused } = line;
    return {
      outputs: outputs.map(decoded),
      gradients: gradients.map((gradient) => (gradient === null ? undefined : decoded(gradient))),
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decoded(value)])),
      ...(refused !== undefined && { refused }),
    };
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#process.stdin.end();
  }
}
