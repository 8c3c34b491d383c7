import type { Storage } from '../backends/backend.ts';
import { context } from '../context.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import { isShared } from '../tensor/keptDraws.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import type { Statistics } from './trace.ts';

/** Of numbers that are never written to: they are the same in the next run. */
const lasting = new WeakMap<TypedArray, Statistics>();

/**
 * What a trace says of tensors' elements, all of one moment: views of the same elements, in whatever order (a transpose, the
 * heads of an attention), are counted once, and what an `expand` repeats is not written out. Empty or all-NaN tensors give
 * NaN for everything that has no value.
 */
export function statistician(): (tensor: Tensor) => Statistics {
  const known = new Map<Storage, Map<string, Statistics>>();
  /** Of all elements of a storage: most tensors have all. */
  const knownWhole = new Map<Storage, Statistics>();
  function ofStorage(storage: Storage): Statistics {
    let statistics = knownWhole.get(storage) ?? lasting.get(storage.data);
    if (statistics === undefined) {
      statistics = context.backend.statistics(storage.data);
      knownWhole.set(storage, statistics);
      if (isShared(storage)) lasting.set(storage.data, statistics);
    }
    return statistics;
  }
  return function statisticsOf(tensor): Statistics {
    const { storage, offset } = tensor;
    if (storage.data.length === tensor.numel && tensor.isContiguous) return ofStorage(storage);
    const spans = spansOf(tensor);
    const [repeated = 1, step] = spans;
    if (step === 0 && repeated > 1) return times(statisticsOf(once(tensor)), repeated);
    const whole = spans.length === 2 && spans[1] === 1 ? spans[0]! : undefined;
    if (whole === storage.data.length) return ofStorage(storage);
    let own = known.get(storage);
    if (own === undefined) {
      own = new Map();
      known.set(storage, own);
    }
    const key = `${offset}:${spans}`;
    let statistics = own.get(key);
    if (statistics === undefined) {
      statistics = context.backend.statistics(
        whole === undefined ? elementsOf(tensor) : cut(storage.data, offset, whole),
      );
      own.set(key, statistics);
    }
    return statistics;
  };
}

/** Which elements of its memory a tensor has, in whatever order: [size, stride] upon [size, stride], the nearest first. */
function spansOf({ shape, strides }: Tensor): number[] {
  const order: number[] = [];
  for (let d = shape.length - 1; d >= 0; d--) if (shape[d] !== 1) order.push(d);
  order.sort((a, b) => strides[a]! - strides[b]!);
  const spans: number[] = [];
  for (const d of order) {
    const last = spans.length - 2;
    if (last >= 0 && strides[d] === spans[last]! * spans[last + 1]!) spans[last]! *= shape[d]!;
    else spans.push(shape[d]!, strides[d]!);
  }
  return spans.length === 0 ? [1, 1] : spans;
}

function cut(data: TypedArray, start: number, length: number): TypedArray {
  return start === 0 && length === data.length ? data : data.subarray(start, start + length);
}

/** A tensor without its repetitions. */
function once({ shape, strides, dtype, axes, storage, offset }: Tensor): Tensor {
  const spec = { shape: shape.map((size, d) => (strides[d] === 0 ? 1 : size)), dtype, axes };
  return new Tensor(spec, storage, strides, offset);
}

/** The statistics of the same elements, so many times over. */
function times(of: Statistics, n: number): Statistics {
  return {
    ...of,
    count: of.count * n,
    norm: of.norm * Math.sqrt(n),
    nan: of.nan * n,
    posInf: of.posInf * n,
    negInf: of.negInf * n,
    zeros: of.zeros * n,
  };
}
