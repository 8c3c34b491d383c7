// The same numbers in every engine, by name: a hash of the position. engines/pytorch.py does the same.

/** @param {string} text FNV-1a */
function seedOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * Uniform in (−scale, scale), around `shift`.
 * @param {string} name @param {number} count
 */
export function numbers(name, count, scale = 1, shift = 0) {
  const seed = seedOf(name);
  return Float32Array.from({ length: count }, (_, i) => {
    let h = (seed + i) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
    h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
    h = (h ^ (h >>> 16)) >>> 0;
    return ((h >>> 8) / 8388608 - 1) * scale + shift;
  });
}

/** A parameter's values, by PyTorch's name for it. @param {string} name @param {readonly number[]} shape */
export function parameter(name, shape) {
  const scale = shape.length > 1 ? 1 / Math.sqrt(sizeOf(shape.slice(1))) : 0.1;
  return numbers(name, sizeOf(shape), scale, /norm\d?\.weight$/.test(name) ? 1 : 0);
}

/** Ids of a vocabulary. @param {string} name @param {number} count @param {number} vocabulary */
export function ids(name, count, vocabulary) {
  return Int32Array.from(numbers(name, count, 0.5, 0.5), (x) => Math.min(vocabulary - 1, Math.floor(x * vocabulary)));
}

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((n, size) => n * size, 1);
