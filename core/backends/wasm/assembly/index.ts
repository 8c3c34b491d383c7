/** What the WASM backend calls. Compiled by `scripts/build/kernels.mjs`; nothing here allocates: callers say where. */
export { binary, sum, sumRows } from './arithmetic';
export { attentionWorkspace } from './attention';
export { conv2d, conv2dInputBackward, conv2dWeightBackward, setConvolution } from './convolution';
export { layOut } from './copy';
export {
  direct,
  directSums,
  directWeightBackward,
  directWeightResult,
  directWeights,
  directWorkspace,
  packDirect,
  setDirect,
} from './directConvolution';
export { fewRows } from './fewRows';
export { gemmPacked, gemmWorkspace, pack, packedLength } from './gemm';
export { attention, closeJob, gemmBatch, offerTasks, openProduct, serve, stepTask, taskDone } from './jobs';
export {
  abs,
  erf,
  exp,
  gelu,
  geluBackward,
  geluTanh,
  geluTanhBackward,
  neg,
  reciprocal,
  relu,
  rsqrt,
  sigmoid,
  silu,
  siluBackward,
  sqrt,
  square,
  tanh,
} from './pointwise';
export { maxPool2d, scatterAdd } from './pooling';
export { multiplyAdd, normal, uniform } from './random';
export { recurrence, recurrenceBackward } from './recurrence';
export { layerNorm, layerNormBackward, logSoftmax, softmax, softmaxBackward } from './rows';
export { statistics } from './statistics';
export { argumentsAt, blockSize, setThreads } from './threads';

/** The first address after the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}
