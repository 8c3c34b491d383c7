#!/usr/bin/env bash
# @jax-js/jax 0.1.25, WASM backend, Node 24.21: negative numbers in an array of indices do not count from the end, as
# they do in NumPy, JAX and as a plain number does in jax-js itself: np.take and
# x.slice(indices) give the first element for them, and for indices past the end, too (JAX: NaN or the last element). A
# gather of "the last token" by -1 reads the first one.
# Seen: take([10, 20, 30], [-1, -2, 3]) is [10, 10, 10], slice(-1) is 30.
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
const x = np.array([10, 20, 30]);
const taken = np.take(x.ref, np.array([-1, -2, 3, 1], { dtype: np.int32 })).js();
const sliced = x.ref.slice(np.array([-1, 1], { dtype: np.int32 })).js();
console.log('take', taken, 'slice by an array', sliced, 'by a number', x.ref.slice(-1).js());
assert.deepEqual(taken, [10, 10, 10, 20]);
assert.deepEqual(sliced, [10, 20]);
assert.equal(x.slice(-1).js(), 30);
JS
node check.mjs
