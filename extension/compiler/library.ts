/** What the library exports, known without loading it. A test compares it with the library and says what to write. */

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

export const libraryNames = names(`
IndexError NeedsValueError OutOfMemoryError ShapeError StopRun TensightError Tensor Vocabulary abs add addbmm addmm addmv all
allclose amax amin any arange argmax argmin argsort atan atan2 baddbmm bernoulli bincount bmm broadcastTo cat causalMask cdist
ceil chunk clamp columnStack concat cos cumprod cumsum defineModel diagonal div dot dstack einsum elu eq equal erf exp expand
expm1 eye flatten flip floor fmod formatShape full fullLike gather ge gelu generate gt hstack indexAdd indexCopy indexFill
indexPut indexSelect inner isclose isDefinedModel isfinite isinf isnan kthvalue le leakyRelu linspace load log log10 log1p log2
logicalAnd logicalNot logicalOr logicalXor logSoftmax logsumexp lt manualSeed maskedFill maskedScatter maskedSelect matmul max
maximum mean median meshgrid min minimum mm movedim mul multinomial mv narrow ne neg nn noGrad nonzero norm oneHot ones onesLike
optim outer permute pow prod quantile rand randint randLike randn randnLike randperm readNpy readSafetensors reciprocal relu
remainder repeat repeatInterleave reshape roll round rsqrt save scatter scatterAdd scatterReduce select selectScatter setSlice
sigmoid sign silu sin slice sliceScatter softmax softplus sort split sqrt square squeeze stack std sub sum swapaxes takeAlongDim
tanh tensor tensordot tile tokens topk train transpose tril trilIndices triu triuIndices trunc unbind unique unsqueeze variance
vstack where writeNpy writeSafetensors zeros zerosLike
`);

/** Names of what it exports together, which are easily imported by themselves: by name, what they belong to. */
export const namesWithin: ReadonlyMap<string, 'nn' | 'optim'> = new Map([
  ...names(`
AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout
AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss BahdanauAttention BatchNorm1d BatchNorm2d BatchNorm3d Bilinear Buffer
CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d ConstantPad1d ConstantPad2d Conv1d Conv2d Conv3d ConvTranspose1d
ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss Dropout Dropout1d Dropout2d Dropout3d ELU
Embedding EmbeddingBag FeatureAlphaDropout Flatten Fold GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm Hardshrink Hardsigmoid
Hardswish Hardtanh HingeEmbeddingLoss HuberLoss Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss KeyValueCache
L1Loss LPPool1d LPPool2d LSTM LSTMCell Layer LayerNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d
LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d
LazyLinear LeakyReLU LearnedPositionalEmbedding Linear LocalResponseNorm LogSigmoid LogSoftmax LuongAttention MSELoss
MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish Module ModuleDict ModuleList
MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention NLLLoss PReLU PairwiseDistance Parameter
ParameterDict ParameterList PixelShuffle PixelUnshuffle PoissonNLLLoss PositionalEncoding RMSNorm RNN RNNCell RReLU ReLU ReLU6
ReflectionPad1d ReflectionPad2d ReplicationPad1d ReplicationPad2d RotaryEmbedding SELU Sequential SiLU Sigmoid SmoothL1Loss
SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink Threshold Transformer TransformerDecoder
TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten
Unfold Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d functional init sinusoidalTable utils
`).map((name) => [name, 'nn'] as const),
  ...names(`
ASGD Adadelta Adagrad Adam AdamW Adamax ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LBFGS
LambdaLR LinearLR MultiStepLR MultiplicativeLR NAdam NoamLR OneCycleLR Optimizer PolynomialLR RAdam RMSprop ReduceLROnPlateau
Rprop SGD SequentialLR StepLR noamRate
`).map((name) => [name, 'optim'] as const),
]);
