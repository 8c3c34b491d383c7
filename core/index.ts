/** What `import { … } from 'tensight'` gives. Importing it installs the operations on `Tensor` and a backend to run them. @module */
import './ops/methods.ts';
import { bestBackend } from './backends/wasm/index.ts';
import { context } from './context.ts';

context.backend ??= bestBackend();

export type { GradientHook, HookHandle } from './autograd/hooks.ts';
export { manualSeed, noGrad } from './context.ts';
export {
  IndexError,
  NeedsValueError,
  OutOfMemoryError,
  ShapeError,
  StopRun,
  TensightError,
} from './errors.ts';
export { readNpy, writeNpy } from './io/npy.ts';
export { readSafetensors, type SafetensorsFile, writeSafetensors } from './io/safetensors.ts';
export { load, save } from './io/state.ts';
export {
  type DefinedModel,
  defineModel,
  type Inputs,
  isDefinedModel,
  type ModelDefinition,
  type ModelLike,
  type OutputOf,
  type TrainDefinition,
  type TrainResult,
} from './model.ts';
export * as nn from './nn/index.ts';
export { elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh } from './ops/activation.ts';
export { atan, atan2 } from './ops/angle.ts';
export { type CdistOptions, cdist } from './ops/cdist.ts';
export { bernoulli, type MultinomialOptions, multinomial, randperm } from './ops/chance.ts';
export type { Chosen } from './ops/chosen.ts';
export { allclose, type ClosenessOptions, equal, isclose } from './ops/closeness.ts';
export {
  eq,
  ge,
  gt,
  isfinite,
  isinf,
  isnan,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  maskedFill,
  ne,
  where,
} from './ops/compare.ts';
export { type BincountOptions, bincount, type UniqueOptions, unique } from './ops/counting.ts';
export {
  arange,
  type CreationOptions,
  eye,
  full,
  fullLike,
  linspace,
  type NestedNumbers,
  ones,
  onesLike,
  rand,
  randint,
  randLike,
  randn,
  randnLike,
  tensor,
  zeros,
  zerosLike,
} from './ops/creation.ts';
export { cumprod } from './ops/cumprod.ts';
export { diagonal } from './ops/diagonal.ts';
export { einsum } from './ops/einsum.ts';
export { add, div, maximum, minimum, mul, sub } from './ops/elementwise.ts';
export { argmax, argmin, type Extremes, max, min } from './ops/extrema.ts';
export { type MeshgridOptions, meshgrid, trilIndices, triuIndices } from './ops/grid.ts';
export { gather, indexAdd, indexSelect, oneHot, scatterAdd } from './ops/indexing.ts';
export { type IndexPutOptions, indexCopy, indexFill, indexPut, maskedScatter } from './ops/indexPut.ts';
export type { Operand } from './ops/make.ts';
export { bmm, matmul } from './ops/matmul.ts';
export { movedim, permute, swapaxes, transpose } from './ops/permute.ts';
export {
  abs,
  ceil,
  clamp,
  cos,
  erf,
  exp,
  expm1,
  floor,
  log,
  log1p,
  log2,
  log10,
  neg,
  reciprocal,
  round,
  rsqrt,
  sign,
  sin,
  sqrt,
  square,
  trunc,
} from './ops/pointwise.ts';
export { pow } from './ops/power.ts';
export {
  type AddmmOptions,
  addbmm,
  addmm,
  addmv,
  baddbmm,
  dot,
  inner,
  mm,
  mv,
  outer,
  tensordot,
} from './ops/products.ts';
export { kthvalue, median, type QuantileOptions, quantile } from './ops/quantile.ts';
export { cat, concat, flip, repeat, roll, stack } from './ops/rearrange.ts';
export { all, amax, amin, any, type Dims, logsumexp, mean, norm, prod, sum } from './ops/reduce.ts';
export { fmod, remainder } from './ops/remainder.ts';
export { maskedSelect, type NonzeroOptions, nonzero, repeatInterleave, scatter, takeAlongDim } from './ops/scatter.ts';
export { type Reduction, type ScatterReduceOptions, scatterReduce } from './ops/scatterReduce.ts';
export { chunk, narrow, select, slice, split, unbind } from './ops/slice.ts';
export { selectScatter, setSlice, sliceScatter } from './ops/sliceScatter.ts';
export { logSoftmax, softmax } from './ops/softmax.ts';
export { argsort, type Sorted, type SortOptions, sort, type TopkOptions, topk } from './ops/sort.ts';
export { columnStack, dstack, hstack, tile, vstack } from './ops/stacking.ts';
export { cumsum, std, type VarianceOptions, variance } from './ops/statistics.ts';
export { causalMask, tril, triu } from './ops/triangle.ts';
export { broadcastTo, expand, flatten, reshape, squeeze, unsqueeze } from './ops/view.ts';
export * as optim from './optim/index.ts';
export type { Axis } from './tensor/axes.ts';
export type { DType, TypedArray } from './tensor/dtype.ts';
export { formatShape, type Shape, type Spec } from './tensor/shape.ts';
export { Tensor } from './tensor/tensor.ts';
export { type GenerateOptions, generate } from './text/generate.ts';
export type { LanguageModel, NextTokens } from './text/languageModel.ts';
export { type TokensOptions, tokens } from './text/tokens.ts';
export { Vocabulary, type VocabularyOptions } from './text/vocabulary.ts';
export { type Trained, type TrainOptions, train } from './train.ts';
export type { TrainingRemark } from './trainingWatch.ts';
