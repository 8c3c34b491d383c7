#!/usr/bin/env bash
# @jax-js/jax 0.1.25, WASM backend, Node 24.21: nn.oneHot of an index outside the classes is no row of zeros (as in JAX)
# and no error. -1, the usual mark of a padded or ignored label, becomes a row
# of ones: a cross entropy through it counts every class as the target. 4 of 3 classes becomes class 0.
# Seen: oneHot([5, -1, 3], 3) gives [0, 1, 0], [1, 1, 1], [0, 0, 0] and oneHot([4], 3) [1, 0, 0].
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jax-js/jax@0.1.25 node@24.21.0
export PATH="$dir/node_modules/.bin:$PATH"
cat > check.mjs <<'JS'
import assert from 'node:assert/strict';
import { init, nn, numpy as np } from '@jax-js/jax';
await init();
const oneHot = (...ids) => nn.oneHot(np.array(ids, { dtype: np.int32 }), 3).js();
console.log('-1, 1:', oneHot(-1, 1), '4:', oneHot(4));
assert.deepEqual(oneHot(-1, 1), [[1, 1, 1], [0, 1, 0]]);
assert.deepEqual(oneHot(4), [[1, 0, 0]]);
JS
node check.mjs
