// The operations that the models are written in. An engine has those of the models it takes part in.

/**
 * What an engine brings along. T is its tensor.
 * @template T
 * @typedef {object} Operations
 * @property {(x: T, y: T) => T} add
 * @property {(x: T, factor: number) => T} scale
 * @property {(a: T, b: T) => T} matmul of the last two dimensions
 * @property {(x: T, shape: number[]) => T} reshape
 * @property {(x: T, order: number[]) => T} permute
 * @property {(x: T, dim: number, start: number, length: number) => T} slice
 * @property {(x: T) => T} softmax over the last dimension
 * @property {(x: T, weight: T, bias: T) => T} layerNorm over the last dimension, eps 1e-5
 * @property {(x: T) => T} relu
 * @property {(x: T) => T} gelu
 * @property {(table: T, rows: T) => T} embedding rows is [n]
 * @property {(logits: T, labels: T) => T} crossEntropy mean; logits [n, classes], labels [n]
 * @property {(x: T) => T} meanSquare
 * @property {(values: Float32Array | Int32Array, shape: number[]) => T} constant
 */

/**
 * What recurrent layers need besides.
 * @template T
 * @typedef {object} Recurrence
 * @property {(x: T, y: T) => T} mul
 * @property {(x: T) => T} sigmoid
 * @property {(x: T) => T} tanh
 * @property {(list: T[]) => T} concat along the first dimension
 */

/**
 * What images need besides; they and their filters stand as the engine likes them.
 * @template T
 * @typedef {object} Images
 * @property {(values: Float32Array, shape: number[]) => T} images from [n, channels, height, width]
 * @property {(values: Float32Array, shape: number[]) => T} filters from [out, in, height, width]
 * @property {(x: T, filters: T, bias: T, padding: number) => T} conv2d
 * @property {(x: T) => T} halve the largest of each 2 × 2
 * @property {(x: T) => T} flatten to [n, channels · height · width]
 */

/**
 * @template T
 * @typedef {Operations<T> & Recurrence<T> & Images<T>} AllOperations
 */

/**
 * A model in these operations.
 * @template T
 * @typedef {object} Model
 * @property {readonly [string, number[]][]} parameters names and shapes, in PyTorch's order
 * @property {(get: (name: string) => T) => T} forward from the parameters by name
 * @property {(out: T) => T} loss
 */
