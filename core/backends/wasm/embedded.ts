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
}

export const embedded: KernelModules | undefined = undefined;
