/** Floating-point numbers of 16 bits. */

/** IEEE 754 half precision. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const brainFloat = new DataView(new ArrayBuffer(4));

/** The upper half of a 32-bit float. */
export function fromBrainFloat(bits: number): number {
  brainFloat.setUint32(0, bits << 16);
  return brainFloat.getFloat32(0);
}
