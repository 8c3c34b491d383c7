/** Where the chart of gradients lies in its frame, in CSS pixels. */

export const left = 40;
export const right = 44;
export const top = 8;
