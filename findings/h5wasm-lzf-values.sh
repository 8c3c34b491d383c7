#!/usr/bin/env bash
# h5wasm 0.10.3 (HDF5 2.0.0): a dataset compressed with LZF, which h5py offers by name and which has no filter in this
# build, is read without an exception: the library prints its error stack to the error output
# and `value` is a Float32Array of the right length holding whatever was in memory, often enough parts of the right
# numbers. A viewer shows it as data. (An absent chunk filter of another reader, jsfive 0.4.2, raises an error.)
# Seen: weights that were 0 … 9 come back without an exception, and not as 0 … 9.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts h5wasm@0.10.3
cat > check.mjs <<'JS'
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import h5wasm from 'h5wasm/node';
await h5wasm.ready;
writeFileSync('lzf.h5', gunzipSync(Buffer.from('H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwqu86LyYfIJUJoRSndA6RVMMHFGsJwEVFwQaj66upAgV1eQ6v9oAGaPAQuE5mAYBSMReLg6BoDoCCgflkpPMKGqK0/NTM8oKYanRw8K7WVkYIOYxQjjQ1IyIyNEgAuqDkYzA+VBMoIK8gyQJKvAIM7BIF4PlWcFpmCQPBMzxERuBg0wgxHm4FqQPDNDTlUamAsyg5UR4V8OqP3MTEwVrAxwJSwIF0fQNB6C/fxdQDkalg8VmEfTJjkAVN6B4hm9vBNAKkuRwQpeRLpnRI1wMNgBlednwF5OnuBF5fMwIBLPKBgFo2AUjIJRMAoGM2iwBxIOQATEDUC8AIgPAPEDBzaghCOweaDA7ABqHwAAB7rcudcNAAA=', 'base64')));
const { value, shape } = new h5wasm.File('lzf.h5', 'r').get('weights');
console.log('read without an exception:', shape, value);
assert.deepEqual(shape, [10]);
assert(value instanceof Float32Array && value.length === 10);
assert.notDeepEqual(Array.from(value), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
JS
node check.mjs
