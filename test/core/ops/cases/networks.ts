/** Random cases of what networks are made of: norms, losses over classes and labels, recurrences, attention. */
import fc from 'fast-check';
import type { Tensor } from '../../../../core/index.ts';
import { unnamedAxes } from '../../../../core/tensor/axes.ts';
import { finite } from '../../backends/views.ts';
import type { Sample } from '../samples.ts';
import { given, int, laid, leads, positive, type Shape, sample, spec } from './draw.ts';

/** x [..., ...normalizedShape] with a weight and a bias, or not. */
export const normalized = (canHaveBias: boolean) =>
  fc
    .tuple(leads, fc.array(int(0, 11), { minLength: 1, maxLength: 2 }), fc.boolean(), fc.boolean())
    .chain(([lead, normalizedShape, hasWeight, wantsBias]) => {
      const hasBias = canHaveBias && wantsBias;
      const inputs = [laid([...lead, ...normalizedShape])];
      if (hasWeight) inputs.push(laid(normalizedShape));
      if (hasBias) inputs.push(laid(normalizedShape));
      return sample(inputs, { normalizedShape, eps: 0.1, hasWeight, hasBias });
    });

export const batchNorm = fc
  .record({
    batch: int(2, 4),
    channels: int(1, 3),
    spatial: leads,
    weight: fc.boolean(),
    bias: fc.boolean(),
    fixed: fc.boolean(),
  })
  .chain(({ batch, channels, spatial, weight: hasWeight, bias: hasBias, fixed: hasStatistics }) => {
    const inputs = [laid([batch, channels, ...spatial])];
    if (hasWeight) inputs.push(laid([channels]));
    if (hasBias) inputs.push(laid([channels]));
    const still = (values: fc.Arbitrary<number>) => laid([channels], { values }).map((x) => x.requiresGrad_(false));
    if (hasStatistics) inputs.push(still(finite), still(positive));
    return sample(inputs, { eps: 0.1, hasWeight, hasBias, hasStatistics });
  });

/** Rows of classes, targets of which some do not count, perhaps with a weight a class. */
export function classified(backward: boolean): fc.Arbitrary<Sample> {
  return fc
    .record({
      shape: fc.array(int(0, 3), { maxLength: 2 }),
      classes: int(1, 4),
      ignoreIndex: fc.constantFrom(-100, 0),
      reduction: fc.constantFrom('mean', 'sum', 'none'),
      weighted: fc.boolean(),
    })
    .chain(({ shape, classes, ignoreIndex, reduction, weighted }) =>
      int(0, shape.length).chain((dim) => {
        const input = shape.toSpliced(dim, 0, classes);
        const target = laid(shape, { dtype: 'i32', values: fc.oneof(int(0, classes - 1), fc.constant(ignoreIndex)) });
        const weight = weighted ? [laid([classes], { values: positive }).map((w) => w.requiresGrad_(false))] : [];
        const upstream = laid(reduction === 'none' ? shape : []);
        const attrs = { dim, ignoreIndex, reduction, ...(backward && { of: spec(input) }) };
        return sample([backward ? upstream : laid(input), target, ...weight], attrs);
      }),
    );
}

