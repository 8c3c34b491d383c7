// A convolutional network reads digits: small matrices slide over the image and keep what lies beside what; pooling keeps the
// strongest of each 2×2; a dense layer decides. Shapes: every filter of `conv1` and every feature map; what `pool` kept.
import { defineModel, nn, optim, randint, randn, type Tensor, tensor } from 'tensight';

/** Ten digits, 5 rows of 3 pixels each. */
const glyphs = [
  ['###', '#.#', '#.#', '#.#', '###'],
  ['.#.', '##.', '.#.', '.#.', '###'],
  ['###', '..#', '###', '#..', '###'],
  ['###', '..#', '.##', '..#', '###'],
  ['#.#', '#.#', '###', '..#', '..#'],
  ['###', '#..', '###', '..#', '###'],
  ['###', '#..', '###', '#.#', '###'],
  ['###', '..#', '.#.', '.#.', '.#.'],
  ['###', '#.#', '###', '#.#', '###'],
  ['###', '#.#', '###', '..#', '###'],
];
const size = 12;

/** Images [n, 1, 12, 12] of digits, twice as large as above, each with its corner at a place of its own. */
function draw(digits: readonly number[], tops: readonly number[], lefts: readonly number[]): Tensor {
  const pixels = new Float32Array(digits.length * size * size);
  for (const [n, digit] of digits.entries())
    for (let row = 0; row < 10; row++)
      for (let column = 0; column < 6; column++)
        if (glyphs[digit]![row >> 1]![column >> 1] === '#')
          pixels[(n * size + tops[n]! + row) * size + lefts[n]! + column] = 1;
  return tensor(pixels, { shape: [digits.length, 1, size, size], axes: ['image', 'channel', 'row', 'column'] });
}

/** Digits at random places, with noise on every pixel. */
function noisy(count: number): { image: Tensor; digit: Tensor } {
  const numbers = (end: number) => randint(0, end, [count]).toArray() as number[];
  const digits = numbers(10);
  const clean = draw(digits, numbers(3), numbers(7));
  return { image: clean.add(randn(clean.shape).mul(0.3)), digit: tensor(Int32Array.from(digits)) };
}

class DigitReader extends nn.Module {
  conv1 = new nn.Conv2d(1, 8, 3, { padding: 1 });
  conv2 = new nn.Conv2d(8, 16, 3, { padding: 1 });
  pool = new nn.MaxPool2d(2);
  dense = new nn.Linear(16 * 3 * 3, 10);

  forward(image: Tensor): Tensor {
    const edges = this.pool.forward(this.conv1.forward(image).relu());
    const parts = this.pool.forward(this.conv2.forward(edges).relu());
    return this.dense.forward(parts.flatten(1));
  }
}

const each = glyphs.map((_, digit) => digit);

export default defineModel({
  name: 'CNN on digits',
  model: () => new DigitReader(),
  inputs: {
    image: draw(
      each,
      each.map(() => 1),
      each.map(() => 3),
    ),
  },
  targets: { digit: tensor(Int32Array.from(each)) },
  loss: ({ output, targets }) => nn.functional.crossEntropy(output, targets.digit),
  train: {
    steps: 300,
    batch: () => {
      const { image, digit } = noisy(32);
      return { inputs: { image }, targets: { digit } };
    },
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.005 }),
    // Of 300 images it has not seen, how many it reads right.
    result: ({ model }) => {
      const { image, digit } = noisy(300);
      return { accuracy: model.forward(image).argmax(-1).eq(digit).to('f32').mean().item() };
    },
  },
});
