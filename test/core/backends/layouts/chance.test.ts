/** Floats by the many: the same to the last bit everywhere, and the generator goes on from the same place. */
import fc from 'fast-check';
import { MersenneTwister } from '../../../../core/tensor/mersenneTwister.ts';
import { fresh } from '../views.ts';
import { small } from './draws.ts';
import { family } from './judge.ts';

family('chance', (agree) => {
  const bound = fc.oneof(fc.constantFrom(0, 1), fc.float({ min: -1e6, max: 1e6, noNaN: true }), small(-5, 5));
  /** How many, and what was drawn before. */
  const drawn = (least: number) =>
    fc.record({
      n: fc.oneof(small(least, 40), small(least, 3000)),
      seed: fc.integer(),
      before: small(0, 700),
      low: bound,
      high: bound,
    });
  const outputs = ({ n }: { readonly n: number }) => [fresh('f32', [n]), fresh('i32', [625])];

  for (const [kernel, least] of [['uniform', 0] as const, ['normal', 16] as const])
    agree(
      [kernel],
      drawn(least),
      outputs,
      (on, { seed, before, low, high }, [out, after]) => {
        const twister = new MersenneTwister(seed);
        twister.skip(before);
        on[kernel](twister, low, high, out!.storage.data as Float32Array);
        after!.storage.data.set([...twister.words, twister.at]);
      },
      { runs: 400, tolerance: 0 },
    );
});
