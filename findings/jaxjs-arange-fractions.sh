#!/usr/bin/env bash
# @jax-js/jax 0.1.25, Node 24.21: np.arange makes integers whatever it is given, so fractional steps are cut to 0 and
# fractional starts to whole numbers, without a word; NumPy and JAX give floats there.
# Seen: arange(0, 1, 0.25) is [0, 0, 0, 0], arange(0.5, 3) is [0, 1, 2].
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
const [steps, start] = [np.arange(0, 1, 0.25).js(), np.arange(0.5, 3).js()];
console.log(steps, start);
assert.deepEqual(steps, [0, 0, 0, 0]);
assert.deepEqual(start, [0, 1, 2]);
JS
node check.mjs
