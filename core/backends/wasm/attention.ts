/** `Backend.attention` by the kernels of assembly/attention.ts: lays its operands down and brings the results back. */
import type { AttentionKernel, Backend, Strided } from '../backend.ts';
import { attentionBackward as plainBackward } from '../reference/attention.ts';
import { count } from '../reference/loops.ts';
import { copy } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** Address of a view's first element, and its steps from batch to batch, head to head and row to row. */
type Laid = readonly [address: number, batch: number, head: number, row: number];

/** Views of one storage, and the span of it that they lie on. */
interface Group {
  readonly views: Strided[];
  low: number;
  high: number;
  elements: number;
}

export function attentionKernels(
  exports: Exports,
  scratch: Scratch,
  work: number,
  limits: Limits,
  threads: number,
): Pick<Backend, 'attention' | 'attentionBackward'> {
  /** Lays views down where they belong together: queries, keys and values of one tensor are copied once, as they lie. */
  function lay(views: readonly Strided[]): Laid[] {
    const places = new Map<Strided, Laid>();
    for (const { views: together, low, high, elements } of groups(views)) {
      if (high - low <= 2 * elements) {
        path('attention', 'as it lies');
        const at = scratch.take(high - low);
        scratch.floats.set(floatsOf(together[0]!).subarray(low, high), at >>> 2);
        for (const view of together) places.set(view, stepsOf(view, at + 4 * (view.offset - low)));
      } else for (const view of together) places.set(view, gathered(view));
    }
    return views.map((view) => places.get(view)!);
  }

  /** A view alone, without gaps. */
  function gathered(view: Strided): Laid {
    path('attention', 'gathered');
    const at = scratch.take(count(view.shape));
    copy(view, dense(view, at));
    return stepsOf(dense(view, at), at);
  }

  /** A view's elements, one after the other, in the scratch. */
  function dense({ shape }: Strided, at: number): Strided {
    const [, heads, length, width] = shape as [number, number, number, number];
    const strides = [heads * length * width, length * width, width, 1];
    return { storage: { data: scratch.floats }, dtype: 'f32', shape, strides, offset: at >>> 2 };
  }

  /** Room for results, of zeros, and what brings them back. */
  function lend(views: readonly Strided[]): [places: Laid[], back: () => void] {
    const places = new Map<Strided, Laid>();
    const all: (() => void)[] = [];
    for (const { views: together, low, high, elements } of groups(views)) {
      const whole = high - low === elements;
      if (!whole) path('attention', 'a result with gaps');
      const at = scratch.take(elements);
      scratch.floats.fill(0, at >>> 2, (at >>> 2) + elements);
      let next = at;
      for (const view of together) {
        if (whole) places.set(view, stepsOf(view, at + 4 * (view.offset - low)));
        else {
          const from = next;
          places.set(view, stepsOf(dense(view, from), from));
          all.push(() => copy(dense(view, from), view));
          next += 4 * count(view.shape);
        }
      }
      if (whole)
        all.push(() => floatsOf(together[0]!).set(scratch.floats.subarray(at >>> 2, (at >>> 2) + elements), low));
    }
    return [
      views.map((view) => places.get(view)!),
      () => {
        for (const back of all) back();
      },
    ];
  }

  /** A mask, what is broadcast in it laid down once: address, steps from batch to batch, head, row and column. */
  function laidMask(mask: Strided | undefined): readonly number[] {
    if (mask === undefined) return [0, 0, 0, 0, 0];
    const own = mask.shape.map((size, d) => (mask.strides[d] === 0 ? 1 : size)) as [number, number, number, number];
    if (count(own) < count(mask.shape)) path('attention', 'a mask that is broadcast');
    const at = scratch.take(count(own));
    copy({ ...view(mask), shape: own }, dense({ ...view(mask), shape: own }, at));
    const strides = [own[1] * own[2] * own[3], own[2] * own[3], own[3], 1];
    return [at, ...strides.map((step, d) => (own[d] === 1 ? 0 : step))];
  }

  /** Sets the kernel's arguments, in the order of assembly/attention.ts, and lets it go. `more`: the gradients' places. */
  function run(views: readonly Strided[], how: AttentionKernel, result: Laid, more: readonly Laid[]): void {
    const [q, k, v] = views as [Strided, Strided, Strided];
    const [batches, heads, queries, width] = q.shape as [number, number, number, number];
    const [keys, valueWidth] = [k.shape[2]!, v.shape[3]!];
    const backward = more.length > 0;
    const room = exports.attentionWorkspace(queries, keys) * (backward ? 2 : 1);
    const mask = laidMask(how.mask);
    const scores = scratch.take(room * threads);
    const at = exports.argumentsAt();
    const operands = [...lay([q, k, v]), result, ...more].flat();
    const numbers = [
      heads,
      queries,
      keys,
      width,
      valueWidth,
      0,
      how.causal ? 1 : 0,
      ...mask,
      scores,
      4 * room,
      ...operands,
    ];
    scratch.setIntegers(at, numbers);
    scratch.floats[(at >>> 2) + 5] = how.scale;
    const size = batches * heads * queries * keys * (width + valueWidth);
    if (threads > 1 && batches * heads > 1 && size >= limits.sharing) path('shared attention', 'by heads');
    exports.attention(batches * heads, size, backward, work);
  }

  /** Calls `each` with all of it, or element by element of the batch. */
  function byBatch(
    views: readonly Strided[],
    how: AttentionKernel,
    each: (views: Strided[], how: AttentionKernel) => void,
  ) {
    const batches = views[0]!.shape[0]!;
    const total = views.reduce((n, { shape }) => n + count(shape), how.mask === undefined ? 0 : count(how.mask.shape));
    if (batches === 1 || total <= limits.span) return each([...views], how);
    path('attention', 'element by element of the batch');
    for (let b = 0; b < batches; b++) {
      const one = (x: Strided): Strided => ({
        ...view(x),
        shape: [1, ...x.shape.slice(1)],
        offset: x.offset + b * x.strides[0]!,
      });
      each(views.map(one), how.mask === undefined ? how : { ...how, mask: one(how.mask) });
    }
  }

  return {
    attention(query, key, value, how, out) {
      if (count(out.shape) === 0) return;
      byBatch([query, key, value, out], how, ([q, k, v, target], part) => {
        scratch.reset();
        const [[result], back] = lend([target!]);
        run([q!, k!, v!], part, result!, []);
        back();
      });
    },

    attentionBackward(grad, query, key, value, how, dq, dk, dv) {
      if (count(grad.shape) === 0) return;
      // The kernel leaves out keys after a query; those of a query that sees nothing have gradients that are no numbers.
      if (how.causal && how.mask !== undefined && seesNothing(how.mask, query.shape[2]!))
        return plainBackward(grad, query, key, value, how, dq, dk, dv);
      byBatch([grad, query, key, value, dq, dk, dv], how, ([g, q, k, v, ...slopes], part) => {
        scratch.reset();
        const [places, back] = lend(slopes);
        run([q!, k!, v!], part, lay([g!])[0]!, places);
        back();
      });
    },
  };
}

