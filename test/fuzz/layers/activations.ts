/** Activations. */
import fc from 'fast-check';
import { flag, input, int, shape } from '../drawing.ts';
import { alongDim, type Layers, number, pointwise } from './layer.ts';

export const activations: Layers = {
  ReLU: pointwise(),
  GELU: shape().chain((s) =>
    fc
      .tuple(input(s), fc.constantFrom(undefined, 'none', 'tanh'))
      .map(([a, approximate]) => ({ options: { approximate }, inputs: [a] })),
  ),
  SiLU: pointwise(),
  Tanh: pointwise(),
  Sigmoid: pointwise(),
  LeakyReLU: pointwise(number(0.01, 0.3, 0, 1.5, -0.5)),
  ELU: pointwise(number(1, 0.5, 2, 0, -0.5)),
  Softplus: pointwise(number(1, 0.5, 3, -1), number(20, 1, -1)),
  Softmax: alongDim,
  Softmin: alongDim,
  LogSoftmax: alongDim,
  Softmax2d: shape(2, 5)
    .chain(input)
    .map((a) => ({ inputs: [a] })),
  Hardtanh: pointwise(number(-1, -0.5, 1), number(1, 0.25, -1)),
  ReLU6: pointwise(),
  Hardsigmoid: pointwise(),
  Hardswish: pointwise(),
  Hardshrink: pointwise(number(0.5, 1, 0, -0.5)),
  Softshrink: pointwise(number(0.5, 1, 0, -0.5)),
  Threshold: pointwise(number(0.5, -1), number(0, 20)),
  SELU: pointwise(),
  CELU: pointwise(number(1, 0.5, -0.5, -2)),
  Mish: pointwise(),
  Softsign: pointwise(),
  LogSigmoid: pointwise(),
  Tanhshrink: pointwise(),
  PReLU: fc
    .tuple(int(1, 3), flag, shape(2, 4))
    .chain(([channels, one, s]) =>
      input(s.with(1, channels)).map((a) => ({ args: [one ? 1 : channels], inputs: [a] })),
    ),
  GLU: alongDim,
  RReLU: shape().chain((s) => input(s).map((a) => ({ args: [0.1, 0.4], inputs: [a], evaluated: true }))),
};
