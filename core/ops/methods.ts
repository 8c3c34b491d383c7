/** Gathers every family's methods into `TensorMethods` and puts them on `Tensor`. */
import { Tensor } from '../tensor/tensor.ts';
import { elementwiseMethods } from './elementwise.ts';
import { reduceMethods } from './reduce.ts';
import { viewMethods } from './view.ts';

const families = [elementwiseMethods, reduceMethods, viewMethods];

type Elementwise = typeof elementwiseMethods;
type Reduce = typeof reduceMethods;
type View = typeof viewMethods;

export interface TensorMethods extends Elementwise, Reduce, View {}

for (const family of families) {
  for (const [name, method] of Object.entries(family))
    Object.defineProperty(Tensor.prototype, name, { value: method, writable: true, configurable: true });
}
