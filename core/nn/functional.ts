/** Layers without state, PyTorch's `torch.nn.functional`: `nn.functional.softmax(x, -1)`. @module */

import { embedding as embeddingRows } from '../ops/embedding.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';

export { elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh } from '../ops/activation.ts';
export { adaptiveMaxPool1d, adaptiveMaxPool2d } from '../ops/adaptiveMaxPool.ts';
export {
  type AttentionOptions,
  type AttentionResult,
  attentionWithWeights,
  scaledDotProductAttention,
} from '../ops/attention.ts';
export { type BatchNormOptions, batchNorm, groupNorm } from '../ops/batchNorm.ts';
export { bilinear } from '../ops/bilinear.ts';
export {
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  relu6,
  softshrink,
  threshold,
} from '../ops/clippedActivation.ts';
export { type ConvolutionOptions, conv1d, conv2d } from '../ops/convolution.ts';
export { type ConvTransposeOptions, convTranspose1d, convTranspose2d } from '../ops/convTranspose.ts';
export { type CtcLossOptions, ctcLoss, type Lengths } from '../ops/ctcLoss.ts';
export { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from '../ops/dropout.ts';
export { type EmbeddingBagOptions, embeddingBag } from '../ops/embeddingBag.ts';
export { glu, prelu, rrelu } from '../ops/gatedActivation.ts';
export { type AffineGridOptions, affineGrid, type GridSampleOptions, gridSample } from '../ops/gridSample.ts';
export { type GumbelSoftmaxOptions, gumbelSoftmax } from '../ops/gumbelSoftmax.ts';
export { oneHot } from '../ops/indexing.ts';
export { type InstanceNormOptions, instanceNorm } from '../ops/instanceNorm.ts';
export { type InterpolateOptions, interpolate } from '../ops/interpolate.ts';
export {
  type GaussianNllOptions,
  gaussianNllLoss,
  type PoissonNllOptions,
  poissonNllLoss,
} from '../ops/likelihoodLosses.ts';
export { linear } from '../ops/linear.ts';
export { type LocalResponseNormOptions, localResponseNorm } from '../ops/localResponseNorm.ts';
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type CrossEntropyOptions,
  crossEntropy,
  huberLoss,
  type KlDivOptions,
  klDiv,
  type LossOptions,
  l1Loss,
  mseLoss,
  smoothL1Loss,
} from '../ops/losses.ts';
export {
  hingeEmbeddingLoss,
  type MarginOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  type TripletDistanceOptions,
  type TripletMarginOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from '../ops/marginLosses.ts';
export { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from '../ops/maxUnpool.ts';
export { type NllOptions, nllLoss, type Reduction } from '../ops/nllLoss.ts';
export { layerNorm, rmsNorm } from '../ops/norm.ts';
export {
  type AvgPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  type PoolOptions,
} from '../ops/pooling.ts';
export { type LpPoolOptions, lpPool1d, lpPool2d } from '../ops/powerPool.ts';
export { type PadMode, pad } from '../ops/rearrange.ts';
export { channelShuffle, pixelShuffle, pixelUnshuffle } from '../ops/shuffle.ts';
export { cosineEmbeddingLoss, cosineSimilarity, normalize, pairwiseDistance } from '../ops/similarity.ts';
export { celu, logSigmoid, mish, selu, softsign, tanhshrink } from '../ops/smoothActivation.ts';
export { logSoftmax, softmax, softmin } from '../ops/softmax.ts';
export { fold, type UnfoldOptions, unfold } from '../ops/unfold.ts';
export {
  adaptiveAvgPool3d,
  adaptiveMaxPool3d,
  avgPool3d,
  conv3d,
  convTranspose3d,
  maxPool3d,
} from '../ops/volume.ts';

/**
 * Rows of a table: ids [...] (i32), weight [vocab, embed] → [..., embed]. The row `paddingIdx` gets no gradient. Throws
 * IndexError, in a shape run too, where an id has no row.
 */
export function embedding(ids: Tensor, weight: Tensor, options: { paddingIdx?: number | undefined } = {}): Tensor {
  checkArguments('embedding', arguments);
  return embeddingRows(weight, ids, options);
}
