/** Cases of every layer and loss of `nn`. A layer that is not here fails the tests. */
import type fc from 'fast-check';
import type { Case } from './case.ts';
import { activations } from './layers/activations.ts';
import { attentions } from './layers/attention.ts';
import { convolutions } from './layers/convolutions.ts';
import { dropouts } from './layers/dropouts.ts';
import { embeddings } from './layers/embeddings.ts';
import { type Layers, written } from './layers/layer.ts';
import { linear } from './layers/linear.ts';
import { losses } from './layers/losses.ts';
import { normalizations } from './layers/normalizations.ts';
import { paddings } from './layers/padding.ts';
import { pooling } from './layers/pooling.ts';
import { recurrences } from './layers/recurrent.ts';
import { resizing } from './layers/resizing.ts';

export const layers: Layers = {
  ...activations,
  ...linear,
  ...convolutions,
  ...pooling,
  ...paddings,
  ...resizing,
  ...normalizations,
  ...dropouts,
  ...embeddings,
  ...recurrences,
  ...attentions,
  ...losses,
};

const becomes = 'becomes a layer that is drawn; lazy.test.ts holds it to that';

/** What is a class of `nn` and no layer with numbers of its own to hold, and why. */
export const noLayers: Readonly<Record<string, string>> = {
  Module: 'what layers are made of',
  Layer: 'what layers are made of',
  Parameter: 'a tensor',
  Buffer: 'a tensor',
  ModuleList: 'holds layers',
  ModuleDict: 'holds layers',
  ParameterList: 'holds parameters',
  ParameterDict: 'holds parameters',
  Sequential: 'calls layers one after the other',
  LazyLinear: becomes,
  LazyConv1d: becomes,
  LazyConv2d: becomes,
  LazyConv3d: becomes,
  LazyConvTranspose1d: becomes,
  LazyConvTranspose2d: becomes,
  LazyConvTranspose3d: becomes,
  LazyBatchNorm1d: becomes,
  LazyBatchNorm2d: becomes,
  LazyBatchNorm3d: becomes,
  LazyInstanceNorm1d: becomes,
  LazyInstanceNorm2d: becomes,
  LazyInstanceNorm3d: becomes,
  MaxUnpool1d: 'takes indices of a pooling: edges.txt holds it to PyTorch',
  MaxUnpool2d: 'takes indices of a pooling: edges.txt holds it to PyTorch',
  MaxUnpool3d: 'takes indices of a pooling: edges.txt holds it to PyTorch',
  KeyValueCache: 'what attention remembers; attention.test.ts holds it to attention without it',
};

export const layerCases: Readonly<Record<string, fc.Arbitrary<Case>>> = Object.fromEntries(
  Object.entries(layers).map(([name, drawn]) => [name, drawn.map((layer) => written(name, layer))]),
);
