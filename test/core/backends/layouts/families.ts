/** Which test file here holds which kernels to the plain ones, and which of their ways its views have to take. */
import type { Backend } from '../../../../core/backends/backend.ts';
import type { paths } from '../../../../core/backends/wasm/paths.ts';

export interface Family {
  readonly kernels: readonly (keyof Backend)[];
  readonly ways: readonly (keyof typeof paths)[];
}

/** By the name of the file. */
export const families = {
  chance: { kernels: ['uniform', 'normal'], ways: ['uniform', 'normal'] },
  indexing: { kernels: ['gather', 'scatterAdd', 'gatherRows', 'scatterAddRows'], ways: ['scatterAdd'] },
  planes: {
    kernels: [
      ...(['conv2d', 'conv2dInputBackward', 'conv2dWeightBackward'] as const),
      ...(['maxPool2d', 'averagePool2d', 'averagePool2dBackward'] as const),
    ],
    ways: ['maxPool2d', 'conv2d', 'conv2dInputBackward', 'conv2dWeightBackward', 'convolution'],
  },
  pointwise: {
    kernels: ['copy', 'fill', 'unary', 'binary', 'where'],
    ways: ['copy', 'arithmetic', 'unary', 'slope', 'where'],
  },
  products: {
    kernels: ['matmul'],
    ways: [
      ...(['matmul', 'left of few rows', 'right of few rows', 'left of packed'] as const),
      ...(['right, packed by rows', 'right, packed by columns', 'left of a batch', 'right of a batch'] as const),
      'shared product',
    ],
  },
  reductions: {
    kernels: ['reduce', 'cumsum', 'softmax', 'softmaxBackward', 'layerNorm', 'layerNormBackward', 'statistics'],
    ways: ['reduce', 'rows', 'statistics'],
  },
  sequences: {
    kernels: ['attention', 'attentionBackward', 'recurrence', 'recurrenceBackward'],
    ways: ['attention', 'recurrence', 'recurrence, backward', 'shared attention'],
  },
} as const satisfies Record<string, Family>;
