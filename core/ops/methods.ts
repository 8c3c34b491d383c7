/** Gathers every family's methods into `TensorMethods` and puts them on `Tensor`. */
import { Tensor } from '../tensor/tensor.ts';
import { watchTensors } from '../usage/members.ts';
import { activationMethods } from './activation.ts';
import { angleMethods } from './angle.ts';
import { chanceMethods } from './chance.ts';
import { closenessMethods } from './closeness.ts';
import { compareMethods } from './compare.ts';
import { countingMethods } from './counting.ts';
import { cumprodMethods } from './cumprod.ts';
import { diagonalMethods } from './diagonal.ts';
import { elementwiseMethods } from './elementwise.ts';
import { extremaMethods } from './extrema.ts';
import { indexingMethods, indexMethod } from './indexing.ts';
import { indexPutMethods } from './indexPut.ts';
import { matmulMethods } from './matmul.ts';
import { permuteMethods } from './permute.ts';
import { pointwiseMethods } from './pointwise.ts';
import { powerMethods } from './power.ts';
import { productMethods } from './products.ts';
import { quantileMethods } from './quantile.ts';
import { rearrangeMethods } from './rearrange.ts';
import { reduceMethods } from './reduce.ts';
import { remainderMethods } from './remainder.ts';
import { scatterMethods } from './scatter.ts';
import { scatterReduceMethods } from './scatterReduce.ts';
import { sliceMethods } from './slice.ts';
import { sliceScatterMethods } from './sliceScatter.ts';
import { slidingWindowMethods } from './slidingWindow.ts';
import { softmaxMethods } from './softmax.ts';
import { sortMethods } from './sort.ts';
import { stackingMethods } from './stacking.ts';
import { statisticsMethods } from './statistics.ts';
import { tensorMethods } from './tensorMethods.ts';
import { triangleMethods } from './triangle.ts';
import { viewMethods } from './view.ts';

const methods = {
  ...activationMethods,
  ...compareMethods,
  ...diagonalMethods,
  ...elementwiseMethods,
  ...extremaMethods,
  ...indexingMethods,
  ...indexMethod,
  ...matmulMethods,
  ...permuteMethods,
  ...pointwiseMethods,
  ...powerMethods,
  ...rearrangeMethods,
  ...reduceMethods,
  ...scatterMethods,
  ...sliceMethods,
  ...softmaxMethods,
  ...sortMethods,
  ...statisticsMethods,
  ...tensorMethods,
  ...triangleMethods,
  ...closenessMethods,
  ...indexPutMethods,
  ...productMethods,
  ...sliceScatterMethods,
  ...stackingMethods,
  ...angleMethods,
  ...remainderMethods,
  ...chanceMethods,
  ...countingMethods,
  ...cumprodMethods,
  ...quantileMethods,
  ...scatterReduceMethods,
  ...slidingWindowMethods,
  ...viewMethods,
};
// Not `typeof methods`, which a declaration would spell out without what is said of each method.
type Methods = typeof activationMethods &
  typeof compareMethods &
  typeof diagonalMethods &
  typeof elementwiseMethods &
  typeof extremaMethods &
  typeof indexingMethods &
  typeof indexMethod &
  typeof matmulMethods &
  typeof permuteMethods &
  typeof pointwiseMethods &
  typeof powerMethods &
  typeof rearrangeMethods &
  typeof reduceMethods &
  typeof scatterMethods &
  typeof sliceMethods &
  typeof softmaxMethods &
  typeof sortMethods &
  typeof statisticsMethods &
  typeof tensorMethods &
  typeof triangleMethods &
  typeof closenessMethods &
  typeof indexPutMethods &
  typeof productMethods &
  typeof sliceScatterMethods &
  typeof stackingMethods &
  typeof angleMethods &
  typeof remainderMethods &
  typeof chanceMethods &
  typeof countingMethods &
  typeof cumprodMethods &
  typeof quantileMethods &
  typeof scatterReduceMethods &
  typeof slidingWindowMethods &
  typeof viewMethods;
export interface TensorMethods extends Methods {}

declare module '../tensor/tensor.ts' {
  interface Tensor extends TensorMethods {}
}

for (const [name, method] of Object.entries(methods))
  Object.defineProperty(Tensor.prototype, name, { value: method, writable: true, configurable: true });

// After the methods, and reached by no name that exists.
const members = (prototype: object) => () =>
  Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
watchTensors(Tensor.prototype, () => [
  ...members(Tensor.prototype)(),
  'shape',
  'dtype',
  'axes',
  'grad',
  'requiresGrad',
]);
