/** Gathers every family's methods into `TensorMethods` and puts them on `Tensor`. */
import { Tensor } from '../tensor/tensor.ts';
import { activationMethods } from './activation.ts';
import { compareMethods } from './compare.ts';
import { diagonalMethods } from './diagonal.ts';
import { elementwiseMethods } from './elementwise.ts';
import { extremaMethods } from './extrema.ts';
import { type IndexMethod, indexingMethods, indexMethod } from './indexing.ts';
import { matmulMethods } from './matmul.ts';
import { permuteMethods } from './permute.ts';
import { pointwiseMethods } from './pointwise.ts';
import { rearrangeMethods } from './rearrange.ts';
import { reduceMethods } from './reduce.ts';
import { scatterMethods } from './scatter.ts';
import { sliceMethods } from './slice.ts';
import { softmaxMethods } from './softmax.ts';
import { sortMethods } from './sort.ts';
import { statisticsMethods } from './statistics.ts';
import { tensorMethods } from './tensorMethods.ts';
import { triangleMethods } from './triangle.ts';
import { viewMethods } from './view.ts';

const families = [
  activationMethods,
  compareMethods,
  diagonalMethods,
  elementwiseMethods,
  extremaMethods,
  indexingMethods,
  indexMethod,
  matmulMethods,
  permuteMethods,
  pointwiseMethods,
  rearrangeMethods,
  reduceMethods,
  scatterMethods,
  sliceMethods,
  softmaxMethods,
  sortMethods,
  statisticsMethods,
  tensorMethods,
  triangleMethods,
  viewMethods,
];

type Activation = typeof activationMethods;
type Compare = typeof compareMethods;
type Diagonal = typeof diagonalMethods;
type Elementwise = typeof elementwiseMethods;
type Extrema = typeof extremaMethods;
type Indexing = typeof indexingMethods;
type Matmul = typeof matmulMethods;
type Permute = typeof permuteMethods;
type Pointwise = typeof pointwiseMethods;
type Rearrange = typeof rearrangeMethods;
type Reduce = typeof reduceMethods;
type Scatter = typeof scatterMethods;
type Slice = typeof sliceMethods;
type Softmax = typeof softmaxMethods;
type Sort = typeof sortMethods;
type Statistics = typeof statisticsMethods;
type Own = typeof tensorMethods;
type Triangle = typeof triangleMethods;
type View = typeof viewMethods;

export interface TensorMethods
  extends Activation,
    Compare,
    Diagonal,
    Elementwise,
    Extrema,
    Indexing,
    IndexMethod,
    Matmul,
    Own,
    Permute,
    Pointwise,
    Rearrange,
    Reduce,
    Scatter,
    Slice,
    Softmax,
    Sort,
    Statistics,
    Triangle,
    View {}

for (const family of families) {
  for (const [name, method] of Object.entries(family))
    Object.defineProperty(Tensor.prototype, name, { value: method, writable: true, configurable: true });
}
