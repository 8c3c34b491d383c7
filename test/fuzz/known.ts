/**
 * Disagreements that are explained: with PyTorch where PyTorch itself is wrong or chooses otherwise, and where we refuse on purpose.
 * A disagreement that is not here is a fault. A rule names its operations, and of numbers the exact ones: what was given there, what
 * we gave and what PyTorch did.
 */
import { type Case, inputNames, laidOut } from './case.ts';
import type { Difference } from './compare.ts';
import type { Disagreement } from './oracles.ts';

interface Known {
  readonly reason: string;
  readonly applies: (given: Case, found: Disagreement) => boolean;
}

/** PyTorch refuses, in these words. */
const refusedThere =
  (words: RegExp): Known['applies'] =>
  (_given, { oracle, what }) =>
    oracle === 'PyTorch' && what.startsWith('is computed') && words.test(what);
/** We refuse, in these words. */
const refusedHere =
  (words: RegExp): Known['applies'] =>
  (_given, { oracle, what }) =>
    oracle === 'PyTorch' && what.startsWith('is refused') && words.test(what);

const called = ({ name }: Case, ...names: readonly string[]) => names.includes(name);
const someEmpty = ({ inputs }: Case) => inputs.some(({ shape }) => shape.includes(0));

type Place = NonNullable<Difference['at']>;

/** One number is not PyTorch's, in one of these operations: `applies` is told which, and the input at the same place. */
const number =
  (
    names: readonly string[],
    of: Place['of'],
    applies: (at: Place & { readonly input: number }, given: Case) => boolean,
  ): Known['applies'] =>
  (given, { oracle, at }) => {
    if (oracle !== 'PyTorch' || at?.of !== of || !called(given, ...names)) return false;
    const input = given.inputs[at.of === 'gradient' ? inputNames.indexOf(at.name) : 0];
    return applies(
      { ...at, input: input === undefined ? Number.NaN : laidOut(input).toTypedArray()[at.element]! },
      given,
    );
  };

/** What arrives from above at an element of the only output; see `weightsOf` in evaluate.ts. */
const upstream = (element: number) => Math.fround(((element * 0.13) % 1) + 0.5);
const near = (a: number, b: number) => Math.abs(a - b) <= 1e-5 * Math.abs(b);
/** The slope of SELU from 0 on. */
const seluSlope = 1.0507009873554805;

