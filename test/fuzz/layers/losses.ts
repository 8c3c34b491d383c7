/** Distances and losses. */
import fc from 'fast-check';
import type { Given, Written as Value } from '../case.ts';
import { apart, constant, dim, flag, indices, input, int, positive, ref, type Shape, shape } from '../drawing.ts';
import { type Drawn, type Layers, maybeOdd, number, optional } from './layer.ts';

const reductions = fc.constantFrom(undefined, 'mean', 'sum', 'none');

/** A loss of two tensors of one shape. */
const loss = (
  left: (s: Shape) => fc.Arbitrary<Given>,
  right: (s: Shape) => fc.Arbitrary<Given>,
  more: Readonly<Record<string, fc.Arbitrary<Value>>> = {},
): Drawn =>
  shape(0, 3).chain((s) =>
    fc
      .tuple(left(s), maybeOdd(s).chain(right), reductions, fc.record(more))
      .map(([a, b, reduction, options]) => ({ options: { reduction, ...options }, inputs: [a, b] })),
  );

const signs = (s: Shape) => constant(input(s, { values: fc.constantFrom(-1, 1) }));

const parts = (s: Shape) => input(s, { values: int(1, 15).map((n) => n / 16) });

const targets = (s: Shape) => constant(parts(s));

/** Scores [batch, class, ...] and classes. */
const classified = (probabilities: boolean, smoothing: boolean): Drawn =>
  fc
    .record({
      batch: int(1, 3),
      classes: int(1, 4),
      more: fc.array(int(1, 3), { maxLength: 2 }),
      ignoreIndex: fc.constantFrom(undefined, 0, -1),
      reduction: reductions,
      labelSmoothing: smoothing ? fc.constantFrom(undefined, 0.1) : fc.constant(undefined),
      weighted: flag,
      unbatched: int(0, 7),
      odd: int(0, 20),
    })
    .chain(({ batch, classes, more, weighted, unbatched, odd, ...options }) => {
      const x = unbatched === 0 ? [classes] : [batch, classes, ...more];
      const y = unbatched === 0 ? [] : [batch, ...more];
      const logits = probabilities ? input(x).map((a) => a) : apart(x);
      const low = options.ignoreIndex === -1 ? -1 : 0;
      const target = indices(y, classes + (odd === 0 ? 1 : 0), low);
      return fc.tuple(logits, target, ...(weighted ? [constant(positive([classes]))] : [])).map((inputs) => ({
        options: { ...options, ...(weighted && { weight: ref(2) }) },
        inputs,
        call: 'a, b',
      }));
    });

const multi = (
  s: (batch: number, classes: number) => fc.Arbitrary<readonly [Given, Given]>,
  more: Readonly<Record<string, fc.Arbitrary<Value>>> = {},
): Drawn =>
  fc
    .tuple(int(1, 3), int(1, 4), reductions, fc.record(more))
    .chain(([batch, classes, reduction, options]) =>
      s(batch, classes).map((inputs) => ({ options: { reduction, ...options }, inputs })),
    );

export const losses: Layers = {
  CosineSimilarity: shape(1, 3).chain((s) =>
    fc.tuple(apart(s), apart(s), dim(s.length)).map(([a, b, d]) => ({ options: { dim: d }, inputs: [a, b] })),
  ),
  PairwiseDistance: shape(1, 2).chain((s) =>
    fc
      .tuple(apart(s), apart(s), number(1, 2), optional(flag))
      .map(([a, b, p, keepdim]) => ({ options: { p, keepdim }, inputs: [a, b] })),
  ),
  CrossEntropyLoss: classified(false, true),
  NLLLoss: classified(true, false),
  MSELoss: loss(input, input),
  L1Loss: loss(input, input),
  SmoothL1Loss: loss(input, input, { beta: number(0.5, 1, 0) }),
  HuberLoss: loss(input, input, { delta: number(0.5, 1) }),
  KLDivLoss: loss(input, targets, { logTarget: flag }).map(({ options, ...rest }) => ({
    ...rest,
    options: { ...options },
  })),
  BCELoss: loss(parts, targets),
  BCEWithLogitsLoss: loss(input, targets),
  PoissonNLLLoss: loss(positive, (s) => constant(positive(s)), { logInput: flag, full: flag }),
  GaussianNLLLoss: shape(1, 3).chain((s) =>
    fc
      .tuple(input(s), constant(input(s)), positive(s), reductions, flag)
      .map(([a, b, c, reduction, full]) => ({ options: { reduction, full }, inputs: [a, b, c] })),
  ),
  SoftMarginLoss: loss(input, signs),
  HingeEmbeddingLoss: loss(input, signs, { margin: number(1, 0.5) }),
  CosineEmbeddingLoss: fc
    .tuple(int(1, 3), int(1, 4), reductions, number(0, 0.3))
    .chain(([n, w, reduction, margin]) =>
      fc.tuple(apart([n, w]), apart([n, w]), signs([n])).map((inputs) => ({ options: { reduction, margin }, inputs })),
    ),
  MarginRankingLoss: shape(1, 2).chain((s) =>
    fc
      .tuple(input(s), input(s), signs(s), reductions, number(0, 0.5))
      .map(([a, b, c, reduction, margin]) => ({ options: { reduction, margin }, inputs: [a, b, c] })),
  ),
  TripletMarginLoss: fc
    .tuple(int(1, 3), int(1, 4), reductions, number(1, 0.5), optional(flag))
    .chain(([n, w, reduction, margin, swap]) =>
      fc
        .tuple(apart([n, w]), apart([n, w]), apart([n, w]))
        .map((inputs) => ({ options: { reduction, margin, swap }, inputs })),
    ),
  TripletMarginWithDistanceLoss: fc
    .tuple(int(1, 3), int(1, 4), reductions, optional(flag))
    .chain(([n, w, reduction, swap]) =>
      fc.tuple(apart([n, w]), apart([n, w]), apart([n, w])).map((inputs) => ({ options: { reduction, swap }, inputs })),
    ),
  MultiMarginLoss: multi((n, c) => fc.tuple(apart([n, c]), indices([n], c)), {
    p: number(1, 2),
    margin: number(1, 0.5),
  }),
  MultiLabelMarginLoss: multi((n, c) => fc.tuple(apart([n, c]), indices([n, c], c, -1))),
  MultiLabelSoftMarginLoss: multi((n, c) => fc.tuple(input([n, c]), constant(input([n, c], { values: int(0, 1) })))),
  CTCLoss: fc
    .record({
      steps: int(1, 5),
      batch: int(1, 3),
      reduction: reductions,
      zeroInfinity: optional(flag),
      labels: int(0, 3),
    })
    .chain(({ steps, batch, reduction, zeroInfinity, labels }) =>
      fc.tuple(apart([steps, batch, 4]), indices([batch, 3], 4, 1)).map((inputs) => {
        const [x, y] = [
          new Array<number>(batch).fill(steps),
          Array.from({ length: batch }, (_, i) => Math.max(0, labels - i)),
        ];
        return {
          options: { reduction, zeroInfinity },
          inputs,
          call: `a.logSoftmax(-1), b, [${x}], [${y}]`,
          theirCall: `a.log_softmax(-1), b, [${x}], [${y}]`,
        };
      }),
    ),
};
