/** Attention and recurrences. */
import fc from 'fast-check';
import type { AttentionKernel, Recurrence, RecurrenceKind, Strided } from '../../../../core/backends/backend.ts';
import { referenceBackend } from '../../../../core/backends/reference/index.ts';
import { gateCount } from '../../../../core/backends/reference/recurrence.ts';
import { fresh, largeViewOf } from '../views.ts';
import { flat, size, small } from './draws.ts';
import { family } from './judge.ts';

family('sequences', (agree) => {
  /** q, k and v of one attention, each a view of its own, or all of one projection; results like them. */
  const attentions = fc
    .record({
      batch: small(1, 4),
      heads: small(1, 4),
      queries: size,
      keys: size,
      width: small(1, 20),
      valueWidth: small(1, 20),
    })
    .filter(({ batch, heads, queries, keys }) => batch * heads * queries * keys <= 40_000)
    .chain(({ batch, heads, queries, keys, width, valueWidth }) => {
      const of = (length: number, each: number, stretched = true) =>
        largeViewOf([batch, heads, length, each], { wholeRows: true, stretched });
      const apart = fc.record({
        views: fc.tuple(of(queries, width), of(keys, width), of(keys, valueWidth)),
        slopes: fc.tuple(of(queries, width, false), of(keys, width, false), of(keys, valueWidth, false)),
      });
      const features = heads * width;
      const together = fc
        .tuple(flat([batch, queries, 3 * features]), flat([batch, queries, 3 * features]))
        .map((both) => {
          const [views, slopes] = both.map(({ storage, offset }) =>
            [0, 1, 2].map(
              (part): Strided => ({
                storage,
                dtype: 'f32',
                shape: [batch, heads, queries, width],
                strides: [queries * 3 * features, width, 3 * features, 1],
                offset: offset + part * features,
              }),
            ),
          );
          return { views: views as [Strided, Strided, Strided], slopes: slopes as [Strided, Strided, Strided] };
        });
      return fc.oneof(apart, together).chain(({ views, slopes }) => {
        const [[, , , e], [, , n]] = [views[2].shape, views[1].shape] as [number[], number[]];
        return fc.record({
          views: fc.constant(views),
          slopes: fc.constant(slopes),
          out: of(queries, e!, false),
          grad: of(queries, e!),
          causal: fc.boolean(),
          mask: fc.option(largeViewOf([batch, heads, queries, n!]), { nil: undefined }),
        });
      });
    });
  /** Zeros where a view has elements, in one copy of each storage. */
  function blank(views: readonly Strided[]): Strided[] {
    const copies = new Map(views.map(({ storage }) => [storage, { data: storage.data.slice() }]));
    return views.map((view) => {
      const copy = { ...view, storage: copies.get(view.storage)! };
      referenceBackend.fill(copy, 0);
      return copy;
    });
  }
  agree(
    ['attention', 'attentionBackward'],
    attentions,
    ({ out, slopes }) => [...blank([out]), ...blank(slopes)],
    (on, { views: [q, k, v], grad, causal, mask }, [out, dq, dk, dv]) => {
      const how: AttentionKernel = { scale: 0.5, causal, mask };
      on.attention(q, k, v, how, out!);
      on.attentionBackward(grad, q, k, v, how, dq!, dk!, dv!);
    },
    { runs: 300 },
  );

  agree(
    ['recurrence', 'recurrenceBackward'],
    fc
      .record({
        kind: fc.constantFrom<RecurrenceKind>('tanh', 'relu', 'lstm', 'gru'),
        reverse: fc.boolean(),
        biased: fc.boolean(),
        steps: small(1, 9),
        batch: small(1, 7),
        hidden: small(1, 30),
      })
      .chain(({ kind, reverse, biased, steps, batch, hidden }) => {
        const [states, width] = [kind === 'lstm' ? 2 : 1, gateCount[kind] * hidden];
        return fc.record({
          kind: fc.constant(kind),
          reverse: fc.constant(reverse),
          gates: flat([steps, batch, width]),
          weight: flat([width, hidden]),
          bias: biased ? flat([width]) : fc.constant(undefined),
          start: fc.array(flat([batch, hidden]), { minLength: states, maxLength: states }),
          grad: flat([states, steps, batch, hidden]),
        });
      }),
    ({ kind, gates, weight, start, grad }) => {
      const [steps, batch, width] = gates.shape as [number, number, number];
      const hidden = weight.shape[1]!;
      const shapesOut = [
        grad.shape,
        gates.shape,
        ...(kind === 'gru' ? [[steps, batch, hidden]] : []),
        gates.shape,
        [steps, batch, width],
        weight.shape,
      ];
      return [...shapesOut, ...start.map(({ shape }) => shape)].map((shape) => fresh('f32', shape));
    },
    (on, { grad, ...given }, outputs) => {
      const [out, z, ...rest] = outputs as [Strided, Strided, ...Strided[]];
      const saved = given.kind === 'gru' ? [z, rest.shift()!] : [z];
      const [gates, own, weight, ...start] = rest as [Strided, Strided, Strided, ...Strided[]];
      const of: Recurrence = { ...given, out, saved };
      on.recurrence(of);
      on.recurrenceBackward(of, grad, { gates, own: given.kind === 'gru' ? own : undefined, weight, start });
    },
    { runs: 250, tolerance: 1e-4 },
  );
});
