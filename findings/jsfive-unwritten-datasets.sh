#!/usr/bin/env bash
# jsfive 0.4.2: a dataset that was created and never written (h5py's create_dataset with a shape alone, as for optimizer
# slots that were not used yet) has no values: reading gives an array of holes where it lies in one piece, and an empty
# array
# where it is chunked, whatever its fill value; its shape is right. HDF5 and h5py give the fill value, 0 by default.
# Sums over it are 0 or NaN, by luck.
# Seen, fill value 7 and shape [4]: value is [ <4 empty items> ] and [].
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts jsfive@0.4.2
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { gunzipSync } = require('node:zlib');
const hdf5 = require('jsfive');
const open = (text) => {
  const bytes = gunzipSync(Buffer.from(text, 'base64'));
  return new hdf5.File(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), 'x.h5');
};

const file = open('H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwpmsKPyYfIJUJoRSndA6RVMMHFGsJwEVFwQaj66upAgV1eQ6v9oAGaPAQuEVmAYBSMReLg6BoDoCChfA0qfYEJVV5pXXpRZUpKaB+UnZ5TmZaemMFSlFuUXI6VTAyLtZWRgg+hhhPEhKZmRESIATZZwmhkoD5IRVJCHiikwiHMwiNdD5VmB6R8kz8TExAiRf+AA0c8BFoeJcUDtYWaE5QQBNJcVDEg8BPv5uzCCfQkBFaz41XNAaQVm/Opg+bqDbWSkZ5qlK2YG4tIVExMsYTEhWTNg6YoR6APU8IDkcEYmiAAsm+OiCYcPBzzfQdIlofxVMaDpAwCQnI7vmAcAAA==');
const [unwritten, chunked] = ['unwritten', 'chunked'].map((name) => file.get(name));
console.log(unwritten.value, unwritten.shape, chunked.value, chunked.shape);
assert.deepEqual([unwritten.value.length, 0 in unwritten.value, chunked.value.length], [4, false, 0]);
assert.deepEqual([unwritten.shape, chunked.shape], [[4], [4]]);
JS
node check.cjs
