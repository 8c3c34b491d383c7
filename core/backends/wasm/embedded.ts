/**
 * The compiled kernels' bytes. Bundles and tests get them from the build in place of this file
 * (`scripts/build/kernels.mjs`); code that runs straight from the sources has none, and the reference backend.
 */
export interface KernelModules {
  /** For hosts with fixed-width SIMD. */
  readonly simd: Uint8Array;
  /** For hosts with relaxed SIMD as well: one instruction multiplies and adds. */
  readonly relaxed: Uint8Array;
  /** The latter on memory that threads share. */
  readonly threads: Uint8Array;
  /** The last two with wide tiles, which they import; see wide.ts. */
  readonly wide: Uint8Array;
  readonly wideThreads: Uint8Array;
  /** That tile, on memory of one thread and of several. */
  readonly tile: Uint8Array;
  readonly tileThreads: Uint8Array;
}

export const embedded: KernelModules | undefined = undefined;