const known: readonly Known[] = [
  {
    reason: "PyTorch's own backward gives a gradient of another shape (empty planes, a source larger than its indices)",
    applies: (given, found) =>
      (called(given, 'scatterAdd', 'scatterReduce', 'PixelShuffle', 'PixelUnshuffle') || someEmpty(given)) &&
      refusedThere(/returned an invalid gradient|must match the size of tensor b|pixel_(un)?shuffle expects/)(
        given,
        found,
      ),
  },
  {
    reason: 'PyTorch 1.13 has no gradient or no kernel of this',
    applies: refusedThere(/derivative for .*channel_shuffle is not implemented|not implemented for '(Bool|Int|Long)'/),
  },
  {
    reason: 'PyTorch refuses to resize or to pad what is empty, or planes of other ranks; here nothing becomes nothing',
    applies: refusedThere(
      /[Nn]on-empty|non-zero (?:dim|size)|Only [0-9D, ]* padding with non-constant|negative output size/,
    ),
  },
  {
    reason: 'a plane cropped to nothing: PyTorch refuses it where no dimension of it is left',
    applies: refusedHere(/leaves nothing of dimension/),
  },
  {
    reason:
      "PyTorch's circular padding writes into what it reads where a plane is cropped and padded at once, and refuses that",
    applies: refusedThere(/refer to a single memory location/),
  },
  {
    reason: 'a plane cropped to less than is wrapped around it: PyTorch reads there what it has not written yet',
    applies: (given, { oracle, at }) => {
      const [, list] = /\.pad\(\[(.*)\], 'circular'\)/.exec(given.ours) ?? [];
      if (oracle !== 'PyTorch' || at === undefined || list === undefined) return false;
      const sizes = given.inputs[0]!.shape.toReversed();
      const by = list.split(',').map(Number);
      return by.some((n, i) => n < 0 && by[i ^ 1]! > sizes[i >> 1]! + n);
    },
  },
  {
    reason: "PyTorch's circular padding of a layer wants the batch",
    applies: (given, found) =>
      /circular/i.test(given.ours) && refusedThere(/Invalid padding size, expected \d but got \d/)(given, found),
  },
  {
    reason: 'two tensors of a loss need one shape: PyTorch stretches one to the other and warns',
    applies: (given, found) => given.family === 'layer' && refusedHere(/differ|the same shape/)(given, found),
  },
  {
    reason: 'a mask that is larger than what it fills: PyTorch repeats the tensor',
    applies: (given, found) => called(given, 'maskedFill') && refusedHere(/larger than/)(given, found),
  },
  {
    reason: 'of what is empty PyTorch does not ask whether the shapes fit',
    applies: (given, found) =>
      someEmpty(given) &&
      refusedHere(
        called(given, 'tril', 'triu', 'roll', 'cat', 'stack', 'indexFill', 'expand', 'interpolate')
          ? /./
          : /does not fit/,
      )(given, found),
  },
  {
    reason: 'an empty vector among tensors to join says nothing about their dtype here',
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' &&
      called(given, 'cat') &&
      given.inputs.some(({ shape }) => String(shape) === '0') &&
      /is (bool|i32), expected/.test(what),
  },
  {
    reason: "PyTorch in double precision gives what we give: it is PyTorch's floats that are rounded",
    applies: (_given, { roundedThere = false }) => roundedThere,
  },
  {
    reason:
      'the slope at NaN: PyTorch has NaN or 0 where it takes several elements at a time, else that of large numbers, as here',
    applies: number(
      ['elu', 'celu', 'selu', 'hardswish', 'hardtanh', 'relu6', 'hardshrink', 'softshrink'],
      'gradient',
      ({ input, got, want, element }, { name }) =>
        Number.isNaN(input) &&
        near(got, upstream(element) * (name === 'selu' ? seluSlope : 1)) &&
        (['elu', 'celu', 'selu', 'hardswish'].includes(name) ? Number.isNaN(want) : want === 0),
    ),
  },
  {
    reason: "softshrink of NaN is NaN, as in later versions of PyTorch; 1.13's is 0",
    applies: number(
      ['softshrink'],
      'output',
      ({ input, got, want }) => Number.isNaN(input) && Number.isNaN(got) && want === 0,
    ),
  },
  {
    reason: 'GELU by tanh is flat or straight where the square of x leaves f32: PyTorch multiplies 0 by ∞ there',
    applies: number(
      ['geluTanh'],
      'gradient',
      ({ input, got, want, element }) =>
        Math.abs(input) > 1e19 && Number.isNaN(want) && (input > 0 ? near(got, upstream(element)) : got === 0),
    ),
  },
  {
    reason: 'hardswish of what is large is the number itself: PyTorch multiplies by it before it divides, which is ∞',
    applies: number(
      ['hardswish'],
      'output',
      ({ input, got, want }) => input > 1e19 && got === input && got < want && want === Infinity,
    ),
  },
  {
    reason: 'the slope of atan2 where the squares leave f32: PyTorch multiplies 0 by ∞ there',
    applies: (given, found) =>
      given.inputs.some(({ data }) => data.some((value) => Math.abs(value) > 1e19)) &&
      number(['atan2'], 'gradient', ({ got, want }) => Number.isFinite(got) && Number.isNaN(want))(given, found),
  },
  {
    reason: "log1p of what is near the end of f32 is a number: PyTorch's, eight at a time, is ∞",
    applies: number(
      ['log1p'],
      'output',
      ({ input, got, want }) => input > 1e38 && input < Infinity && near(got, Math.log1p(input)) && want === Infinity,
    ),
  },
  {
    reason: 'softsign is flat at ±∞, where PyTorch divides ∞ by ∞',
    applies: number(
      ['softsign'],
      'gradient',
      ({ input, got, want }) => Math.abs(input) === Infinity && got === 0 && Number.isNaN(want),
    ),
  },
  ...(['output', 'gradient'] as const).map((of) => ({
    reason:
      'PyTorch takes powers of ±½ as roots: −∞ has none and −0 keeps its sign; C and JavaScript have a power of both',
    applies: number(
      ['powScalar'],
      of,
      ({ input, got, want }, { ours }) =>
        /exponent: -?0\.5\b/.test(ours) &&
        ((input === Number.NEGATIVE_INFINITY && !Number.isNaN(got) && Number.isNaN(want)) ||
          (Object.is(input, -0) && got === Infinity && want === -Infinity)),
    ),
  })),
  {
    reason:
      "the variance of a single number without dimensions: PyTorch's gradient is ∞, that of any other sole number NaN, as here",
    applies: number(
      ['var'],
      'gradient',
      ({ got, want }, { inputs }) => inputs[0]!.shape.length === 0 && Number.isNaN(got) && Math.abs(want) === Infinity,
    ),
  },
  {
    reason: "a normalisation of nothing: PyTorch's gradient of the weight is NaN, here it is that of no elements, 0",
    applies: number(
      ['GroupNorm', 'LayerNorm', ...[1, 2, 3].flatMap((n) => [`BatchNorm${n}d`, `InstanceNorm${n}d`])],
      'parameter',
      ({ got, want, name }, { inputs }) =>
        inputs[0]!.shape.includes(0) && /\.(weight|bias)$/.test(name) && got === 0 && Number.isNaN(want),
    ),
  },
  {
    reason: 'of a largest or smallest element PyTorch gives what was there a share, though it does not count',
    applies: number(
      ['scatterReduce'],
      'gradient',
      ({ got, want }, { ours }) =>
        /includeSelf: false/.test(ours) && /'am(ax|in)'/.test(ours) && Math.abs(want) < Math.abs(got),
    ),
  },
  {
    reason: 'PyTorch averages no volume smaller than the kernel, though its padding makes up for it',
    applies: (given, found) =>
      called(given, 'AvgPool3d') && refusedThere(/input image .* smaller than kernel size/)(given, found),
  },
  {
    reason: 'PyTorch broadcasts the gradient over elements of a source beyond its indices, which went nowhere',
    applies: number(['scatterReduce'], 'gradient', ({ got, name, element }, { inputs: [, index, src] }) => {
      if (got !== 0 || name !== inputNames[2] || index === undefined || src === undefined) return false;
      let rest = element;
      return [...src.shape.entries()].reverse().some(([i, size]) => {
        const at = rest % size;
        rest = (rest - at) / size;
        return at >= index.shape[i]!;
      });
    }),
  },
  {
    reason: "where input and target are equal and beta is 0, PyTorch 1.13's smooth_l1_loss has the slope −1",
    applies: number(['SmoothL1Loss'], 'gradient', ({ got, want, element }, { ours, inputs }) => {
      const [a, b] = inputs.slice(0, 2).map((each) => laidOut(each).toTypedArray()[element]);
      return ours.includes('beta: 0 ') && a === b && got === 0 && want < 0;
    }),
  },
];

/** Why a disagreement is none of our faults; undefined where nobody knows. */
export function explained(given: Case, found: Disagreement): string | undefined {
  return known.find(({ applies }) => applies(given, found))?.reason;
}
