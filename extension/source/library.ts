/** What the library exports, known without loading it. A test compares it with the library and says what to write. */

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

export const libraryNames = names(`
IndexError NeedsValueError OutOfMemoryError ShapeError StopRun TensightError Tensor Vocabulary abs add all amax amin any arange
argmax argmin argsort bmm cat causalMask ceil chunk clamp concat cos cumsum defineModel diagonal div einsum elu eq erf exp expand
expm1 eye flatten flip floor formatShape full gather ge gelu generate gt indexAdd indexSelect isDefinedModel isnan le leakyRelu
linspace load log log1p logSoftmax logicalAnd logicalNot logicalOr logicalXor logsumexp lt manualSeed maskedFill maskedSelect
matmul max maximum mean min minimum mul narrow ne neg nn noGrad nonzero norm oneHot ones onesLike optim permute pow prod rand
randint randn readNpy readSafetensors reciprocal relu repeat repeatInterleave reshape roll round rsqrt save scatter scatterAdd
select sigmoid sign silu sin slice softmax softplus sort split sqrt square squeeze stack std sub sum takeAlongDim tanh tensor
tokens topk train transpose tril triu unbind unsqueeze variance where writeNpy writeSafetensors zeros zerosLike
`);

/** Names of what it exports together, which are easily imported by themselves: by name, what they belong to. */
export const namesWithin: ReadonlyMap<string, 'nn' | 'optim'> = new Map([
  ...names(`
AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d AlphaDropout AvgPool1d AvgPool2d BCELoss BCEWithLogitsLoss
BahdanauAttention BatchNorm1d BatchNorm2d Bilinear Buffer CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d ConstantPad1d
ConstantPad2d Conv1d Conv2d ConvTranspose1d ConvTranspose2d CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss Dropout
Dropout1d Dropout2d ELU Embedding EmbeddingBag FeatureAlphaDropout Flatten Fold GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm
Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss Identity InstanceNorm1d InstanceNorm2d KLDivLoss
KeyValueCache L1Loss LPPool1d LPPool2d LSTM LSTMCell Layer LayerNorm LeakyReLU LearnedPositionalEmbedding Linear LocalResponseNorm
LogSigmoid LogSoftmax LuongAttention MSELoss MarginRankingLoss MaxPool1d MaxPool2d Mish Module ModuleDict ModuleList
MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention NLLLoss PReLU PairwiseDistance Parameter
ParameterDict ParameterList PixelShuffle PixelUnshuffle PoissonNLLLoss PositionalEncoding RMSNorm RNN RNNCell RReLU ReLU ReLU6
ReflectionPad1d ReflectionPad2d ReplicationPad1d ReplicationPad2d RotaryEmbedding SELU Sequential SiLU Sigmoid SmoothL1Loss
SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink Threshold Transformer TransformerDecoder
TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten
Unfold Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d functional init sinusoidalTable utils
`).map((name) => [name, 'nn'] as const),
  ...names(`
Adadelta Adagrad Adam AdamW Adamax ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LambdaLR
LinearLR MultiStepLR MultiplicativeLR NAdam NoamLR OneCycleLR Optimizer PolynomialLR RAdam RMSprop ReduceLROnPlateau Rprop SGD
SequentialLR StepLR noamRate
`).map((name) => [name, 'optim'] as const),
]);
