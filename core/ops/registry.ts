/** Every operation, by name: what reference docs, tests and finite-difference checks go through. */
import { activationOps } from './activation.ts';
import { adaptiveMaxPoolOps } from './adaptiveMaxPool.ts';
import { angleOps } from './angle.ts';
import { batchNormOp } from './batchNorm.ts';
import { binaryCrossEntropyOp } from './binaryCrossEntropy.ts';
import { chanceOps } from './chance.ts';
import { clippedActivationOps } from './clippedActivation.ts';
import { compareOps } from './compare.ts';
import { convolutionOps } from './convolution.ts';
import { convTransposeOps } from './convTranspose.ts';
import { ctcLossOps } from './ctcLoss.ts';
import { cumprodOps } from './cumprod.ts';
import { diagonalOps } from './diagonal.ts';
import { dropoutOp } from './dropout.ts';
import { elementwiseOps } from './elementwise.ts';
import { embeddingOps } from './embedding.ts';
import { extremaOps } from './extrema.ts';
import { preluOp } from './gatedActivation.ts';
import { headOps } from './heads.ts';
import { indexingOps } from './indexing.ts';
import { interpolateOps } from './interpolate.ts';
import { linearOp } from './linear.ts';
import { matmulOps } from './matmul.ts';
import { multiHeadAttentionOp } from './multiHeadAttention.ts';
import { nllLossOps } from './nllLoss.ts';
import { normOps } from './norm.ts';
import type { Op } from './op.ts';
import { permuteOps } from './permute.ts';
import { pointwiseOps } from './pointwise.ts';
import { poolingOps } from './pooling.ts';
import { powerOps } from './power.ts';
import { quantileOps } from './quantile.ts';
import { rearrangeOps } from './rearrange.ts';
import { recurrenceOp } from './recurrence.ts';
import { reduceOps } from './reduce.ts';
import { remainderOps } from './remainder.ts';
import { scatterOp } from './scatter.ts';
import { scatterReduceOp } from './scatterReduce.ts';
import { sliceOps } from './slice.ts';
import { sliceScatterOp } from './sliceScatter.ts';
import { slidingWindowOps } from './slidingWindow.ts';
import { smoothActivationOps } from './smoothActivation.ts';
import { softmaxOps } from './softmax.ts';
import { sortOps } from './sort.ts';
import { statisticsOps } from './statistics.ts';
import { tensorOps } from './tensorMethods.ts';
import { triangleOps } from './triangle.ts';
import { viewOps } from './view.ts';

/** Keyed by a name of its own where several records make one operation (`pow` by a tensor and by a number). */
export const registry: Readonly<Record<string, Op<never>>> = {
  ...activationOps,
  ...angleOps,
  ...remainderOps,
  ...adaptiveMaxPoolOps,
  ...clippedActivationOps,
  ...compareOps,
  ...convTransposeOps,
  ...convolutionOps,
  ...ctcLossOps,
  ...diagonalOps,
  ...elementwiseOps,
  ...embeddingOps,
  ...extremaOps,
  ...headOps,
  ...indexingOps,
  ...interpolateOps,
  ...matmulOps,
  ...nllLossOps,
  ...normOps,
  ...permuteOps,
  ...pointwiseOps,
  ...poolingOps,
  ...powerOps,
  ...rearrangeOps,
  ...reduceOps,
  ...sliceOps,
  ...smoothActivationOps,
  ...softmaxOps,
  ...sortOps,
  ...statisticsOps,
  ...chanceOps,
  ...cumprodOps,
  ...quantileOps,
  ...slidingWindowOps,
  ...tensorOps,
  ...triangleOps,
  ...viewOps,
  batchNorm: batchNormOp,
  binaryCrossEntropy: binaryCrossEntropyOp,
  dropout: dropoutOp,
  linear: linearOp,
  multiHeadAttention: multiHeadAttentionOp,
  prelu: preluOp,
  recurrence: recurrenceOp,
  scatter: scatterOp,
  scatterReduce: scatterReduceOp,
  sliceScatter: sliceScatterOp,
};
