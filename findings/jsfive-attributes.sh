#!/usr/bin/env bash
# jsfive 0.4.2 and a file that h5py 3.7 (HDF5 1.10) wrote with libver='latest': a group with more than eight attributes,
# which HDF5 then keeps in dense storage, is read as one without any, without an error. Keras keeps a layer's
# weight_names and its configuration in such attributes. An attribute with an empty dataspace (h5py.Empty) is read as a
# number: the bytes that happen to follow.
# Seen: of two groups with 3 and 9 attributes one lists a0, a1, a2, the other nothing; the empty attribute is a number
# and not null.
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

const dense = open('H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1DwhBPCN4CKN6o/kPD3cAliUmDdzJONjFcJCDAwdDBClBlBlXMxMQBFRIUYWBBGwgCPCgMDMxDygCQTDRgEgLZDHODAwMSAAKjqDDHUMWJVZ4ShDmHm11snRSGeYIM6HkZXMAkh+x4GkL1xC2pODjPUNCcGKgC5tO1L/J09vLHbzyYA8iZrTmJlatFXqI6gHKM5bsHBrgyToA5hXMbEEAUODLZGiZUMo4CBwS3IIwCcBpgYBBgw0vYyaEzCAhAUuyg0FHASaRsLkk5IotQA0k9YYWJHlwq1OIV4uABdBLRZECiSovGEGWYHzJY2dYc1bsFAVQww9zEyoNII+wIYKoB2wGR2QRVIM6DSQs9lrZxCfNyA9gqBlKiAgoCB4b14gDJDHANCYI7Xf1OGJiSBNZmltgxWSALT5KeEMpxCEnh66kctgxiSwOK9DXsYzJBs2dF9/gTDMiQVxyW13zC8QxLYOmHl/5+8KaGjyZWWOcHDxQledIGBsMydycQUv8QUvcQUuwg1xhhqmDHUmGCoYcFQY4qhhhVDjRmGGjYMNeYYatgx1FhgqOEYTVSjYMgAAKMmljfkCQAA');
const empty = open('H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwo2MKPyYfIJUJoRSndA6RVMMHEWsJwEVFwAar4C1LwJUPGQIFdXZPPR7RkFIxt4uDoGgOgIKJ8DSp9gQlUHS4cBVLJXEJpe0dM1D4MB1D42BhFgGk/NLSipBKlXkAfywCmcQZyDQbweqo8JjED6LOD5QgToi/y8VIg9OPQxwl3SYA8iAVjUXO2wAwAA');
console.log('three:', dense.attrs, 'nine:', dense.get('layer').attrs, 'empty:', empty.attrs);
assert.deepEqual(dense.attrs, { a0: 0, a1: 1, a2: 2 });
assert.deepEqual(dense.get('layer').attrs, {});
assert.equal(typeof empty.attrs.empty, 'number');
JS
node check.cjs
