import type { Backend, Geometry, Strided } from '../backend.ts';
import { count, isContiguous } from '../reference/loops.ts';
import { copy } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';

/** Floats of the columns that are laid out at a time: 512 KB, which L2 holds. */
const columnsLimit = 1 << 17;
/** Floats of images that are in the scratch at a time (at least one image). */
const imagesLimit = 1 << 22;

type Kernel = 'conv2d' | 'conv2dInputBackward' | 'conv2dWeightBackward';

export function convolutionKernels(exports: Exports, scratch: Scratch, work: number): Pick<Backend, Kernel> {
  /** Lays a view's elements from one image on down, row-major. */
  function put(view: Strided, first: number, images: number, at: number): void {
    const shape = [images, ...view.shape.slice(1)];
    const offset = view.offset + first * view.strides[0]!;
    const n = count(shape);
    const data = view.storage.data as Float32Array;
    if (isContiguous(view)) scratch.floats.set(data.subarray(offset, offset + n), at >>> 2);
    else
      copy(
        { storage: view.storage, dtype: 'f32', shape, strides: view.strides, offset },
        { storage: { data: scratch.floats }, dtype: 'f32', shape, strides: rowMajor(shape), offset: at >>> 2 },
      );
  }

  function get(at: number, view: Strided, first: number, images: number): void {
    const size = count(view.shape.slice(1));
    const from = at >>> 2;
    const part = scratch.floats.subarray(from, from + images * size);
    (view.storage.data as Float32Array).set(part, view.offset + first * size);
  }

  /** `x`: the images, or their gradient; `y`: the output, or its gradient. Which of the three is written says `kernel`. */
  function run(kernel: Kernel, x: Strided, weight: Strided, y: Strided, geometry: Geometry, groups: number): void {
    const [batch, allChannels, height, width] = x.shape as [number, number, number, number];
    const [allOutputs, channels, kernelRows, kernelColumns] = weight.shape as [number, number, number, number];
    const [, , rows, columns] = y.shape as [number, number, number, number];
    if (count(y.shape) === 0 || count(x.shape) === 0 || count(weight.shape) === 0) {
      const written = { conv2d: y, conv2dInputBackward: x, conv2dWeightBackward: weight }[kernel];
      written.storage.data.fill(0, written.offset, written.offset + count(written.shape));
      return;
    }
    const imageSize = allChannels * height * width;
    const outSize = allOutputs * rows * columns;
    const depth = channels * kernelRows * kernelColumns;
    const rowsAtOnce = Math.max(1, Math.min(rows, Math.floor(columnsLimit / (depth * columns))));
    const images = Math.max(1, Math.min(batch, Math.floor(imagesLimit / Math.max(imageSize, outSize))));
    scratch.reset();
    const w = scratch.take(count(weight.shape));
    const image = scratch.take(images * imageSize);
    const out = scratch.take(images * outSize);
    const windows = scratch.take(depth * rowsAtOnce * columns);
    if (kernel === 'conv2dWeightBackward') scratch.floats.fill(0, w >>> 2, (w >>> 2) + count(weight.shape));
    else put(weight, 0, allOutputs, w);
    exports.setConvolution(
      channels,
      height,
      width,
      kernelRows,
      kernelColumns,
      rows,
      columns,
      ...geometry.stride,
      ...geometry.padding,
      ...geometry.dilation,
    );
    const outputs = allOutputs / groups;
    for (let first = 0; first < batch; first += images) {
      const part = Math.min(images, batch - first);
      if (kernel === 'conv2dInputBackward') scratch.floats.fill(0, image >>> 2, (image >>> 2) + part * imageSize);
      else put(x, first, part, image);
      if (kernel !== 'conv2d') put(y, first, part, out);
      const rest = [part, groups, outputs, windows, rowsAtOnce, work] as const;
      if (kernel === 'conv2d') {
        exports.conv2d(image, w, out, ...rest);
        get(out, y, first, part);
      } else if (kernel === 'conv2dInputBackward') {
        exports.conv2dInputBackward(out, w, image, ...rest);
        get(image, x, first, part);
      } else exports.conv2dWeightBackward(out, image, w, ...rest);
    }
    if (kernel === 'conv2dWeightBackward') get(w, weight, 0, allOutputs);
  }

  return {
    conv2d: (x, weight, out, geometry, groups) => run('conv2d', x, weight, out, geometry, groups),
    conv2dInputBackward: (grad, weight, dx, geometry, groups) =>
      run('conv2dInputBackward', dx, weight, grad, geometry, groups),
    conv2dWeightBackward: (grad, x, dWeight, geometry, groups) =>
      run('conv2dWeightBackward', x, dWeight, grad, geometry, groups),
  };
}

function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= shape[d]!;
  }
  return strides;
}
