#!/usr/bin/env bash
# numpy-parser 1.2.3 and .npy files that NumPy 1.24 wrote: an array of one dimension is given a second one of length 1, so
# that a bias [3] is a matrix [3, 1] and broadcasts another way; an array of strings is read as unsigned 16-bit integers, a
# part of its bytes, without an error. Of booleans and of big-endian numbers it says "dtype is not defined", a ReferenceError
# of its own, not what it can't read.
# Seen: shape [3, 1] for np.arange(3.0); 97 0 98 0 99 0 for np.array(["ab", "c"]); ReferenceError for booleans.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts numpy-parser@1.2.3
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { fromArrayBuffer } = require('numpy-parser');
/** A file of format 1.0, as numpy.save lays it out. */
function npy(descr, shape, bytes) {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = dict.padEnd(Math.ceil((10 + dict.length + 1) / 64) * 64 - 11) + '\n';
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const file = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(header), Buffer.from(bytes)]);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
}
const bytes = (array) => new Uint8Array(array.buffer);
const vector = fromArrayBuffer(npy('<f8', '(3,)', bytes(Float64Array.of(0, 1, 2))));
const matrix = fromArrayBuffer(npy('<f4', '(2, 3)', bytes(Float32Array.of(0, 1, 2, 3, 4, 5))));
const strings = fromArrayBuffer(npy('<U2', '(2,)', bytes(Uint32Array.of(97, 98, 99, 0))));
console.log(vector, matrix, strings);
assert.deepEqual(vector.shape, [3, 1]);
assert.deepEqual(matrix.shape, [2, 3]);
assert.deepEqual([...strings.data].slice(0, 4), [97, 0, 98, 0]);
assert.throws(() => fromArrayBuffer(npy('|b1', '(3,)', Uint8Array.of(1, 0, 1))), ReferenceError);
JS
node check.cjs
