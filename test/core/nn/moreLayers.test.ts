import { describe, expect, test } from 'vitest';
import { formatShape, full, manualSeed, nn, optim, randn, tensor, zeros } from '../../../core/index.ts';

describe('layers that wrap a function', () => {
  test('give what it gives, and describe themselves', () => {
    const x = tensor([-4, -0.3, 0, 0.7, 8]);
    const F = nn.functional;
    const pairs: [nn.Module, unknown, string][] = [
      [new nn.Hardtanh(-2, 2), F.hardtanh(x, -2, 2), 'Hardtanh(-2 … 2)'],
      [new nn.ReLU6(), F.relu6(x), 'ReLU6()'],
      [new nn.Hardsigmoid(), F.hardsigmoid(x), 'Hardsigmoid()'],
      [new nn.Hardswish(), F.hardswish(x), 'Hardswish()'],
      [new nn.Hardshrink(), F.hardshrink(x), 'Hardshrink(lambda=0.5)'],
      [new nn.Softshrink(0.4), F.softshrink(x, 0.4), 'Softshrink(lambda=0.4)'],
      [new nn.Threshold(0.5, 9), F.threshold(x, 0.5, 9), 'Threshold(threshold=0.5, value=9)'],
      [new nn.SELU(), F.selu(x), 'SELU()'],
      [new nn.CELU(2), F.celu(x, 2), 'CELU(alpha=2)'],
      [new nn.Mish(), F.mish(x), 'Mish()'],
      [new nn.Softsign(), F.softsign(x), 'Softsign()'],
      [new nn.LogSigmoid(), F.logSigmoid(x), 'LogSigmoid()'],
      [new nn.Tanhshrink(), F.tanhshrink(x), 'Tanhshrink()'],
      [new nn.Softmin(), F.softmax(x.neg(), -1), 'Softmin(dim=-1)'],
      [new nn.GLU(), F.glu(tensor([1, 2, 3, 4])), 'GLU(dim=-1)'],
    ];
    for (const [layer, want, text] of pairs) {
      const input = layer instanceof nn.GLU ? tensor([1, 2, 3, 4]) : x;
      expect(String(layer.forward(input)), text).toBe(String(want));
      expect(String(layer)).toBe(text);
    }
    expect(() => new nn.Mish().forward(tensor([1], { dtype: 'i32' }))).toThrow('expected f32, got i32');
    expect(() => new nn.GLU().forward(zeros([3]))).toThrow("can't be halved");
  });

  test('of several inputs or sizes name what they give', () => {
    const planes = zeros([2, 3, 4, 6], { axes: ['batch', 'channel', 'height', 'width'] });
    expect(formatShape(new nn.Upsample({ scaleFactor: 2 }).forward(planes))).toBe(
      '[batch 2, channel 3, height 8, width 12]',
    );
    expect(formatShape(new nn.AdaptiveMaxPool2d([2, 3]).forward(planes))).toBe(
      '[batch 2, channel 3, height 2, width 3]',
    );
    const up = new nn.ConvTranspose2d(3, 5, 3, { stride: 2, padding: 1, outputPadding: 1 });
    expect(formatShape(up.forward(planes))).toBe('[batch 2, channel 5, height 8, width 12]');
    expect(up.stateDict().weight!.shape).toEqual([3, 5, 3, 3]);
    expect(String(up)).toBe('ConvTranspose2d(3 → 5, kernel 3×3, stride 2, padding 1, output padding 1)');
    expect(() => up.forward(zeros([1, 4, 2, 2]))).toThrow('(its second axis), got 4');
    expect(new nn.Unflatten(1, [3, -1]).forward(zeros([2, 12])).shape).toEqual([2, 3, 4]);
    expect(new nn.Bilinear(3, 4, 5).forward(zeros([2, 3]), zeros([2, 4])).shape).toEqual([2, 5]);
    expect(Object.keys(new nn.PReLU(3).stateDict())).toEqual(['weight']);
  });

  test('that move or pad what there is keep the names of axes, and say how', () => {
    const planes = zeros([2, 4, 6, 8], { axes: ['batch', 'channel', 'height', 'width'] });
    const cases: [nn.TensorLayer, string, string][] = [
      [new nn.ReflectionPad2d([1, 2, 0, 1]), 'ReflectionPad2d(1, 2, 0, 1)', '[batch 2, channel 4, height 7, width 11]'],
      [new nn.ZeroPad2d(1), 'ZeroPad2d(1, 1, 1, 1)', '[batch 2, channel 4, height 8, width 10]'],
      [new nn.PixelShuffle(2), 'PixelShuffle(×2)', '[batch 2, channel 1, height 12, width 16]'],
      [new nn.PixelUnshuffle(2), 'PixelUnshuffle(÷2)', '[batch 2, channel 16, height 3, width 4]'],
      [new nn.ChannelShuffle(2), 'ChannelShuffle(2 groups)', '[batch 2, channel 4, height 6, width 8]'],
      [new nn.Unfold([2, 3]), 'Unfold(2×3)', '[batch 2, features 24, window 30]'],
      [new nn.LPPool2d(2, 2), 'LPPool2d(2)', '[batch 2, channel 4, height 3, width 4]'],
      [
        new nn.InstanceNorm2d(4),
        'InstanceNorm2d(4, eps=0.00001, not affine)',
        '[batch 2, channel 4, height 6, width 8]',
      ],
      [
        new nn.LocalResponseNorm(3),
        'LocalResponseNorm(3, alpha=0.0001, beta=0.75, k=1)',
        '[batch 2, channel 4, height 6, width 8]',
      ],
      [
        new nn.Conv2d(4, 3, 3, { padding: 'same', paddingMode: 'reflect' }),
        'Conv2d(4 → 3, kernel 3×3, padding same, reflect)',
        '[batch 2, channel 3, height 6, width 8]',
      ],
    ];
    for (const [layer, text, shape] of cases) {
      expect(String(layer)).toBe(text);
      expect(formatShape(layer.forward(planes)), text).toBe(shape);
    }
    const columns = new nn.Unfold(2, { stride: 2 }).forward(planes);
    expect(formatShape(new nn.Fold([6, 8], 2, { stride: 2 }).forward(columns))).toBe(
      '[batch 2, channel 4, height 6, width 8]',
    );
    expect(String(new nn.Fold([6, 8], 2))).toBe('Fold(2 → 6×8)');
    expect(() => planes.pad([8, 0], 'reflect')).toThrow("mode 'reflect' can't pad dimension 3");
    expect(() => new nn.PixelShuffle(3).forward(planes)).toThrow('are not a multiple of 3²');
    expect(() => new nn.InstanceNorm2d(3).forward(planes)).toThrow('with 3 channels, got 4');
    expect(() => nn.functional.fold(columns, 4, 2)).toThrow('does not fold to planes of [4, 4]');
  });

  test('that look rows up sum them by bags, or take a table that is there', () => {
    const bag = new nn.EmbeddingBag(5, 3, { mode: 'sum', paddingIdx: -1 });
    expect(String(bag)).toBe('EmbeddingBag(5 → 3, padding 4, sum)');
    const ids = tensor([0, 4, 2], { dtype: 'i32', axes: ['word'] });
    expect(formatShape(bag.forward(ids, [0, 1]))).toBe('[bag 2, embed 3]');
    expect(() => bag.forward(zeros([2, 2]))).toThrow('EmbeddingBag(5 → 3): expected indices (i32)');
    expect(() => bag.forward(ids, [0, 1], zeros([2]))).toThrow("weights [2] for ids [word 3] in mode 'sum'");
    expect(() => bag.forward(ids, [0, 2, 1])).toThrow('do not cut 3 ids into bags');
    const table = zeros([4, 2]);
    const frozen = nn.Embedding.fromPretrained(table);
    expect([frozen.weight.requiresGrad, frozen.weight.storage === table.storage]).toEqual([false, true]);
    expect(nn.Embedding.fromPretrained(table, { freeze: false }).weight.requiresGrad).toBe(true);
    expect(() => nn.Embedding.fromPretrained(zeros([4]))).toThrow('expected a table [vocab, embed]');
  });

  test('that draw keep what they promise', () => {
    manualSeed(4);
    const x = nn.functional.selu(randn([200, 50]));
    for (const p of [0.1, 0.5]) {
      const y = new nn.AlphaDropout(p).forward(x);
      expect(y.mean().item()).toBeCloseTo(x.mean().item(), 1);
      expect(y.std().item()).toBeCloseTo(x.std().item(), 1);
      expect(new Set(y.sub(x).eq(0).toTypedArray()).has(1)).toBe(false);
    }
    const whole = new nn.FeatureAlphaDropout().forward(zeros([3, 40, 5]));
    expect(whole.std(2, { correction: 0 }).amax().item()).toBe(0);
    expect(new Set(whole.toTypedArray()).size).toBe(2);
    const slopes = new nn.RReLU(0.1, 0.3).forward(full([1000], -1)).neg();
    expect([slopes.amin().item() >= 0.1, slopes.amax().item() < 0.3]).toEqual([true, true]);
    expect(slopes.mean().item()).toBeCloseTo(0.2, 2);
    const logits = tensor([0, Math.log(3), -100], { requiresGrad: true });
    const rows = nn.functional.gumbelSoftmax(logits.expand(2000, 3), { hard: true, tau: 0.5 });
    expect(rows.mean(0).toTypedArray()[1]).toBeCloseTo(0.75, 1);
    expect(rows.sum(1).sub(1).abs().amax().item()).toBeLessThan(1e-6);
    rows.select(1, 0).sum().backward();
    expect(Math.abs(logits.grad!.toTypedArray()[0]!)).toBeGreaterThan(0.1);
    expect(() => nn.functional.gumbelSoftmax(logits, { tau: 0 })).toThrow('tau above 0, got 0');
    const drawn = tensor([-1, 2], { requiresGrad: true });
    const y = nn.functional.rrelu(drawn, 0.1, 0.3, true);
    y.sum().backward();
    expect(drawn.grad!.toArray()).toEqual([-y.toTypedArray()[0]!, 1]);
  });

  test('lose as their functions do', () => {
    const F = nn.functional;
    const [a, b] = [tensor([[0.2, 0.9]]), tensor([[0.5, 0.5]])];
    expect(new nn.HuberLoss({ delta: 0.1 }).forward(a, b).item()).toBe(F.huberLoss(a, b, { delta: 0.1 }).item());
    expect(new nn.BCELoss().forward(a, b).item()).toBe(F.binaryCrossEntropy(a, b).item());
    expect(new nn.BCELoss().forward(tensor([0, 1]), tensor([0, 0])).item()).toBe(50);
    const certain = tensor([0, 1], { requiresGrad: true });
    new nn.BCELoss().forward(certain, tensor([1, 1])).backward();
    expect(certain.grad!.toArray()).toEqual([Math.fround(-5e11), 0]);
    expect(new nn.KLDivLoss({ reduction: 'batchmean' }).forward(a.log(), a).item()).toBeCloseTo(0, 6);
    expect(new nn.CosineEmbeddingLoss().forward(a, a, tensor([1])).item()).toBeCloseTo(0, 6);
  });
});

