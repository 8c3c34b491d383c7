/** What the WASM backend calls. Compiled by `scripts/build/kernels.mjs`; nothing here allocates: callers say where. */
export { conv2d, conv2dInputBackward, conv2dWeightBackward, setConvolution } from './convolution';
export { gemmBatch, gemmWorkspace } from './gemm';
export {
  erf,
  exp,
  gelu,
  geluBackward,
  geluTanh,
  geluTanhBackward,
  sigmoid,
  silu,
  siluBackward,
  tanh,
} from './pointwise';
export { layerNorm, layerNormBackward, logSoftmax, softmax, softmaxBackward } from './rows';

/** The first address behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}
