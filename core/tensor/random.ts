/**
 * Seeded random numbers, PyTorch's own: what `torch.manual_seed(seed)` leads to on a processor, draw for draw. Single draws are here;
 * floats by the many are the backend's (`Backend.uniform`, `Backend.normal`), and `ops/draws.ts` says which way a tensor is filled.
 */
import { MersenneTwister } from './mersenneTwister.ts';

/** The language's own: with others a number might never come. */
const { cos, log1p, PI, sin, sqrt } = Math;

/** Draws up to which what a shape run left out is made up for: a tenth of a second. */
const mostSkipped = 2 ** 26;

/** Where a generator stands, for another to go on from there. */
export interface GeneratorState {
  readonly words: Int32Array;
  readonly at: number;
  readonly kept: number | undefined;
  readonly skipped: number;
}

export class Generator {
  readonly seed: number;
  readonly #twister: MersenneTwister;
  /** Normal numbers come in pairs: the second one, until it is asked for. */
  #kept: number | undefined;
  #skipped = 0;

  /** Of the seed's low 32 bits. */
  constructor(seed: number) {
    this.seed = seed;
    this.#twister = new MersenneTwister(seed);
  }

  /** What kernels draw from. */
  get twister(): MersenneTwister {
    if (this.#skipped > 0) {
      if (this.#skipped <= mostSkipped) this.#twister.skip(this.#skipped);
      this.#skipped = 0;
    }
    return this.#twister;
  }

  /** Goes on as if `draws` numbers of 32 bits had been drawn; they are made up for when the next number is, unless they are too many. */
  skip(draws: number): void {
    this.#skipped += draws;
  }

  get state(): GeneratorState {
    const { words, at } = this.#twister;
    return { words: words.slice(), at, kept: this.#kept, skipped: this.#skipped };
  }

  set state({ words, at, kept, skipped }: GeneratorState) {
    this.#twister.words.set(words);
    this.#twister.at = at;
    this.#kept = kept;
    this.#skipped = skipped;
  }

  /** A whole number of 32 bits, from 0 on: one draw. */
  uint32(): number {
    return this.twister.next();
  }

  /** A whole number from 0 on and below `range`: one draw, two where the range takes more than 32 bits. */
  below(range: number): number {
    if (range < 2 ** 32) return (this.uint32() >>> 0) % (range >>> 0);
    const high = this.uint32();
    return Number(((BigInt(high) << 32n) | BigInt(this.uint32())) % BigInt(range));
  }

  /** Uniform in [0, 1), of 24 bits: one draw. */
  uniform(): number {
    return (this.uint32() & 0xffffff) * 2 ** -24;
  }

  /** Uniform in [0, 1), of 53 bits: two draws. */
  uniform64(): number {
    const { twister } = this;
    const high = twister.next() & 0x1fffff;
    return (high * 2 ** 32 + twister.next()) * 2 ** -53;
  }

  /** Standard normal, in double precision (Box & Muller 1958): four draws for every second one. */
  normal(): number {
    if (this.#kept !== undefined) {
      const kept = this.#kept;
      this.#kept = undefined;
      return kept;
    }
    const angle = 2 * PI * this.uniform64();
    const radius = sqrt(-2 * log1p(-this.uniform64()));
    this.#kept = radius * sin(angle);
    return radius * cos(angle);
  }

  /** Goes on as if `count` numbers of `normal` had been drawn. */
  skipNormal(count: number): void {
    if (count === 0) return;
    const rest = this.#kept === undefined ? count : count - 1;
    this.#kept = undefined;
    this.skip(4 * (rest >>> 1));
    if (rest % 2 === 1) this.normal();
  }

  /** Exponential with rate 1, in double precision: two draws. */
  exponential(): number {
    return -log1p(-this.uniform64());
  }

  /** 0 … n − 1 in an order by chance: n − 1 draws. */
  permutation(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const j = i + this.below(n - i);
      const moved = order[i]!;
      order[i] = order[j]!;
      order[j] = moved;
    }
    return order;
  }
}
