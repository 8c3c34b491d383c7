/** Draws that are kept from run to run: the same numbers as without, whatever a run does to its tensors. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { context } from '../../../core/context.ts';
import { defineModel, nn, optim, rand, randn, type Tensor, tensor } from '../../../core/index.ts';
import { KeptDraws } from '../../../core/tensor/keptDraws.ts';
import { elementsOf } from '../../../core/tensor/tensor.ts';
import { runFile } from '../../../core/trace/run.ts';
import type { RunMode } from '../../../core/trace/trace.ts';

const width = 160;

class Wide extends nn.Module {
  table = new nn.Embedding(200, width, { paddingIdx: 3 });
  norm = new nn.BatchNorm1d(width);
  inner: nn.Linear;
  noise = new nn.Buffer(randn([150, 150]));
  pair = new nn.Parameter(rand([130, 130]));
  odd: nn.Linear;
  constructor(middle = 170, bias = true) {
    super();
    this.inner = new nn.Linear(width, middle, { bias });
    this.odd = new nn.Linear(middle, 120);
    nn.init.normal(this.odd.weight, 0, 0.02);
  }
  forward(ids: Tensor): Tensor {
    const x = this.norm.forward(this.table.forward(ids));
    return nn.functional.dropout(this.odd.forward(this.inner.forward(x)), 0.3);
  }
}

const bytesOf = (model: nn.Module) =>
  model.namedParameters().reduce((n, [, p]) => n + (p.numel >= 16_384 ? p.bytes : 0), 150 * 150 * 4);

const digest = (data: ArrayBufferView) =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');

/** All numbers of a run: of its parameters, of its output, and the next that its generator gives. */
function numbersOf(
  kept: KeptDraws | undefined,
  make: () => nn.Module,
  mode: RunMode = 'backward',
  spoil?: (model: nn.Module) => void,
) {
  let model: nn.Module | undefined;
  let start: string[] = [];
  const definition = defineModel({
    model: () => {
      model = make();
      start = [...model.parameters(), ...model.buffers()].map((p) => (p.isMeta ? '' : digest(elementsOf(p))));
      return model;
    },
    inputs: { ids: tensor([0, 1, 3, 7], { dtype: 'i32' }) },
  });
  const { trace, held } = runFile({
    ...{ file: 'a.model.ts', run: 1, mode, fallback: false, memoryLimit: 2 ** 28, sites: [] },
    ...(kept === undefined ? {} : { kept }),
    load: () => ({ default: definition }),
    now: () => 0,
  });
  const [traced] = trace.models;
  const output =
    traced?.output?.kind === 'tensor' && mode !== 'shape' ? held[0]!.tensors[traced.output.tensor] : undefined;
  const numbers = {
    start,
    statistics: traced?.tensors.map(({ stats, gradient }) => [stats, gradient]),
    output: output && digest(elementsOf(output)),
  };
  if (model !== undefined) spoil?.(model);
  return numbers;
}

afterEach(() => {
  expect(context.kept).toBeUndefined();
});

