/** A layer or loss of `nn` as it is drawn, written once: its arguments and options in our words, from which both programs are made. */
import fc from 'fast-check';
import {
  type Case,
  type Given,
  javascript,
  optionsInJavascript,
  optionsInPython,
  python,
  type Written as Value,
} from '../case.ts';
import { dim, input, int, type Shape, shape } from '../drawing.ts';

type Options = Readonly<Record<string, Value>>;

export interface Layer {
  /** What it is made with, by position and by name. */
  readonly args?: readonly Value[];
  readonly options?: Options;
  /** What it is called with: the inputs in order, unless others are named here; and options. */
  readonly inputs: readonly Given[];
  readonly call?: string;
  readonly callOptions?: Options;
  /** What PyTorch calls it with, where that is not the same. */
  readonly theirCall?: string;
  /** Python for the whole, where PyTorch has no such layer; null where it is not PyTorch's to judge. */
  readonly theirs?: string | null;
  /** In evaluation mode. */
  readonly evaluated?: boolean;
}

export type Drawn = fc.Arbitrary<Layer>;
/** Layers of a family, by name. */
export type Layers = Readonly<Record<string, Drawn>>;

export function written(name: string, layer: Layer): Case {
  const { args = [], options = {}, inputs, callOptions, evaluated = false } = layer;
  const names = inputs.map((_, i) => 'abcdefghij'[i]!).join(', ');
  const { call = names, theirCall = call } = layer;
  const fill = evaluated ? 'E' : 'M';
  const hasOptions = Object.values(options).some((value) => value !== undefined);
  const made = [...args.map(javascript), ...(hasOptions ? [optionsInJavascript(options)] : [])];
  const called = [call, ...(callOptions ? [optionsInJavascript(callOptions)] : [])];
  const theirs = [...args.map(python), ...optionsInPython(options)];
  const calledThere = [theirCall, ...optionsInPython(callOptions ?? {})];
  return {
    family: 'layer',
    name,
    inputs,
    ours: `${fill}(new nn.${name}(${made.join(', ')})).forward(${called.join(', ')})`,
    theirs:
      layer.theirs === null
        ? undefined
        : (layer.theirs ?? `${fill}(nn.${name}(${theirs.join(', ')}))(${calledThere.join(', ')})`),
  };
}

export const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** A shape that fits, or, one time in fifteen, one with another size at the end. */
export const maybeOdd = (s: Shape) =>
  int(0, 14).map((odd) => (odd === 0 && s.length > 0 ? s.with(-1, s.at(-1)! + 1) : s));

/** Of any shape, without options or with some by position. */
export const pointwise = (...args: fc.Arbitrary<Value>[]): Drawn =>
  fc.tuple(shape(), fc.tuple(...args)).chain(([s, drawn]) => input(s).map((a) => ({ args: drawn, inputs: [a] })));

export const alongDim: Drawn = shape().chain((s) =>
  fc.tuple(input(s), dim(s.length)).map(([a, d]) => ({ args: [d], inputs: [a] })),
);

export const number = (...values: number[]) => fc.constantFrom<Value[]>(...values);

export const sizes = (rank: number, min: number, max: number): fc.Arbitrary<Value> =>
  fc.oneof<fc.Arbitrary<Value>[]>(int(min, max), fc.array(int(min, max), { minLength: rank, maxLength: rank }));

/** [batch, channel, ...rank sizes], or, one time in eight, without the batch. */
export const planes = (rank: number, channels: number, most = 7) =>
  fc
    .tuple(int(0, 7), int(1, 2), fc.array(int(1, most), { minLength: rank, maxLength: rank }), int(0, 14))
    .map(
      ([unbatched, batch, spatial, odd]): Shape => [
        ...(unbatched === 0 ? [] : [batch]),
        odd === 0 ? channels + 1 : channels,
        ...spatial,
      ],
    );
