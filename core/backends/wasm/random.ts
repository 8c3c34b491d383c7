import type { MersenneTwister } from '../../tensor/mersenneTwister.ts';
import { size } from '../../tensor/mersenneTwister.ts';
import type { Backend } from '../backend.ts';
import { normal as plainNormal, uniform as plainUniform } from '../reference/random.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

const { fround } = Math;

/** Whether one instruction of this host multiplies and adds in one rounding: tried where two would give 0. */
export function fuses({ multiplyAdd }: Pick<Exports, 'multiplyAdd'>): boolean {
  const a = 1 + 2 ** -12;
  return multiplyAdd(a, a, -(1 + 2 ** -11)) === 2 ** -24;
}

/** Floats by the many; where the host does not fuse, what is rounded once takes several instructions in double precision. */
export function randomKernels(
  exports: Exports,
  scratch: Scratch,
  limits: Limits,
  fused = fuses(exports),
): Pick<Backend, 'uniform' | 'normal'> {
  /** Calls `take` with where pieces of so many floats go, and what fills them; the twister is where it ended afterwards. */
  const drawing = (
    twister: MersenneTwister,
    floats: number,
    take: (at: number, fill: (low: number, width: number, count: number) => void) => void,
  ) => {
    scratch.reset();
    const words = scratch.take(size);
    const at = scratch.take(floats);
    const own = new Int32Array(scratch.floats.buffer, words, size);
    own.set(twister.words);
    take(at, (low, width, count) => {
      twister.at = exports.uniform(words, twister.at, low, width, at, count, fused);
    });
    twister.words.set(own);
  };

  return {
    uniform(twister, low, high, out) {
      if (out.length < limits.draws) {
        path('uniform', 'left to the plain loops');
        return plainUniform(twister, low, high, out);
      }
      path('uniform', 'piece by piece');
      const from = fround(low);
      const width = fround(fround(high) - from);
      const { length } = out;
      drawing(twister, limits.piece, (at, fill) => {
        for (let i = 0; i < length; i += limits.piece) {
          const count = Math.min(limits.piece, length - i);
          fill(from, width, count);
          out.set(scratch.floats.subarray(at >>> 2, (at >>> 2) + count), i);
        }
      });
    },
    normal(twister, mean, std, out) {
      const { length } = out;
      if (length < limits.draws) {
        path('normal', 'left to the plain loops');
        return plainNormal(twister, mean, std, out);
      }
      path('normal', 'piece by piece');
      const piece = Math.max(16, limits.piece - (limits.piece % 16));
      drawing(twister, piece, (at, fill) => {
        const put = (count: number, start: number) => {
          fill(0, 1, count);
          exports.normal(at, count >>> 4, mean, std, fused);
          out.set(scratch.floats.subarray(at >>> 2, (at >>> 2) + count), start);
        };
        for (let i = 0; i < length; i += piece) put(Math.min(piece, length - i), i);
        if (length % 16 === 0) return;
        path('normal', 'the last 16 again');
        put(16, length - 16);
      });
    },
  };
}
