/** Layers, losses and what belongs to them, under PyTorch's names: `nn.Linear`, `nn.functional.softmax`. */
export { ELU, GELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh } from './activation.ts';
export type { Activation } from './activationOption.ts';
export { type AttentionOptions, MultiheadAttention, type MultiheadAttentionOptions } from './attention.ts';
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions, GroupNorm, type GroupNormOptions } from './batchNorm.ts';
export { ModuleList, Sequential, type TensorLayer } from './containers.ts';
export { Conv1d, Conv2d, type ConvOptions, type Sizes } from './conv.ts';
export { Dropout } from './dropout.ts';
export { Embedding, type EmbeddingOptions } from './embedding.ts';
export * as functional from './functional.ts';
export * as init from './init.ts';
export { Flatten, Identity, Linear, type LinearOptions } from './linear.ts';
export {
  BCEWithLogitsLoss,
  type BCEWithLogitsLossOptions,
  type ClassLossOptions,
  CrossEntropyLoss,
  type CrossEntropyLossOptions,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from './loss.ts';
export { Buffer, Module, Parameter, type StateDict } from './module.ts';
export { LayerNorm, type LayerNormOptions, RMSNorm, type RMSNormOptions } from './norm.ts';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AvgPool1d,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
  type MaxPoolLayerOptions,
} from './pool.ts';
export { PositionalEncoding, type PositionalEncodingOptions, sinusoidalTable } from './positional.ts';
export { GRU, LSTM, type RecurrentCall, type RecurrentOptions, RNN } from './recurrent.ts';
export { GRUCell, LSTMCell, type RecurrentCellOptions, RNNCell } from './recurrentCell.ts';
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
  type TransformerLayerOptions,
  type TransformerStackOptions,
} from './transformerEncoder.ts';
export * as utils from './utils.ts';
