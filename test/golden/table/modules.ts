/** Layers: built from the case's hyperparameters, filled by `loadStateDict`, whose names and shapes are so checked too. */
import { nn, type Tensor } from '../../../core/index.ts';
import type { Hyper } from '../cases.ts';
import { layer } from '../lookup.ts';
import { camelCase, type Runner, type Tensors } from './runner.ts';

type AnyModule = InstanceType<typeof nn.Module>;

/** Constructor arguments before the options object. */
const positional: Readonly<Record<string, readonly string[]>> = {
  LayerNorm: ['normalized_shape'],
  BatchNorm1d: ['num_features'],
  BatchNorm2d: ['num_features'],
  GroupNorm: ['num_groups', 'num_channels'],
  Embedding: ['num_embeddings', 'embedding_dim'],
  Dropout: ['p'],
  Linear: ['in_features', 'out_features'],
  Conv1d: ['in_channels', 'out_channels', 'kernel_size'],
  Conv2d: ['in_channels', 'out_channels', 'kernel_size'],
  RNN: ['input_size', 'hidden_size'],
  LSTM: ['input_size', 'hidden_size'],
  GRU: ['input_size', 'hidden_size'],
  RNNCell: ['input_size', 'hidden_size'],
  LSTMCell: ['input_size', 'hidden_size'],
  GRUCell: ['input_size', 'hidden_size'],
  MultiheadAttention: ['embed_dim', 'num_heads'],
  TransformerEncoderLayer: ['d_model', 'nhead'],
  TransformerDecoderLayer: ['d_model', 'nhead'],
  Transformer: ['d_model', 'nhead'],
};

export function build(name: string, hyper: Hyper): AnyModule {
  if (name === 'TransformerEncoder' || name === 'TransformerDecoder') {
    const { num_layers: layers, final_norm: norm, ...rest } = hyper;
    const options = norm ? { norm: new nn.LayerNorm(hyper.d_model as number) } : {};
    return new (layer(name))(() => build(`${name}Layer`, rest), layers, options);
  }
  const { ...rest } = hyper;
  const args = (positional[name] ?? []).map((argument) => {
    const value = rest[argument];
    delete (rest as Record<string, unknown>)[argument];
    return value;
  });
  return new (layer(name))(...args, camelCase(rest));
}

/** A module runner; `run` calls it and names its outputs. */
function moduleOf(name: string, run: (module: AnyModule, inputs: Tensors) => Tensors): Runner {
  return ({ hparams, training }, { inputs, params, buffers }) => {
    const module = build(name, hparams).train(training ?? true);
    module.loadStateDict({ ...params, ...buffers });
    return { outputs: run(module, inputs), params: module.stateDict() };
  };
}

/** One tensor in, one out. */
const plain = (name: string, input = 'x') =>
  moduleOf(name, (module, inputs) => ({ y: module.forward(inputs[input]) as Tensor }));

function batchNorm(name: string): Runner {
  return moduleOf(name, (module, { x }) => {
    const y = module.forward(x) as Tensor;
    const { running_mean: mean, running_var: variance } = module.stateDict();
    return { y, ...(mean && variance && { running_mean_after: mean, running_var_after: variance }) };
  });
}

/** Layers over a sequence; the state is one tensor, of an LSTM two. */
function recurrent(name: string): Runner {
  return moduleOf(name, (module, { x, h_0, c_0, lengths }) => {
    const state = c_0 ? [h_0, c_0] : h_0;
    const options = lengths ? { lengths: [...lengths.toTypedArray()] } : {};
    const [output, last] = module.forward(x, state, options) as [Tensor, Tensor | [Tensor, Tensor]];
    return Array.isArray(last) ? { output, h_n: last[0], c_n: last[1] } : { output, h_n: last };
  });
}

export const modules: Readonly<Record<string, Runner>> = {
  'torch.nn.LayerNorm': plain('LayerNorm'),
  'torch.nn.BatchNorm1d': batchNorm('BatchNorm1d'),
  'torch.nn.BatchNorm2d': batchNorm('BatchNorm2d'),
  'torch.nn.GroupNorm': plain('GroupNorm'),
  'torch.nn.Embedding': plain('Embedding', 'index'),
  'torch.nn.Dropout': plain('Dropout'),
  'torch.nn.Linear': plain('Linear'),
  'torch.nn.Conv1d': plain('Conv1d'),
  'torch.nn.Conv2d': plain('Conv2d'),
  'torch.nn.RNN': recurrent('RNN'),
  'torch.nn.LSTM': recurrent('LSTM'),
  'torch.nn.GRU': recurrent('GRU'),
  'torch.nn.RNNCell': moduleOf('RNNCell', (module, { x, h }) => ({ h_1: module.forward(x, h) as Tensor })),
  'torch.nn.GRUCell': moduleOf('GRUCell', (module, { x, h }) => ({ h_1: module.forward(x, h) as Tensor })),
  'torch.nn.LSTMCell': moduleOf('LSTMCell', (module, { x, h, c }) => {
    const [h_1, c_1] = module.forward(x, [h, c]) as [Tensor, Tensor];
    return { h_1, c_1 };
  }),
  'torch.nn.MultiheadAttention': moduleOf('MultiheadAttention', (module, inputs) => {
    const { x, query = x, key = x, value = x, key_padding_mask: keyPaddingMask, attn_mask: attnMask } = inputs;
    const [y, attn] = module.forward(query, key, value, { keyPaddingMask, attnMask }) as [Tensor, Tensor];
    return { y, attn };
  }),
  'torch.nn.TransformerEncoderLayer': moduleOf('TransformerEncoderLayer', (module, { src, ...masks }) => ({
    y: module.forward(src, camelCase(masks)) as Tensor,
  })),
  'torch.nn.TransformerEncoder': moduleOf('TransformerEncoder', (module, { src, ...masks }) => ({
    y: module.forward(src, camelCase(masks)) as Tensor,
  })),
  'torch.nn.TransformerDecoderLayer': moduleOf('TransformerDecoderLayer', (module, { tgt, memory, ...masks }) => ({
    y: module.forward(tgt, memory, camelCase(masks)) as Tensor,
  })),
  'torch.nn.TransformerDecoder': moduleOf('TransformerDecoder', (module, { tgt, memory, ...masks }) => ({
    y: module.forward(tgt, memory, camelCase(masks)) as Tensor,
  })),
  'torch.nn.Transformer': moduleOf('Transformer', (module, { src, tgt, ...masks }) => ({
    y: module.forward(src, tgt, camelCase(masks)) as Tensor,
  })),
};
