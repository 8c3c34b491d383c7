/** Floating-point numbers of 16 and of 8 bits. */

/** IEEE 754 half precision. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Eight bits: 4 of exponent, 3 of fraction, no infinity (Micikevicius et al. 2022). */
export function fromFloat8(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 0x7;
  if (exponent === 15 && fraction === 7) return Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

const brainFloat = new DataView(new ArrayBuffer(4));

/** The upper half of a 32-bit float. */
export function fromBrainFloat(bits: number): number {
  brainFloat.setUint32(0, bits << 16);
  return brainFloat.getFloat32(0);
}
