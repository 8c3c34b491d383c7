import { describe, expect, test } from 'vitest';
import { manualSeed, nn, randn, type Tensor, tensor, zeros } from '../../../core/index.ts';

function numbers(t: Tensor): number[] {
  return [...t.toTypedArray()];
}

function expectSame(a: Tensor, b: Tensor): void {
  expect(a.shape).toEqual(b.shape);
  for (const [i, value] of numbers(a).entries()) expect(value).toBeCloseTo(numbers(b)[i]!, 5);
}

describe('a recurrent layer', () => {
  test('gives a padded sequence what it gives the sequence alone, in both directions', () => {
    manualSeed(1);
    const layer = new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true, batchFirst: true });
    const x = randn([2, 5, 3]);
    const [output, [h]] = layer.forward(x, undefined, { lengths: [5, 2] });
    const [short, [shortH]] = layer.forward(x.narrow(0, 1, 1).narrow(1, 0, 2));
    expectSame(output.narrow(0, 1, 1).narrow(1, 0, 2), short);
    expectSame(h.narrow(1, 1, 1), shortH);
    expect(numbers(output.select(0, 1).narrow(0, 2, 3)).every((v) => v === 0)).toBe(true);
  });

  test('does in a loop over its cell what it does at once', () => {
    manualSeed(2);
    const layer = new nn.GRU(3, 4);
    const cell = new nn.GRUCell(3, 4);
    const state = layer.stateDict();
    cell.loadStateDict(Object.fromEntries(Object.entries(state).map(([name, t]) => [name.replace('_l0', ''), t])));
    const x = randn([4, 2, 3]);
    let h: Tensor | undefined;
    for (let t = 0; t < 4; t++) h = cell.forward(x.select(0, t), h);
    expectSame(layer.forward(x)[1].squeeze(0), h!);
  });

  test('remembers less the longer ago it was', () => {
    manualSeed(3);
    const x = randn([30, 1, 4]);
    x.requiresGrad = true;
    const [output] = new nn.RNN(4, 8).forward(x);
    output.select(0, -1).sum().backward();
    const norms = x.grad!.norm(2, [1, 2]).toTypedArray();
    expect(norms[29]! / norms[0]!).toBeGreaterThan(1000);
  });

  test('says which state, widths or lengths would fit', () => {
    const layer = new nn.RNN(3, 4, { batchFirst: true });
    expect(() => layer.forward(zeros([2, 5, 2]))).toThrow(
      /RNN: expected 3 features on the last axis of the input, got 2/,
    );
    expect(() => layer.forward(zeros([2, 5, 3]), zeros([2, 1, 4]))).toThrow(
      /expected a state \[1, 2, 4\], got \[2, 1, 4\]/,
    );
    expect(() => layer.forward(zeros([2, 5, 3]), undefined, { lengths: [6, 1] })).toThrow(
      /lengths of at most 5 steps, got \[6, 1\]/,
    );
    expect(() => layer.forward(zeros([3]))).toThrow(/expected \[batch, seq, input\]/);
  });
});

describe('a batch norm', () => {
  test('normalises each channel in training, and by what it has seen in evaluation', () => {
    manualSeed(4);
    const norm = new nn.BatchNorm1d(2, { momentum: null });
    const x = randn([64, 2])
      .mul(3)
      .add(tensor([10, -5]));
    const y = norm.forward(x);
    for (const mean of numbers(y.mean(0))) expect(mean).toBeCloseTo(0, 5);
    for (const std of numbers(y.std(0))) expect(std).toBeCloseTo(1, 1);
    expectSame(norm.runningMean!, x.mean(0));
    expect(norm.numBatchesTracked!.item()).toBe(1);
    norm.eval();
    expectSame(norm.forward(x.narrow(0, 0, 4)), y.narrow(0, 0, 4).mul(Math.sqrt(63 / 64)));
  });

  test('says what has no variance, and how many channels came', () => {
    expect(() => new nn.BatchNorm1d(3).forward(zeros([1, 3]))).toThrow(/one value per channel/);
    expect(() => new nn.BatchNorm2d(3).forward(zeros([2, 4, 5, 5]))).toThrow(/with 3 channels, got 4/);
    expect(() => new nn.BatchNorm2d(3).forward(zeros([2, 3]))).toThrow(/expected \[batch, channel, height, width\]/);
  });
});

describe('a convolution', () => {
  test('says how many channels would fit, and groups that do not divide', () => {
    expect(() => new nn.Conv2d(3, 8, 3).forward(zeros([1, 1, 8, 8]))).toThrow(
      /Conv2d\(3 → 8\): expected an input of 3 channels \(its second axis\), got 1/,
    );
    expect(() => new nn.Conv1d(3, 8, 3, { groups: 2 })).toThrow(
      /2 groups divide 3 input and 8 output channels unevenly/,
    );
  });

  test('describes itself', () => {
    expect(String(new nn.Conv2d(1, 6, 5, { padding: 2, bias: false }))).toBe(
      'Conv2d(1 → 6, kernel 5×5, padding 2, no bias)',
    );
    expect(String(new nn.MaxPool2d([2, 3]))).toBe('MaxPool2d(2×3)');
  });
});
