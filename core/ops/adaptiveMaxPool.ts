/** The largest element of as many windows of (nearly) equal size as asked for. */
import { ShapeError } from '../errors.ts';
import { formatShape, numel, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { gather } from './indexing.ts';
import type { Op } from './op.ts';
import { reshape } from './view.ts';
import { batched, type OutputSizes, outputSizes, pooledSpec, type Rank, wantPlanes } from './window.ts';

interface AdaptiveAttrs {
  readonly rank: Rank;
  readonly sizes: readonly number[];
}

/** Where in its plane, row-major, the largest element of each window stands; NaN counts as the largest, and of several the last, as in PyTorch. */
function indicesOp(name: string): Op<AdaptiveAttrs> {
  return {
    name,
    shape([x], { rank, sizes }): Spec {
      wantPlanes(name, x!, rank);
      if (x!.shape.slice(-rank).includes(0))
        throw new ShapeError(name, [x!], `nothing to choose from in ${formatShape(x!)}`);
      return pooledSpec(x!, sizes, 'i32', rank);
    },
    forward([x], { rank, sizes }, out) {
      const result = allocate(out);
      const values = elementsOf(x!);
      const data = result.storage.data;
      const [height, width] = rank === 1 ? [1, x!.shape.at(-1)!] : [x!.shape.at(-2)!, x!.shape.at(-1)!];
      const [rows, columns] = rank === 1 ? [1, sizes[0]!] : [sizes[0]!, sizes[1]!];
      const planes = numel(x!.shape.slice(0, -rank));
      let o = 0;
      for (let p = 0; p < planes; p++)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++, o++) {
            let best = -1;
            for (let i = Math.floor((r * height) / rows); i < Math.ceil(((r + 1) * height) / rows); i++)
              for (let j = Math.floor((c * width) / columns); j < Math.ceil(((c + 1) * width) / columns); j++) {
                const value = values[(p * height + i) * width + j]!;
                const sofar = best < 0 ? Number.NEGATIVE_INFINITY : values[p * height * width + best]!;
                if (best < 0 || value > sofar || Number.isNaN(value)) best = i * width + j;
              }
            data[o] = best;
          }
      return result;
    },
    backward: undefined,
    flops: ([x]) => numel(x!.shape),
  };
}

export const adaptiveMaxPoolOps = {
  adaptiveMaxPool1d: indicesOp('adaptiveMaxPool1d'),
  adaptiveMaxPool2d: indicesOp('adaptiveMaxPool2d'),
};

function adaptive(op: keyof typeof adaptiveMaxPoolOps, x: Tensor, outputSize: OutputSizes): Tensor {
  const rank = op === 'adaptiveMaxPool1d' ? 1 : 2;
  const sizes = outputSizes(op, outputSize, x, rank);
  return batched(x, rank, (b) => {
    const indices = apply(adaptiveMaxPoolOps[op], [b], { rank, sizes });
    const lead = b.shape.slice(0, -rank);
    const flat = (t: Tensor) => reshape(t, [...lead, numel(t.shape.slice(-rank))]);
    return reshape(gather(flat(b), -1, flat(indices)), indices.shape).withAxes(indices.axes);
  });
}

/** Largest elements of as many windows as asked for: [batch, channel, length] → [batch, channel, outputSize]. */
export const adaptiveMaxPool1d = (x: Tensor, outputSize: OutputSizes): Tensor =>
  adaptive('adaptiveMaxPool1d', x, outputSize);
/** Largest elements of as many windows as asked for: [batch, channel, H, W] → [batch, channel, ...outputSize]. */
export const adaptiveMaxPool2d = (x: Tensor, outputSize: OutputSizes): Tensor =>
  adaptive('adaptiveMaxPool2d', x, outputSize);