/** Whether a causal mask (with the mask [batch or 1, head or 1, query, key] added to the scores) hides every key from some query. */
function seesNothing(mask: Strided, queries: number): boolean {
  const [batches, heads, , keys] = mask.shape as [number, number, number, number];
  const [byBatch, byHead, byQuery, byKey] = mask.strides as [number, number, number, number];
  const values = floatsOf(mask);
  for (let b = 0; b < (byBatch === 0 ? 1 : batches); b++)
    for (let h = 0; h < (byHead === 0 ? 1 : heads); h++)
      for (let i = 0; i < queries; i++) {
        const row = mask.offset + b * byBatch + h * byHead + i * byQuery;
        let j = 0;
        while (j < keys && j <= i && values[row + j * byKey] === Number.NEGATIVE_INFINITY) j++;
        if (j === keys || j > i) return true;
      }
  return false;
}

const floatsOf = (view: Strided) => view.storage.data as Float32Array;

const stepsOf = ({ strides }: Strided, address: number): Laid => [address, strides[0]!, strides[1]!, strides[2]!];

/** A tensor's own view of its storage, as a record that can be changed in part. */
const view = ({ storage, dtype, shape, strides, offset }: Strided): Strided => ({
  storage,
  dtype,
  shape,
  strides,
  offset,
});

function groups(views: readonly Strided[]): Iterable<Group> {
  const found = new Map<Strided['storage'], Group>();
  for (const view of views) {
    let low = view.offset;
    let high = view.offset + 1;
    view.shape.forEach((size, d) => {
      const reach = (size - 1) * view.strides[d]!;
      if (reach < 0) low += reach;
      else high += reach;
    });
    const group = found.get(view.storage);
    if (group === undefined) found.set(view.storage, { views: [view], low, high, elements: count(view.shape) });
    else {
      group.views.push(view);
      group.low = Math.min(group.low, low);
      group.high = Math.max(group.high, high);
      group.elements += count(view.shape);
    }
  }
  return found.values();
}
