import { contiguousStrides } from '../../tensor/shape.ts';
import type { Backend, Geometry, Strided } from '../backend.ts';
import { count, isContiguous } from '../reference/loops.ts';
import { copy } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** How many times the products of the layer the direct kernels may compute before columns are cheaper. */
const wasteLimit = 2.5;

type Kernel = 'conv2d' | 'conv2dInputBackward' | 'conv2dWeightBackward';

export function convolutionKernels(
  exports: Exports,
  scratch: Scratch,
  work: number,
  limits: Limits,
): Pick<Backend, Kernel> {
  /** Lays a view's elements from one image on down, row-major. */
  function put(view: Strided, first: number, images: number, at: number): void {
    const shape = [images, ...view.shape.slice(1)];
    const offset = view.offset + first * view.strides[0]!;
    const n = count(shape);
    const data = view.storage.data as Float32Array;
    if (isContiguous(view)) scratch.floats.set(data.subarray(offset, offset + n), at >>> 2);
    else {
      path('convolution', 'an operand with gaps');
      copy(
        { storage: view.storage, dtype: 'f32', shape, strides: view.strides, offset },
        { storage: { data: scratch.floats }, dtype: 'f32', shape, strides: contiguousStrides(shape), offset: at >>> 2 },
      );
    }
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
    if (runDirect(kernel, x, weight, y, geometry, groups)) return;
    const rowsAtOnce = Math.max(1, Math.min(rows, Math.floor(limits.columns / (depth * columns))));
    const images = Math.max(1, Math.min(batch, Math.floor(limits.images / Math.max(imageSize, outSize))));
    path(kernel, rowsAtOnce < rows ? 'some columns at a time' : 'columns');
    if (images < batch) path('convolution', 'several images');
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

  /** The same by the direct kernels; false where they do not fit the layer, or the result. */
  function runDirect(
    kernel: Kernel,
    x: Strided,
    weight: Strided,
    y: Strided,
    { stride, padding, dilation }: Geometry,
    groups: number,
  ): boolean {
    const [batch, , height, width] = x.shape as [number, number, number, number];
    const [allOutputs, channels, ...window] = weight.shape as [number, number, number, number];
    const outputs = allOutputs / groups;
    const out: readonly [number, number] = [y.shape[2]!, y.shape[3]!];
    const kernelSize = window[0] * window[1];
    const backwards = kernel === 'conv2dInputBackward';
    // What goes through the taps, what comes out, and where the one begins in its planes.
    const image: readonly [number, number] = [height, width];
    const [source, result] = backwards ? [out, image] : [image, out];
    const reach = window.map((k, d) => (k - 1) * dilation[d]!) as [number, number];
    const border = padding.map((p, d) => (backwards ? reach[d]! - p : p)) as [number, number];
    const plane = source.map((n, d) => Math.max(n + border[d]!, result[d]! + reach[d]!)) as [number, number];
    const [planes, results] = backwards ? [outputs, channels] : [channels, outputs];
    const weights = outputs * channels * kernelSize;
    const fits = stride.every((s) => s === 1) && border.every((p) => p >= 0) && weights <= limits.directWeights;
    const ofWeights = kernel === 'conv2dWeightBackward';
    // Of each tap, with the border's zeros and what rows are filled up with; columns know of neither.
    const products = ofWeights ? out[0] * plane[1] : result[0] * 4 * Math.ceil(result[1] / 4);
    if (!fits || products > wasteLimit * out[0] * out[1] || planes * plane[0] * plane[1] > limits.images) return false;
    path(kernel, 'direct');
    scratch.reset();
    const w = scratch.take(count(weight.shape));
    const sums = ofWeights ? exports.directSums(results, planes * kernelSize) : 0;
    const packedSize = ofWeights ? sums : exports.directWeights(results, planes * kernelSize);
    const packed = scratch.take(groups * packedSize);
    const workspace = scratch.take(exports.directWorkspace(planes, ...plane, result[0], kernelSize, results));
    const xSize = groups * channels * height * width;
    const ySize = allOutputs * out[0] * out[1];
    const images = Math.max(1, Math.min(batch, Math.floor(limits.images / Math.max(xSize, ySize))));
    if (images < batch) path('convolution', 'several images');
    const xAt = scratch.take(images * xSize);
    const yAt = scratch.take(images * ySize);
    exports.setDirect(planes, ...source, ...border, ...plane, ...result, ...window, ...dilation, backwards, workspace);
    if (ofWeights) scratch.floats.fill(0, packed >>> 2, (packed >>> 2) + groups * sums);
    else {
      put(weight, 0, allOutputs, w);
      const depth = channels * kernelSize;
      const [output, step] = backwards ? [kernelSize, depth] : [depth, kernelSize];
      for (let g = 0; g < groups; g++)
        exports.packDirect(
          w + 4 * g * outputs * depth,
          ...([results, output, step, kernelSize, packed + 4 * g * packedSize] as const),
        );
    }
    const xStep = (4 * xSize) / groups;
    const yStep = (4 * ySize) / groups;
    for (let first = 0; first < batch; first += images) {
      const part = Math.min(images, batch - first);
      if (!backwards) put(x, first, part, xAt);
      if (kernel !== 'conv2d') put(y, first, part, yAt);
      for (let k = 0; k < part * groups; k++) {
        const own = packed + 4 * (k % groups) * packedSize;
        const [here, there] = [xAt + k * xStep, yAt + k * yStep];
        if (kernel === 'conv2d') exports.direct(here, own, outputs, there);
        else if (backwards) exports.direct(there, own, channels, here);
        else exports.directWeightBackward(there, here, outputs, own);
      }
      if (kernel === 'conv2d') get(yAt, y, first, part);
      if (backwards) get(xAt, x, first, part);
    }
    if (!ofWeights) return true;
    for (let g = 0; g < groups; g++)
      exports.directWeightResult(packed + 4 * g * packedSize, outputs, w + 4 * g * outputs * channels * kernelSize);
    // Zeros between the ends of rows have met pixels there. Where one of those is not finite, neither is the sum.
    const from = w >>> 2;
    if (scratch.floats.subarray(from, from + count(weight.shape)).some(Number.isNaN)) {
      path('conv2dWeightBackward', 'direct, in vain');
      return false;
    }
    get(w, weight, 0, allOutputs);
    return true;
  }

  return {
    conv2d: (x, weight, out, geometry, groups) => run('conv2d', x, weight, out, geometry, groups),
    conv2dInputBackward: (grad, weight, dx, geometry, groups) =>
      run('conv2dInputBackward', dx, weight, grad, geometry, groups),
    conv2dWeightBackward: (grad, x, dWeight, geometry, groups) =>
      run('conv2dWeightBackward', x, dWeight, grad, geometry, groups),
  };
}
