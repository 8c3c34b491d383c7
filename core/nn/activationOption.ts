import type { Tensor } from '../tensor/tensor.ts';
import { gelu, relu } from './functional.ts';

/** A nonlinearity by name, or a function of its own. */
export type Activation = 'relu' | 'gelu' | ((x: Tensor) => Tensor);

export function activationOf(activation: Activation): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation;
  switch (activation) {
    case 'relu':
      return (x) => relu(x);
    case 'gelu':
      return (x) => gelu(x);
    default:
      return activation satisfies never;
  }
}

/** For the layer's table line. */
export function activationName(activation: Activation): string {
  return typeof activation === 'function' ? activation.name || 'custom activation' : activation;
}