describe('losses that ask for a distance, or for a likelihood', () => {
  test('describe themselves', () => {
    const texts: [nn.Module, string][] = [
      [new nn.MarginRankingLoss(), 'MarginRankingLoss(margin=0, mean)'],
      [new nn.HingeEmbeddingLoss({ reduction: 'sum' }), 'HingeEmbeddingLoss(margin=1, sum)'],
      [new nn.TripletMarginLoss({ margin: 0.5 }), 'TripletMarginLoss(margin=0.5, mean)'],
      [new nn.MultiMarginLoss({ p: 2 }), 'MultiMarginLoss(margin=1, mean)'],
      [new nn.GaussianNLLLoss(), 'GaussianNLLLoss(mean)'],
      [new nn.CTCLoss({ blank: 3 }), 'CTCLoss(blank=3, mean)'],
    ];
    for (const [layer, text] of texts) expect(String(layer)).toBe(text);
  });

  test('give what their functions give', () => {
    const F = nn.functional;
    manualSeed(2);
    const [a, b, c] = [randn([3, 4]), randn([3, 4]), randn([3, 4])];
    const [signs, ids] = [c.sign(), tensor([0, 3, 1], { dtype: 'i32' })];
    const listed = tensor([3, 1, -1, -1, 0, -1, -1, -1, 2, 1, 0, 3], { dtype: 'i32', shape: [3, 4] });
    const pairs: [unknown, unknown][] = [
      [
        new nn.MarginRankingLoss({ margin: 0.2 }).forward(a, b, signs),
        F.marginRankingLoss(a, b, signs, { margin: 0.2 }),
      ],
      [new nn.HingeEmbeddingLoss().forward(a, signs), F.hingeEmbeddingLoss(a, signs)],
      [new nn.SoftMarginLoss().forward(a, signs), F.softMarginLoss(a, signs)],
      [new nn.MultiMarginLoss({ p: 2 }).forward(a, ids), F.multiMarginLoss(a, ids, { p: 2 })],
      [new nn.MultiLabelMarginLoss().forward(a, listed), F.multilabelMarginLoss(a, listed)],
      [new nn.MultiLabelSoftMarginLoss().forward(a, b.sigmoid()), F.multilabelSoftMarginLoss(a, b.sigmoid())],
      [new nn.TripletMarginLoss({ swap: true }).forward(a, b, c), F.tripletMarginLoss(a, b, c, { swap: true })],
      [new nn.TripletMarginWithDistanceLoss().forward(a, b, c), F.tripletMarginLoss(a, b, c)],
      [new nn.PoissonNLLLoss({ full: true }).forward(a, b.abs()), F.poissonNllLoss(a, b.abs(), { full: true })],
      [new nn.GaussianNLLLoss().forward(a, b, c.square()), F.gaussianNllLoss(a, b, c.square())],
    ];
    for (const [got, want] of pairs) expect(String(got)).toBe(String(want));
    // Where PyTorch overflows, a margin loss of a hundred is a hundred.
    expect(F.softMarginLoss(tensor([-100]), tensor([1])).item()).toBe(100);
  });

  test('say what does not fit', () => {
    const F = nn.functional;
    const labels = (...ids: number[]) => tensor([ids], { dtype: 'i32' });
    const logs = zeros([5, 1, 4]);
    expect(() => F.ctcLoss(logs, labels(1, 0), [5], [2])).toThrow('label 1 of sequence 0 is 0, which is the blank');
    expect(() => F.ctcLoss(logs, labels(1, 4), [5], [2])).toThrow(
      'label 1 of sequence 0 is 4, but there are 4 classes',
    );
    expect(() => F.ctcLoss(logs, labels(1, 2), [6], [2])).toThrow('expected input lengths between 0 and 5, got 6');
    expect(() => F.ctcLoss(logs, tensor([1, 2], { dtype: 'i32' }), [5], [1])).toThrow(
      'add up to 1, but there are 2 labels',
    );
    expect(() => F.ctcLoss(logs, zeros([1, 2]), [5], [2])).toThrow('expected labels (i32)');
    expect(() => F.tripletMarginLoss(logs, logs, zeros([4]))).toThrow(
      'the anchors [5, 1, 4] and the negatives [4] differ',
    );
    expect(() => F.multiMarginLoss(zeros([2, 3]), labels(0, 1))).toThrow('do not fit');
    expect(() => F.gaussianNllLoss(logs, logs, zeros([4]))).toThrow('[4] does not fit the means');
    // What stands behind a sequence's labels is not looked at; nothing at all is certain of no labels.
    expect(F.ctcLoss(logs, labels(1, -7), [5], [1]).isMeta).toBe(false);
    expect(F.ctcLoss(logs, labels(1), [0], [0]).item()).toBe(0);
  });
});

