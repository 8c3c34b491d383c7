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

/**
 * Answers one case after the other. Some releases of PyTorch end the whole process on some inputs: then another is started, and the cases
 * that were on their way stay without an answer.
 */
export class Torch {
  readonly #python: string;
  #process: ChildProcessWithoutNullStreams;
  #waiting: ((line: Line | undefined) => void)[] = [];
  #ended = false;
  /** How often PyTorch's process ended by itself, and what it last said. */
  readonly deaths: string[] = [];

  constructor(python: string) {
    this.#python = python;
    this.#process = this.#start();
  }

  #start(): ChildProcessWithoutNullStreams {
    const started = spawn(this.#python, ['-W', 'ignore', fromRoot('test', 'fuzz', 'pytorch.py')], {
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    let errors = '';
    let answered = false;
    createInterface({ input: started.stdout }).on('line', (line) => {
      answered = true;
      this.#waiting.shift()?.(JSON.parse(line) as Line);
    });
    started.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2000);
    });
    // Writing to a process that has just ended: its end is what counts.
    started.stdin.on('error', () => {});
    started.on('exit', (code, signal) => {
      if (this.#ended) return;
      if (!answered) throw new Error(`PyTorch's process does not start: ${errors}`);
      this.deaths.push(`${signal ?? code}: ${errors.trim()}`);
      for (const resolve of this.#waiting.splice(0)) resolve(undefined);
      this.#process = this.#start();
    });
    return started;
  }

  /** What PyTorch gives for a case; undefined where its process ended over it. Throws where the case's Python is broken. */
  async answer(given: Case): Promise<Answer | undefined> {
    const line = await new Promise<Line | undefined>((resolve) => {
      this.#waiting.push(resolve);
      this.#process.stdin.write(`${JSON.stringify({ inputs: given.inputs.map(encoded), code: given.theirs })}\n`);
    });
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
    this.#process.stdin.end();
  }
}
