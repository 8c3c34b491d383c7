/** Layers, losses and what belongs to them, under PyTorch's names: `nn.Linear`, `nn.functional.softmax`. @module */

export type { Nonlinearity } from '../ops/gates.ts';
export type { Plain } from '../plain.ts';
export {
  ELU,
  GELU,
  LeakyReLU,
  LogSoftmax,
  ReLU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmax2d,
  Softplus,
  Tanh,
} from './activation.ts';
export type { Activation } from './activationOption.ts';
export { BahdanauAttention, type SourceMask } from './additiveAttention.ts';
export { type AttentionOptions, MultiheadAttention, type MultiheadAttentionOptions } from './attention.ts';
export type { FullBackwardHook, FullBackwardPreHook, Gradients } from './backwardHooks.ts';
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  type BatchNormOptions,
  GroupNorm,
  type GroupNormOptions,
} from './batchNorm.ts';
export { Bilinear } from './bilinear.ts';
export { Hardshrink, Hardsigmoid, Hardswish, Hardtanh, ReLU6, Softshrink, Threshold } from './clippedActivation.ts';
export {
  ModuleDict,
  ModuleList,
  type NamedLayers,
  ParameterDict,
  ParameterList,
  Sequential,
  type TensorLayer,
} from './containers.ts';
export { Conv1d, Conv2d, Conv3d, type ConvOptions, type Sizes } from './conv.ts';
export { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeLayerOptions } from './convTranspose.ts';
export { CosineSimilarity, PairwiseDistance } from './distance.ts';
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout } from './dropout.ts';
export { Embedding, EmbeddingBag, type EmbeddingBagLayerOptions, type EmbeddingOptions } from './embedding.ts';
export * as functional from './functional.ts';
export { GLU, PReLU, RReLU } from './gatedActivation.ts';
export type { ForwardHook, ForwardPreHook } from './hooks.ts';
export * as init from './init.ts';
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type InstanceNormOptions } from './instanceNorm.ts';
export { KeyValueCache } from './keyValueCache.ts';
export { type Config, Layer } from './layer.ts';
export {
  LazyBatchNorm1d,
  LazyBatchNorm2d,
  LazyBatchNorm3d,
  LazyConv1d,
  LazyConv2d,
  LazyConv3d,
  LazyConvTranspose1d,
  LazyConvTranspose2d,
  LazyConvTranspose3d,
  LazyInstanceNorm1d,
  LazyInstanceNorm2d,
  LazyInstanceNorm3d,
  LazyLinear,
} from './lazy.ts';
export { LearnedPositionalEmbedding } from './learnedPositional.ts';
export { CTCLoss, GaussianNLLLoss, PoissonNLLLoss } from './likelihoodLoss.ts';
export { Flatten, Identity, Linear, type LinearOptions, Unflatten } from './linear.ts';
export {
  BCELoss,
  BCEWithLogitsLoss,
  type BCEWithLogitsLossOptions,
  type ClassLossOptions,
  CosineEmbeddingLoss,
  CrossEntropyLoss,
  type CrossEntropyLossOptions,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from './loss.ts';
export { LuongAttention, type LuongAttentionOptions, type LuongScore } from './luongAttention.ts';
export {
  HingeEmbeddingLoss,
  MarginRankingLoss,
  MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss,
  MultiMarginLoss,
  SoftMarginLoss,
  TripletMarginLoss,
  TripletMarginWithDistanceLoss,
} from './marginLoss.ts';
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d, type MaxUnpoolLayerOptions } from './maxUnpool.ts';
export { Buffer, type LoadOptions, Module, Parameter, type StateDict, type Unmatched } from './module.ts';
export { LayerNorm, type LayerNormOptions, LocalResponseNorm, RMSNorm, type RMSNormOptions } from './norm.ts';
export {
  CircularPad1d,
  CircularPad2d,
  ConstantPad1d,
  ConstantPad2d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReplicationPad1d,
  ReplicationPad2d,
  ZeroPad1d,
  ZeroPad2d,
} from './padding.ts';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AvgPool1d,
  AvgPool2d,
  LPPool1d,
  LPPool2d,
  MaxPool1d,
  MaxPool2d,
  type MaxPoolLayerOptions,
  type OutputSizes,
} from './pool.ts';
export { PositionalEncoding, type PositionalEncodingOptions, sinusoidalTable } from './positional.ts';
export { GRU, LSTM, type RecurrentCall, type RecurrentOptions, RNN } from './recurrent.ts';
export { GRUCell, LSTMCell, type RecurrentCellOptions, RNNCell } from './recurrentCell.ts';
export { RotaryEmbedding, type RotaryEmbeddingOptions } from './rotary.ts';
export { ChannelShuffle, Fold, PixelShuffle, PixelUnshuffle, Unfold } from './shuffle.ts';
export { CELU, LogSigmoid, Mish, SELU, Softmin, Softsign, Tanhshrink } from './smoothActivation.ts';
export { Transformer, type TransformerMasks, type TransformerOptions } from './transformer.ts';
export {
  type DecoderLayer,
  type DecoderMasks,
  TransformerDecoder,
  TransformerDecoderLayer,
} from './transformerDecoder.ts';
export {
  type EncoderLayer,
  type EncoderLayerMasks,
  type EncoderMasks,
  TransformerEncoder,
  TransformerEncoderLayer,
} from './transformerEncoder.ts';
export type { TransformerLayerOptions, TransformerStackOptions } from './transformerLayer.ts';
export { Upsample, UpsamplingBilinear2d, UpsamplingNearest2d } from './upsample.ts';
export * as utils from './utils.ts';
export { AdaptiveAvgPool3d, AdaptiveMaxPool3d, AvgPool3d, MaxPool3d } from './volume.ts';
