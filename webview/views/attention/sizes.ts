/** Pixels of the overview's parts, which its placing counts with too. */
export const toolbarHeight = 38;
/** Numbers of the heads, above all rows. */
export const numbersHeight = 18;
/** A layer's name, above its heads. */
export const labelHeight = 20;
export const belowThumbs = 12;
/** Rather than smaller than this, rows scroll. */
export const comfortable = 56;
export const rowHeight = labelHeight + comfortable + belowThumbs;
