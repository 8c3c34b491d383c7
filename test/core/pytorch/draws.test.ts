/** What a seed leads to against PyTorch's (draws.json, written by draws.py): every layer, every way to draw, and how far each moves the generator. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import * as tensight from '../../../core/index.ts';
import { manualSeed, nn, randint, randn, type Tensor } from '../../../core/index.ts';
import { near } from '../near.ts';
import { recorded } from './recorded.ts';

interface Drawn {
  readonly tensors: readonly (readonly [name: string, data: string])[];
  readonly next: readonly string[];
}

interface Case {
  readonly ours: string;
  /** Whether PyTorch rounds as we do. */
  readonly exact: boolean;
  readonly drawn: Readonly<Record<string, Drawn>>;
}

const cases = recorded<Case[]>('draws.json', import.meta.url);

/** As in draws.py. */
const most = 16;

/** Vectors that are divided by their length, which is a sum in another order. */
const isRounded = (name: string) => /_[guv]$/.test(name);

/** What a norm counts is not drawn. */
const followsBatches = (name: string) => /(^|\.)(running_mean|running_var|num_batches_tracked)$/.test(name);

const made = (expression: string): unknown =>
  new Function(...Object.keys(tensight), `return ${expression}`)(...Object.values(tensight));

function tensors(value: unknown): readonly (readonly [string, Tensor])[] {
  if (value instanceof nn.Module) return Object.entries(value.stateDict()).filter(([name]) => !followsBatches(name));
  return (Array.isArray(value) ? value : [value]).map((t: Tensor) => ['', t]);
}

const bytes = (t: Tensor) => {
  const data = t.toTypedArray();
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
};

function written(t: Tensor): string {
  const data = bytes(t);
  return t.numel <= most ? data.toString('base64') : createHash('sha256').update(data).digest('hex');
}

function floats(data: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(data, 'base64')).buffer);
}

const backends = availableBackends().map((backend) => [backend.name, backend] as const);

describe.each(backends)('on %s, what a seed leads to is PyTorch’s, to the last bit', (_, backend) => {
  test.each(cases.map((one) => [one.ours, one] as const))('%s', (ours, { exact, drawn }) => {
    context.backend = backend;
    for (const [seed, expected] of Object.entries(drawn)) {
      manualSeed(Number(seed));
      const actual = tensors(made(ours));
      const next = [randint(0, 2 ** 31 - 1, [2]), randn([1])];
      expect(actual.map(([name]) => name)).toEqual(expected.tensors.map(([name]) => name));
      actual.forEach(([name, t], i) => {
        const [, data] = expected.tensors[i]!;
        if (exact && !isRounded(name)) expect([seed, name, written(t)]).toEqual([seed, name, data]);
        else {
          const wanted = floats(data);
          expect(t.numel).toBe(wanted.length);
          t.toTypedArray().forEach((x: number, k: number) => {
            if (!near(x, wanted[k]!, 3e-6, 3e-7)) expect.fail(`${ours} ${name}: ${x}, PyTorch has ${wanted[k]}`);
          });
        }
      });
      expect([seed, ...next.map(written)]).toEqual([seed, ...expected.next]);
    }
  });
});
