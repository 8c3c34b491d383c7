/**
 * MT19937, the Mersenne Twister (Matsumoto & Nishimura 1998), which PyTorch draws from on a processor. Its words lie open, so that
 * a backend's kernels can go on from where it is.
 */
/** The language's own: with another the numbers would change. */
const { imul } = Math;

/** How many words it has. */
export const size = 624;
const shift = 397;
const upper = 0x80000000;
const lower = 0x7fffffff;
const matrix = 0x9908b0df | 0;

export class MersenneTwister {
  /** What the next numbers are made of. */
  readonly words = new Int32Array(size);
  /** Which word comes next; `size` where all are used and new ones have to be made. */
  at = size;

  /** Of the seed's low 32 bits, negative ones modulo 2³², as PyTorch does. */
  constructor(seed: number) {
    const { words } = this;
    words[0] = seed;
    for (let i = 1; i < size; i++) {
      const before = words[i - 1]!;
      words[i] = imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** A whole number of 32 bits, from 0 on. */
  next(): number {
    if (this.at === size) this.#renew();
    let y = this.words[this.at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** Goes on as if `count` numbers had been drawn. */
  skip(count: number): void {
    let rest = count;
    while (rest > size - this.at) {
      rest -= size - this.at;
      this.#renew();
    }
    this.at += rest;
  }

  #renew(): void {
    const { words } = this;
    for (let i = 0; i < size - shift; i++) words[i] = words[i + shift]! ^ twisted(words[i]!, words[i + 1]!);
    for (let i = size - shift; i < size - 1; i++)
      words[i] = words[i + shift - size]! ^ twisted(words[i]!, words[i + 1]!);
    words[size - 1] = words[shift - 1]! ^ twisted(words[size - 1]!, words[0]!);
    this.at = 0;
  }
}

function twisted(word: number, next: number): number {
  return (((word & upper) | (next & lower)) >>> 1) ^ (-(next & 1) & matrix);
}
