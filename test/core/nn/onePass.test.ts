/** What nobody watches is done in one pass by kernels; watched, it is made of visible operations. Both are the same numbers. */
import { describe, expect, test } from 'vitest';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context, type Observer } from '../../../core/context.ts';
import { causalMask, manualSeed, nn, noGrad, randn, type Tensor, tensor } from '../../../core/index.ts';
import type { Module } from '../../../core/nn/module.ts';
import { wide } from '../../harness/wideTiles.ts';

interface Seen {
  readonly outputs: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** An observer that only counts. */
function watcher(): Observer & { ops: string[] } {
  const ops: string[] = [];
  return {
    ops,
    opStart: () => 0,
    opEnd: (_token, op) => void ops.push(op.name),
    moduleCreated() {},
    callStart: () => 0,
    callEnd() {},
    gradient() {},
    backwardOp() {},
    allocate() {},
  };
}

const list = (x: Tensor) => [...x.toTypedArray()];

function seen(model: Module, inputs: Record<string, Tensor>, forward: () => readonly Tensor[], watched: boolean) {
  const observer = watcher();
  for (const p of [...model.parameters(), ...Object.values(inputs)]) p.grad = undefined;
  context.observer = watched ? observer : undefined;
  try {
    const outputs = forward();
    const loss = outputs
      .map((out, i) =>
        out
          .mul(i + 1)
          .square()
          .sum(),
      )
      .reduce((a, b) => a.add(b));
    loss.backward();
    const named = [...model.namedParameters(), ...Object.entries(inputs)];
    const gradients = Object.fromEntries(named.map(([name, t]) => [name, t.grad ? list(t.grad) : []]));
    return { result: { outputs: outputs.map(list), gradients } satisfies Seen, ops: observer.ops };
  } finally {
    context.observer = undefined;
  }
}

function agree(model: Module, inputs: Record<string, Tensor>, forward: () => readonly Tensor[], pass: string): void {
  const plain = seen(model, inputs, forward, false);
  const watched = seen(model, inputs, forward, true);
  expect(watched.ops).not.toContain(pass);
  const close = (a: readonly number[], b: readonly number[]) => {
    expect(a).toHaveLength(b.length);
    const size = Math.max(1, ...b.map(Math.abs));
    expect(Math.max(0, ...a.map((x, i) => Math.abs(x - b[i]!)))).toBeLessThanOrEqual(2e-5 * size);
  };
  plain.result.outputs.forEach((output, i) => {
    close(output, watched.result.outputs[i]!);
  });
  for (const [name, gradient] of Object.entries(watched.result.gradients)) {
    expect(gradient.length, name).toBeGreaterThan(0);
    close(plain.result.gradients[name]!, gradient);
  }
}

const input = (...shape: number[]) => Object.assign(randn(shape), { requiresGrad: true });

describe.each(availableBackends({ wide, eager: true }).map((backend) => [backend.name, backend] as const))(
  'on %s',
  (_, backend) => {
    const before = context.backend;
    const on = (body: () => void) => () => {
      context.backend = backend;
      manualSeed(3);
      try {
        body();
      } finally {
        context.backend = before;
      }
    };

    describe('attention of many heads gives what it gives when watched', () => {
      const masks = {
        'without a mask': () => ({}),
        causal: () => ({ isCausal: true }),
        'with a bool mask': () => ({ attnMask: causalMask(5) }),
        'with a float mask a head': () => ({ attnMask: randn([2 * 3, 5, 5]) }),
        'with padding': () => ({
          keyPaddingMask: tensor([
            [false, false, false, true, true],
            [false, false, false, false, true],
          ]),
        }),
      };
      test.each(Object.entries(masks))('%s', (_name, mask) =>
        on(() => {
          for (const batchFirst of [false, true]) {
            const attention = new nn.MultiheadAttention(12, 3, { batchFirst });
            const x = batchFirst ? input(2, 5, 12) : input(5, 2, 12);
            const options = mask();
            agree(attention, { x }, () => attention.forward(x, x, x, options), 'multiHeadAttention');
          }
        })(),
      );

      test(
        'and NaN where a sequence sees nothing, in gradients too, so that it does not look healthy',
        on(() => {
          const attention = new nn.MultiheadAttention(4, 2, { batchFirst: true });
          const x = input(2, 3, 4);
          const keyPaddingMask = tensor([
            [false, false, true],
            [true, true, true],
          ]);
          for (const watched of [false, true]) {
            const forward = () => [attention.forward(x, x, x, { keyPaddingMask })[0]];
            const { outputs, gradients } = seen(attention, { x }, forward, watched).result;
            expect(outputs[0]!.map(Number.isNaN)).toEqual([...Array(12).fill(false), ...Array(12).fill(true)]);
            expect(gradients.in_proj_weight!.every(Number.isNaN)).toBe(true);
            expect(gradients.x!.slice(12).every(Number.isNaN)).toBe(true);
          }
        }),
      );

      test(
        'and no weights where none are asked for',
        on(() => {
          const attention = new nn.MultiheadAttention(4, 2);
          for (const x of [randn([3, 2, 4]), randn([3, 4])])
            for (const observer of [undefined, watcher()]) {
              context.observer = observer;
              expect(attention.forward(x, x, x, { needWeights: false })[1]).toBeUndefined();
              context.observer = undefined;
            }
        }),
      );

      test(
        'and weights are those of the time it ran, whenever they are read',
        on(() => {
          const attention = new nn.MultiheadAttention(8, 2);
          const x = randn([3, 2, 8]);
          const before = list(attention.forward(x, x, x)[1]);
          const late = attention.forward(x, x, x);
          const silent = noGrad(() => attention.forward(x, x, x));
          for (const p of attention.parameters()) nn.init.normal(p);
          expect(list(late[1])).toEqual(before);
          expect(list(silent[1])).toEqual(before);
          expect([late[1].requiresGrad, silent[1].requiresGrad]).toEqual([true, false]);
          expect(noGrad(() => attention.forward(x, x, x)[1].requiresGrad)).toBe(false);
        }),
      );

      test(
        'from one sequence to another, of other widths and lengths, over more queries than one block has',
        on(() => {
          const wide = new nn.MultiheadAttention(8, 2, { kdim: 6, vdim: 5, batchFirst: true });
          const [q, k, v] = [input(1, 130, 8), input(1, 7, 6), input(1, 7, 5)];
          agree(wide, { q, k, v }, () => [wide.forward(q, k, v)[0]], 'multiHeadAttention');
          const causal = new nn.MultiheadAttention(8, 2);
          const long = input(200, 1, 8);
          agree(
            causal,
            { long },
            () => [causal.forward(long, long, long, { isCausal: true })[0]],
            'multiHeadAttention',
          );
        }),
      );
    });

    describe('a recurrence gives what it gives when watched', () => {
      const layers = {
        RNN: () => new nn.RNN(3, 5, { bidirectional: true }),
        'RNN of relu': () => new nn.RNN(3, 6, { nonlinearity: 'relu' }),
        LSTM: () => new nn.LSTM(3, 5, { bidirectional: true }),
        'LSTM of two layers without biases': () => new nn.LSTM(3, 4, { numLayers: 2, bias: false }),
        GRU: () => new nn.GRU(3, 5, { bidirectional: true, batchFirst: true }),
        'GRU without biases': () => new nn.GRU(3, 7, { bias: false }),
      };
      test.each(Object.entries(layers))('%s', (_name, make) =>
        on(() => {
          const layer = make();
          const x = input(4, 3, 3);
          const forward = () => {
            const [output, state] = layer.forward(x);
            return [output, ...(Array.isArray(state) ? (state as Tensor[]) : [state as Tensor])];
          };
          agree(layer, { x }, forward, 'recurrence');
        })(),
      );
    });
  },
);
