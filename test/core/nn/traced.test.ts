/** Layers and losses in runs that leave a trace: shapes alone, values, and gradients. */
import { describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { defineModel, nn, randn, type Tensor, tensor } from '../../../core/index.ts';
import { runFile } from '../../../core/trace/run.ts';
import type { RunMode } from '../../../core/trace/trace.ts';

/** A speech recogniser in small: planes of sound, columns of features, labels without times. */
class Reader extends nn.Module {
  pad = new nn.ReflectionPad2d(1);
  conv = new nn.Conv2d(1, 4, 3);
  norm = new nn.InstanceNorm2d(4, { affine: true, trackRunningStats: true });
  drop = new nn.AlphaDropout(0.1);
  shuffle = new nn.PixelShuffle(2);
  unfold = new nn.Unfold([16, 2], { stride: [1, 2] });
  classes = new nn.Linear(32, 5);
  scales = new nn.ParameterList([new nn.Parameter(tensor([2]))]);
  seen: string[] = [];

  constructor() {
    super();
    this.norm.registerFullBackwardHook((_, gradInput, gradOutput) => {
      this.seen.push(`${gradInput[0]?.shape} ← ${gradOutput[0]?.shape}`);
      return undefined;
    });
  }

  forward(x: Tensor): Tensor {
    const planes = this.drop.forward(nn.functional.selu(this.norm.forward(this.conv.forward(this.pad.forward(x)))));
    const columns = this.unfold.forward(this.shuffle.forward(planes)).permute(2, 0, 1);
    return this.classes.forward(columns.mul(this.scales.at(0))).logSoftmax(-1);
  }
}

const readers: Reader[] = [];
const file = () => ({
  default: defineModel({
    model: () => {
      const reader = new Reader();
      readers.push(reader);
      return reader;
    },
    inputs: { x: randn([2, 1, 8, 8], { axes: ['batch', 'channel', 'height', 'width'] }) },
    targets: {
      labels: tensor(
        [
          [1, 2],
          [3, 3],
        ],
        { dtype: 'i32' },
      ),
    },
    loss: ({ output, targets }) => new nn.CTCLoss().forward(output, targets.labels, [8, 8], [2, 2]),
  }),
});

const run = (mode: RunMode) =>
  runFile({
    file: 'reader.model.ts',
    run: 1,
    mode,
    fallback: true,
    memoryLimit: 1e9,
    sites: [],
    load: file,
    now: () => performance.now(),
  }).trace;

describe('layers and a loss of their own kind', () => {
  test.each(['shape', 'forward', 'backward'] as const)('are traced in a %s run', (mode) => {
    const { problems, models } = run(mode);
    expect(problems).toEqual([]);
    const [model] = models;
    expect(model!.provenance).toBe(mode === 'shape' ? 'inferred' : 'executed');
    const { output } = model!;
    expect(output?.kind === 'tensor' && model!.tensors[output.tensor]!.shape).toEqual([8, 2, 5]);
    expect(model!.modules.find(({ path }) => path === 'scales')!.parameters).toBe(1);
    expect(context.observer).toBeUndefined();
    if (mode !== 'backward') return;
    expect(model!.ops.some(({ name }) => name === 'ctcLoss')).toBe(true);
    expect(readers.at(-1)!.seen).toEqual(['2,4,8,8 ← 2,4,8,8']);
  });
});