describe('rotary positions', () => {
  test('make products depend on the distance alone', () => {
    manualSeed(1);
    for (const interleaved of [true, false]) {
      const rotary = new nn.RotaryEmbedding(8, { interleaved });
      const [q, k] = [randn([1, 8]), randn([1, 8])];
      const score = (i: number, j: number) => rotary.forward(q, i).mul(rotary.forward(k, j)).sum().item();
      expect(score(7, 3)).toBeCloseTo(score(104, 100), 4);
      expect(rotary.forward(q, 0).toArray()).toEqual(q.toArray());
      expect(rotary.forward(q, 5).norm().item()).toBeCloseTo(q.norm().item(), 5);
    }
  });

  test('turn the first pair by one radian a position', () => {
    const rotary = new nn.RotaryEmbedding(2);
    const turned = rotary
      .forward(
        tensor([
          [1, 0],
          [1, 0],
        ]),
      )
      .toTypedArray();
    expect([...turned].map((v) => Number(v.toFixed(5)))).toEqual([1, 0, 0.5403, 0.84147]);
  });

  test('belong to no state, and say what does not fit', () => {
    const rotary = new nn.RotaryEmbedding(4, { maxLength: 3 });
    expect(rotary.stateDict()).toEqual({});
    expect(() => rotary.forward(zeros([4, 4]))).toThrow('expected at most 3 positions, the length of the table, got 4');
    expect(() => new nn.RotaryEmbedding(3)).toThrow('expected an even number');
  });
});

test('learnt positions are added from where a sequence starts', () => {
  const positions = new nn.LearnedPositionalEmbedding(4, { maxLength: 6, batchFirst: true });
  const y = positions.forward(zeros([2, 3, 4], { axes: ['batch', 'seq', 'embed'] }), 2);
  expect(y.select(0, 1).toArray()).toEqual(positions.weight.narrow(0, 2, 3).toArray());
  expect(formatShape(y)).toBe('[batch 2, seq 3, embed 4]');
  expect(() => positions.forward(zeros([1, 3, 4]), 4)).toThrow(
    'expected at most 6 positions, the length of the table, got 4 and 3',
  );
});

test('clipGradValue clips each element', () => {
  const p = new nn.Parameter(tensor([1, 2]));
  p.mul(tensor([5, -0.5]))
    .sum()
    .backward();
  nn.utils.clipGradValue([p], 1);
  expect(p.grad!.toArray()).toEqual([1, -0.5]);
  new optim.SGD([p], { lr: 1 }).step();
  expect(p.toArray()).toEqual([0, 2.5]);
});
