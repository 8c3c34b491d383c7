/**
 * From where the parts of a run draw. A model's constructors draw from `torch.manual_seed(seed)`, and its forward passes go on from
 * there (dropout). `inputs`, `targets` and `batch` draw from streams of their own, which are seeds of their own, so that a person can
 * have the same ones in PyTorch; what one part draws moves no other.
 */
import { context } from './context.ts';
import { Generator, type GeneratorState } from './tensor/random.ts';

/** What is added to a model's seed. */
const streams = { inputs: 1_000_000, targets: 2_000_000, batch: 3_000_000 } as const;

/** The stream of a part of a run of this seed: `torch.manual_seed(seed + 1_000_000)` for inputs, two for targets, three for batches. */
export function streamOf(seed: number, part: keyof typeof streams): Generator {
  return new Generator(seed + streams[part]);
}

/** Runs `body` with this generator in place of the run's; whatever it draws or seeds, the run's goes on from where it was. */
export function drawingFrom<T>(generator: Generator, body: () => T): T {
  const before = context.generator;
  context.generator = generator;
  try {
    return body();
  } finally {
    context.generator = before;
  }
}

/**
 * Makes so many, all from where the run's generator stands and leaving it where the first left it: each gets the numbers that the
 * first got, as PyTorch's stacks do, which copy one layer.
 */
export function alike<T>(count: number, make: (index: number) => T): T[] {
  const { generator } = context;
  const { state } = generator;
  let after: GeneratorState = state;
  const made = Array.from({ length: count }, (_, i) => {
    generator.state = state;
    const one = make(i);
    if (i === 0) after = generator.state;
    return one;
  });
  generator.state = after;
  return made;
}
