/** Recurrent layers and their cells. */
import fc from 'fast-check';
import { optionsInPython, python } from '../case.ts';
import { flag, input, int } from '../drawing.ts';
import { type Drawn, type Layers, optional } from './layer.ts';

const recurrent = (kind: 'RNN' | 'LSTM' | 'GRU'): Drawn =>
  fc
    .record({
      inputSize: int(1, 4),
      hidden: int(1, 5),
      numLayers: optional(int(1, 2)),
      nonlinearity: fc.constantFrom(undefined, 'tanh', 'relu'),
      bias: optional(flag),
      batchFirst: optional(flag),
      bidirectional: optional(flag),
      projSize: fc.constantFrom(undefined, undefined, 1),
      steps: int(1, 5),
      batch: int(1, 3),
      state: flag,
      unbatched: int(0, 9),
      packed: int(0, 3),
      odd: int(0, 20),
    })
    .chain(({ inputSize, hidden, steps, batch, state, unbatched, packed, odd, nonlinearity, projSize, ...options }) => {
      const single = unbatched === 0;
      const lead = single ? [steps] : options.batchFirst ? [batch, steps] : [steps, batch];
      const out = kind === 'LSTM' && projSize !== undefined && projSize < hidden ? projSize : hidden;
      const count = (options.numLayers ?? 1) * (options.bidirectional ? 2 : 1);
      const stateOf = (width: number) => input([count, ...(single ? [] : [batch]), width], { stretched: false });
      const states = state ? (kind === 'LSTM' ? [stateOf(out), stateOf(hidden)] : [stateOf(out)]) : [];
      const pair = kind === 'LSTM' ? { ours: '[b, c]', theirs: '(b, c)' } : { ours: 'b', theirs: 'b' };
      const lengths = Array.from({ length: batch }, (_, i) => 1 + ((i * 2 + steps) % steps));
      const asPacked = packed === 0 && !single;
      const call = ['a', ...(state ? [pair.ours] : asPacked ? ['undefined'] : [])].join(', ');
      const theirCall = ['a', ...(state ? [pair.theirs] : [])].join(', ');
      return fc
        .tuple(input([...lead, odd === 0 ? inputSize + 1 : inputSize], { stretched: false }), ...states)
        .map((inputs) => {
          const more = {
            ...options,
            ...(kind === 'RNN' && { nonlinearity }),
            ...(kind === 'LSTM' && out !== hidden && { projSize: out }),
          };
          const made = [inputSize, hidden, ...optionsInPython(more)].join(', ');
          return {
            args: [inputSize, hidden],
            options: more,
            inputs,
            call,
            theirCall,
            ...(asPacked && {
              callOptions: { lengths },
              theirs: `packed(M(nn.${kind}(${made})), a, ${python(lengths)}, ${state ? pair.theirs : 'None'}, ${python(options.batchFirst === true)})`,
            }),
          };
        });
    });

const cell = (kind: 'RNNCell' | 'LSTMCell' | 'GRUCell'): Drawn =>
  fc
    .record({
      inputSize: int(1, 4),
      hidden: int(1, 4),
      bias: optional(flag),
      batch: int(0, 3),
      state: flag,
      odd: int(0, 20),
    })
    .chain(({ inputSize, hidden, bias, batch, state, odd }) => {
      const lead = batch === 0 ? [] : [batch];
      const states = state ? Array.from({ length: kind === 'LSTMCell' ? 2 : 1 }, () => input([...lead, hidden])) : [];
      const call = state ? (kind === 'LSTMCell' ? 'a, [b, c]' : 'a, b') : 'a';
      const theirCall = call.replace('[', '(').replace(']', ')');
      return fc
        .tuple(input([...lead, odd === 0 ? inputSize + 1 : inputSize]), ...states)
        .map((inputs) => ({ args: [inputSize, hidden], options: { bias }, inputs, call, theirCall }));
    });

export const recurrences: Layers = {
  RNN: recurrent('RNN'),
  LSTM: recurrent('LSTM'),
  GRU: recurrent('GRU'),
  RNNCell: cell('RNNCell'),
  LSTMCell: cell('LSTMCell'),
  GRUCell: cell('GRUCell'),
};
