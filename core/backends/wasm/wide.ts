/**
 * Products by wide tiles: twice as fast where V8 makes one vector of 256 bits of two of 128, which it does behind an experimental flag
 * (assembly/wideTile.ts). So the tile is taken only where it is shown to give what the other one gives, and to be faster.
 */
import { embedded } from './embedded.ts';
import { compile, instantiate, instantiateTile, type Kernels } from './kernels.ts';

/** What a host must be able to do. */
export interface WideVectors {
  /** Whether its V8 may be told so. */
  readonly known: boolean;
  /** What `compile` compiles is compiled at once, as well as V8 can; `wide`: with vectors of 256 bits. */
  optimized<T>(wide: boolean, compile: () => T): T;
  /** Milliseconds. */
  now(): number;
}

/** The tile's compiled modules. */
export interface Tiles {
  readonly alone: object;
  readonly shared: object;
}

/** How much faster the tile has to be with wide vectors than without: it is 2.8 × where there are any. */
const leastGain = 1.5;
const tried = new WeakMap<WideVectors, Tiles | undefined>();

/** The tiles of this host, tried once; undefined where they do not hold. */
export function wideTiles(host: WideVectors | undefined): Tiles | undefined {
  if (host === undefined) return undefined;
  if (!tried.has(host)) tried.set(host, tryTiles(host));
  return tried.get(host);
}

function tryTiles({ known, optimized, now }: WideVectors): Tiles | undefined {
  const narrow = embedded && known ? instantiate(embedded.relaxed, false) : undefined;
  if (embedded === undefined || narrow === undefined) return undefined;
  const { tile, tileThreads, wide, wideThreads } = embedded;
  try {
    const [alone, shared] = optimized(true, () => [compile(tile), compile(tileThreads)] as const);
    const plain = optimized(false, () => compile(apart(tile)));
    const products = [instantiate(wide, false, alone), instantiate(wideThreads, true, shared)];
    const same = products.every((kernels) => kernels !== undefined && givesTheSame(kernels, narrow));
    return same && gain(alone, plain, now) >= leastGain ? { alone, shared } : undefined;
  } catch {
    return undefined;
  }
}

/** The same module with other bytes (an empty section of our own), so that V8 does not take it for the one it has compiled. */
function apart(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes, 0, 2, 1, 'x'.charCodeAt(0)]);
}

/** Whole tiles and parts of them, one block of the depth and two. */
const rows = 13;
const columns = 37;
const depths = [1, 2, 3, 260];
const deepest = 260;

/** Whether products are equal to the last bit: each is the same sum, in the same order, whatever the tile. */
function givesTheSame(wide: Kernels, narrow: Kernels): boolean {
  const [a, b] = [products(wide), products(narrow)];
  return a.every((value, i) => Object.is(value, b[i]));
}

/** A · B + bias in each depth, of numbers that are the same each time. */
function products({ exports, memory }: Kernels): Float32Array {
  const a = Math.ceil(exports.heapBase() / 64) * 64;
  const b = a + 4 * rows * deepest;
  const bias = b + 4 * deepest * columns;
  const results = bias + 4 * columns;
  const size = rows * columns;
  const work = results + 4 * size * depths.length;
  const missing = work + exports.gemmWorkspace() - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  const floats = new Float32Array(memory.buffer);
  for (let i = a / 4, x = 1; i < results / 4; i++) {
    x = (x * 75 + 74) % 65537;
    floats[i] = x / 65536 - 0.5;
  }
  depths.forEach((depth, i) => {
    const out = results + 4 * size * i;
    exports.gemmBatch(
      ...([1, 0, 0, 0, rows, columns, depth, a, depth, 1, b, columns, 1] as const),
      ...([out, columns, bias, work] as const),
    );
  });
  return floats.slice(results / 4, work / 4);
}

/** How many times as fast the first one is, some tens of microseconds each. */
function gain(wide: object, narrow: object, now: () => number): number {
  const tiles = [instantiateTile(wide), instantiateTile(narrow)];
  const least = [Infinity, Infinity];
  for (let round = 0; round < 8; round++)
    tiles.forEach((tile, i) => {
      const start = now();
      for (let time = 0; time < 20; time++) tile(192, 0, 8192, 32768, 64, 32768, 64);
      least[i] = Math.min(least[i]!, now() - start);
    });
  return least[1]! / least[0]!;
}
