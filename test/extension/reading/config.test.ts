import { expect, test } from 'vitest';
import { nn, type Tensor, zeros } from '../../../core/index.ts';
import { formatConfig } from '../../../extension/reading/config.ts';

test.each<[string, nn.Layer, string]>([
  ['numbers', new nn.Linear(64, 256, { bias: false }), 'inFeatures=64, outFeatures=256, bias=false'],
  ['sizes', new nn.Unflatten(1, [2, -1]), 'dim=1, unflattenedSize=[2, -1]'],
  ['a word', new nn.GELU({ approximate: 'tanh' }), "approximate='tanh'"],
  ['no number', new nn.Threshold(0, Number.NEGATIVE_INFINITY), 'threshold=0, value=-Infinity'],
  ['null', new nn.AdaptiveAvgPool2d([null, 3]), 'outputSize=[null, 3]'],
  ['a tensor', new nn.NLLLoss({ weight: zeros([3]) }), "reduction='mean', weight=f32 [3], ignoreIndex=-100"],
  [
    'a layer and a function',
    new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(4, 2), 2, { norm: new nn.LayerNorm(4) }),
    'makeLayer=TransformerEncoderLayer, numLayers=2, norm=LayerNorm',
  ],
  [
    'a function without a name',
    new nn.TripletMarginWithDistanceLoss({ distanceFunction: nameless() }),
    "margin=1, reduction='mean', distanceFunction=a function, swap=false",
  ],
  ['nothing', new nn.ReLU(), ''],
])('arguments are written as a call has them: %s', (_what, layer, text) =>
  expect(formatConfig(layer.config())).toBe(text),
);

function nameless(): (a: Tensor, b: Tensor) => Tensor {
  return (a, b) => a.sub(b).abs().sum(-1);
}