/** Sequences of four classes, the first or last of which is the blank, and labels in rows; a sequence may be too short for its own. */
export function labelled(backward: boolean): fc.Arbitrary<Sample> {
  const each = fc.record({ steps: int(0, 5), labels: int(0, 3) });
  return fc.tuple(fc.array(each, { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 3)).chain(([sequences, blank]) => {
    const [steps, batch] = [Math.max(...sequences.map((one) => one.steps)), sequences.length];
    const logProbs = laid([steps, batch, 4], { values: positive.map((x) => -x) });
    const target = laid([batch, 3], { dtype: 'i32', values: int(blank === 0 ? 1 : 0, blank === 0 ? 3 : 2) });
    const attrs = {
      blank,
      zeroInfinity: true,
      inputLengths: sequences.map((one) => one.steps),
      targetLengths: sequences.map(({ labels }) => labels),
      starts: sequences.map((_, n) => 3 * n),
    };
    if (!backward) return sample([logProbs, target], attrs);
    return sample([given([batch]), logProbs.map((x) => x.requiresGrad_(false)), target], attrs);
  });
}

export const recurrence = fc
  .record({
    kind: fc.constantFrom('tanh' as const, 'relu' as const, 'lstm' as const, 'gru' as const),
    reverse: fc.boolean(),
    hasBias: fc.boolean(),
    steps: int(1, 4),
    batch: int(1, 3),
    hidden: int(1, 6),
  })
  .chain(({ steps, batch, hidden, ...attrs }) => {
    const rows = hidden * { tanh: 1, relu: 1, lstm: 4, gru: 3 }[attrs.kind];
    const inputs = [laid([steps, batch, rows]), laid([rows, hidden])];
    if (attrs.hasBias) inputs.push(laid([rows]));
    for (let part = attrs.kind === 'lstm' ? 2 : 1; part > 0; part--) inputs.push(laid([batch, hidden]));
    return sample(inputs, attrs);
  });

/** Features of a sequence, wider than the heads that are cut from them, and the heads' shape. */
export const cutInHeads = (
  build: (cut: {
    features: Shape;
    heads: Shape;
    attrs: { batchFirst: boolean; feature: number };
  }) => fc.Arbitrary<Sample>,
): fc.Arbitrary<Sample> =>
  fc
    .tuple(int(1, 3), int(1, 5), int(0, 4), int(0, 4), fc.boolean(), int(0, 3), int(0, 3))
    .chain(([heads, headDim, batch, seq, batchFirst, feature, behind]) => {
      const width = feature + heads * headDim + behind;
      return build({
        features: batchFirst ? [batch, seq, width] : [seq, batch, width],
        heads: [batch, heads, seq, headDim],
        attrs: { ...{ heads, headDim, axes: unnamedAxes(4) }, batchFirst, feature },
      });
    });

/** Queries, keys and values in one tensor (of a sequence attending to itself), the last two in one, or each by itself. */
export const multiHeadAttention = fc
  .record({
    heads: int(1, 3),
    headDim: int(1, 5),
    batchFirst: fc.boolean(),
    causal: fc.boolean(),
    apart: int(0, 2),
    batch: int(1, 2),
    queries: int(1, 5),
    keys: int(1, 5),
    masked: fc.boolean(),
    shared: fc.boolean(),
  })
  .chain(({ heads, headDim, batchFirst, causal, apart, batch, queries, keys, masked, shared }) => {
    const width = heads * headDim;
    const sequence = (seq: number, parts: number) =>
      laid(batchFirst ? [batch, seq, parts * width] : [seq, batch, parts * width]);
    const [inputs, parts] = [
      [[sequence(queries, 3)], [0, 0, 0, width, 0, 2 * width]],
      [
        [sequence(queries, 1), sequence(keys, 2)],
        [0, 0, 1, 0, 1, width],
      ],
      [
        [sequence(queries, 1), sequence(keys, 1), sequence(keys, 1)],
        [0, 0, 1, 0, 2, 0],
      ],
    ][apart] as [fc.Arbitrary<Tensor>[], number[]];
    const scores = [shared ? 1 : batch, shared ? 1 : heads, queries, apart === 0 ? queries : keys];
    const values = fc.oneof({ weight: 4, arbitrary: finite }, fc.constant(Number.NEGATIVE_INFINITY));
    const mask = masked ? laid(scores, { values }).map((x) => x.requiresGrad_(false)) : undefined;
    const pairs = [parts.slice(0, 2), parts.slice(2, 4), parts.slice(4)];
    return sample(mask === undefined ? inputs : [...inputs, mask], {
      ...{ heads, headDim, batchFirst, causal, parts: pairs, hasMask: masked },
    });
  });
