/**
 * Disagreements that are explained: with PyTorch where PyTorch itself is wrong or chooses otherwise, and where we refuse on purpose.
 * A disagreement that is not here is a fault.
 */
import type { Case } from './case.ts';
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
const hasNaN = ({ inputs }: Case) => inputs.some(({ data }) => data.some(Number.isNaN));
const notFinite = (what: string) => /(NaN|Infinity)/.test(what);

const known: readonly Known[] = [
  {
    reason: "PyTorch's own backward gives a gradient of another shape (empty planes, a source larger than its indices)",
    applies: refusedThere(/returned an invalid gradient|pixel_(un)?shuffle expects/),
  },
  {
    reason: 'PyTorch 1.13 has no gradient or no kernel of this',
    applies: refusedThere(/derivative for .* is not implemented|not implemented for '(Bool|Int|Long)'/),
  },
  {
    reason: 'PyTorch refuses to resize or to pad what is empty, or planes of other ranks; here nothing becomes nothing',
    applies: refusedThere(/[Nn]on-empty|non-zero dim|Only [0-9D, ]* padding with non-constant|negative output size/),
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
    reason: "PyTorch's circular padding of a layer wants the batch",
    applies: (given, found) =>
      /circular/i.test(given.ours) && refusedThere(/Invalid padding size, expected \d but got \d/)(given, found),
  },
  {
    reason: 'two tensors of a loss need one shape: PyTorch stretches one to the other and warns',
    applies: (given, found) => given.family === 'layer' && refusedHere(/differ|needs? one shape/)(given, found),
  },
  {
    reason: 'a mask that is larger than what it fills: PyTorch repeats the tensor',
    applies: (given, found) => called(given, 'maskedFill') && refusedHere(/larger than/)(given, found),
  },
  {
    reason: 'of what is empty PyTorch does not ask whether the shapes fit',
    applies: (given, found) =>
      given.inputs.some(({ shape }) => shape.includes(0)) &&
      refusedHere(/does not choose from|no two dimensions|(roll|cat|stack): no dimension|expand: .* can't be expanded/)(
        given,
        found,
      ),
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
    reason: 'the gradient at a NaN: PyTorch has one for vectors and another for what is left over',
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' && given.family === 'operation' && hasNaN(given) && what.startsWith('gradient'),
  },
  {
    reason: "where PyTorch's formula for a gradient comes to 0·∞ or ∞ − ∞, it is NaN there and the limit here",
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' && given.extreme === true && /^gradient .* is -?[\d.e-]+, expected NaN$/.test(what),
  },
  {
    reason: 'of several NaN in a window PyTorch names the last, here it is the first',
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' && /maxpool/i.test(given.name) && hasNaN(given) && /^(output|gradient)/.test(what),
  },
  {
    reason: 'PyTorch takes powers of ±½ as roots, and −∞ has none; C and JavaScript have a power of it',
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' &&
      called(given, 'pow', 'powScalar') &&
      given.inputs[0]!.data.includes(Number.NEGATIVE_INFINITY) &&
      /expected NaN$/.test(what),
  },
  {
    reason: 'softshrink of NaN is NaN, as in later versions of PyTorch',
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' && called(given, 'softshrink') && hasNaN(given) && /is NaN, expected 0$/.test(what),
  },
  {
    reason: 'the gradient of the spread of one value is not finite, neither here nor there',
    applies: (given, { what }) => called(given, 'var', 'std') && what.startsWith('gradient') && notFinite(what),
  },
  {
    reason: "a normalisation of nothing: PyTorch's gradient of the weight is NaN, here it is that of no elements, 0",
    applies: (given, { what }) =>
      given.inputs[0]!.shape.includes(0) &&
      what.startsWith('gradient of parameter') &&
      /is 0, expected NaN$/.test(what),
  },
  {
    reason: "where input and target are equal and beta is 0, PyTorch 1.13's smooth_l1_loss has the slope −1",
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' &&
      called(given, 'SmoothL1Loss') &&
      given.ours.includes('beta: 0 ') &&
      what.startsWith('gradient'),
  },
  {
    reason:
      'the direction of a single number does not change with it: PyTorch has the difference of two rounded numbers for 0',
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' &&
      called(given, 'normalize', 'cosineSimilarity') &&
      /^gradient .* is 0, expected -?[\d.e-]+$/.test(what),
  },
  {
    reason: 'deviations from a mean that is large beside them: PyTorch rounds the mean first',
    applies: (given, { oracle, what }) => {
      const [, ours, theirs] = /^gradient .* is (-?[\d.e-]+), expected (-?[\d.e-]+)$/.exec(what) ?? [];
      const off = Math.abs(Number(ours) - Number(theirs));
      return oracle === 'PyTorch' && called(given, 'var', 'std') && off <= 0.01 * Math.abs(Number(theirs));
    },
  },
  {
    reason: 'a row of equal numbers is normalised to 0 here, and to what rounding leaves there: a corner of ReLU',
    applies: (given, { oracle, what }) =>
      oracle === 'PyTorch' &&
      given.family === 'graph' &&
      /layer_norm[\s\S]*relu/.test(given.theirs ?? '') &&
      what.startsWith('gradient'),
  },
];

/** Why a disagreement is none of our faults; undefined where nobody knows. */
export function explained(given: Case, found: Disagreement): string | undefined {
  return known.find(({ applies }) => applies(given, found))?.reason;
}
