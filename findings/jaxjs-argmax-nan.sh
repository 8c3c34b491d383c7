#!/usr/bin/env bash
# @jax-js/jax 0.1.25, WASM backend, Node 24.21: where an array holds a NaN, np.argmax and np.argmin give the length of
# the axis, an index that no element has. NumPy, JAX and PyTorch give the place of the NaN.
# What is looked up with it next (a word, a class name) is undefined or, in jax-js, the first element.
# Seen: argmax([1, NaN, 3]) is 3, argmax([NaN, 1]) is 2.
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
const found = [[1, Number.NaN, 3], [Number.NaN, 1]].map((values) => [np.argmax(np.array(values)).js(), np.argmin(np.array(values)).js()]);
console.log('argmax, argmin', found);
assert.deepEqual(found, [[3, 3], [2, 2]]);
JS
node check.mjs
