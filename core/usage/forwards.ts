/**
 * How the `forward` of layers is called that takes options, written as in layers.ts; the options in the order in which PyTorch takes them by
 * position. Kept equal to the declarations by a test.
 */
const decoder =
  'tgt, memory, { tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal, cache }';

export const forwards = {
  'BahdanauAttention.forward': 'query, keys, { keyPaddingMask }',
  'GRU.forward': 'x, h, { lengths }',
  'LSTM.forward': 'x, state, { lengths }',
  'LuongAttention.forward': 'query, keys, { keyPaddingMask }',
  'MultiheadAttention.forward':
    'query, key, value, { keyPaddingMask, needWeights, attnMask, averageAttnWeights, isCausal, cache, fixedKeys }',
  'RNN.forward': 'x, h, { lengths }',
  'Transformer.forward':
    'src, tgt, { srcMask, tgtMask, memoryMask, srcKeyPaddingMask, tgtKeyPaddingMask, memoryKeyPaddingMask, srcIsCausal, tgtIsCausal, memoryIsCausal }',
  'TransformerDecoder.forward': decoder,
  'TransformerDecoderLayer.forward': decoder,
  'TransformerEncoder.forward': 'src, { mask, srcKeyPaddingMask, isCausal, cache }',
  'TransformerEncoderLayer.forward': 'src, { srcMask, srcKeyPaddingMask, isCausal, cache }',
} as const;
