/** How shapes read, in errors as on the screen. */

/** `[batch 2, seq 8, 64]`: sizes with the names of their axes, where they have any. */
export function formatShape({
  shape,
  axes,
}: {
  readonly shape: readonly number[];
  readonly axes?: readonly ({ readonly name?: string | undefined } | undefined)[];
}): string {
  return `[${shape.map((size, i) => (axes?.[i]?.name ? `${axes[i].name} ${size}` : String(size))).join(', ')}]`;
}