describe('draws that are kept', () => {
  const plain = numbersOf(undefined, () => new Wide());
  const forward = numbersOf(undefined, () => new Wide(), 'forward');
  expect(plain.output).toBeDefined();

  it('are the numbers that a run without them draws, and so is all that follows from them', () => {
    const kept = new KeptDraws();
    for (let run = 0; run < 3; run++)
      expect(
        numbersOf(kept, () => new Wide()),
        `run ${run}`,
      ).toEqual(plain);
    expect(kept.bytes).toBeGreaterThan(0);
  });

  it('are those of what makes them, after an edit too', () => {
    const kept = new KeptDraws();
    for (const make of [
      () => new Wide(),
      () => new Wide(171),
      () => new Wide(170, false),
      () => new Wide(),
      () => new nn.Sequential(new nn.Embedding(200, width), new nn.Linear(width, 170)),
      () => new nn.Sequential(new nn.Embedding(200, width), new nn.Linear(width, 171)),
    ])
      expect(numbersOf(kept, make)).toEqual(numbersOf(undefined, make));
  });

  it('share their memory from run to run, and nothing else is held', () => {
    const kept = new KeptDraws();
    let model = new Wide();
    const make = () => {
      model = new Wide();
      return model;
    };
    numbersOf(kept, make);
    const first = model.inner.weight.storage.data;
    numbersOf(kept, make);
    expect(model.inner.weight.storage.data).toBe(first);
    // The table's own rows, before its padding was written to, and what `odd` was before it was drawn again.
    expect(kept.bytes).toBe(bytesOf(model) + model.odd.weight.bytes);
    numbersOf(kept, () => new nn.Sequential(new nn.Embedding(200, width)));
    expect(kept.bytes).toBe(200 * width * 4);
  });

  it('a shape run leaves them alone, and one that fails does not let go of them', () => {
    const kept = new KeptDraws();
    numbersOf(kept, () => new Wide());
    const { bytes } = kept;
    numbersOf(kept, () => new Wide(), 'shape');
    numbersOf(kept, () => {
      new nn.Linear(width, 300);
      throw new Error('on purpose');
    });
    expect(kept.bytes).toBeGreaterThanOrEqual(bytes);
    expect(numbersOf(kept, () => new Wide())).toEqual(plain);
  });

  it('never hold more than a run may, and make room for one that needs it', () => {
    const kept = new KeptDraws();
    kept.begin(100_000);
    for (let i = 0; i < 5; i++)
      kept.fill({ data: new Float32Array(20_000) }, `${i}`, context.generator, (out) => out.fill(i));
    expect(kept.bytes).toBe(80_000);
    kept.begin(100_000);
    kept.makeRoom(15_000);
    expect(kept.bytes).toBe(80_000);
    kept.makeRoom(30_000);
    expect(kept.bytes).toBe(0);
  });

  const step =
    (make: (parameters: nn.Parameter[]) => { step(closure?: () => Tensor): unknown }) => (model: nn.Module) => {
      const optimizer = make(model.parameters() as nn.Parameter[]);
      for (let i = 0; i < 2; i++) {
        const loss = () => {
          for (const p of model.parameters()) p.grad = undefined;
          const sum = model
            .parameters()
            .map((p) => p.square().sum())
            .reduce((a, b) => a.add(b));
          sum.backward();
          return sum;
        };
        loss();
        optimizer.step(loss);
      }
    };
  const lr = 0.1;
  const writers: Record<string, (model: nn.Module) => void> = {
    SGD: step((p) => new optim.SGD(p, { lr, momentum: 0.9 })),
    Adam: step((p) => new optim.Adam(p, { lr })),
    AdamW: step((p) => new optim.AdamW(p, { lr })),
    Adagrad: step((p) => new optim.Adagrad(p, { lr })),
    Adadelta: step((p) => new optim.Adadelta(p, { lr })),
    Adamax: step((p) => new optim.Adamax(p, { lr })),
    NAdam: step((p) => new optim.NAdam(p, { lr })),
    RAdam: step((p) => new optim.RAdam(p, { lr })),
    RMSprop: step((p) => new optim.RMSprop(p, { lr })),
    Rprop: step((p) => new optim.Rprop(p, { lr })),
    ASGD: step((p) => new optim.ASGD(p, { lr })),
    LBFGS: step((p) => new optim.LBFGS(p, { lr, maxIter: 2 })),
    loadStateDict: (model) => {
      const other = new Wide();
      for (const p of other.parameters()) nn.init.constant(p, 7);
      model.loadStateDict(other.stateDict());
    },
    vectorToParameters: (model) =>
      nn.utils.vectorToParameters(nn.utils.parametersToVector(model.parameters()).mul(0), model.parameters()),
    'init, number by number': (model) => {
      for (const p of model.parameters()) nn.init.constant(p, 3);
    },
    'init by chance': (model) => {
      for (const p of model.parameters()) nn.init.uniform(p, 5, 6);
    },
    'init of a part': (model) => {
      for (const p of model.parameters()) nn.init.normal(p.narrow(0, 0, 2), 5);
    },
    sparse: (model) => nn.init.sparse((model as Wide).inner.weight, 0.9),
    'a padding row': (model) => (model as Wide).table.resetParameters(),
    toTypedArray: (model) => {
      for (const p of [...model.parameters(), ...model.buffers()]) p.toTypedArray().fill(9);
    },
    'a part’s toTypedArray': (model) => {
      for (const p of model.parameters()) p.narrow(0, 0, 1).toTypedArray().fill(9);
    },
    'train mode': (model) => {
      model.train();
      for (let i = 0; i < 3; i++) (model as Wide).forward(tensor([1, 2], { dtype: 'i32' }));
    },
  };
  it.each(Object.entries(writers))('are not written to by %s', (_, write) => {
    const kept = new KeptDraws();
    for (let run = 0; run < 2; run++) expect(numbersOf(kept, () => new Wide(), 'forward', write)).toEqual(forward);
    // Whoever wrote sees what it wrote.
    let changed = false;
    numbersOf(
      kept,
      () => new Wide(),
      'forward',
      (model) => {
        const before = model.parameters().map((p) => [...elementsOf(p)]);
        write(model);
        changed = model.parameters().some((p, i) => elementsOf(p).some((value, j) => value !== before[i]![j]));
      },
    );
    expect(changed).toBe(_ !== 'train mode');
  });
});
