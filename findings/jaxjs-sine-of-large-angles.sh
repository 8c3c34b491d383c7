#!/usr/bin/env bash
# @jax-js/jax 0.1.25, WASM backend, Node 24.21: np.sin and np.cos lose their digits as the angle grows and give up at
# 1e8, in arrays of more than one distinct value (others are computed in double precision by the compiler,
# and are right: the same number differs alone and in company). Rotary and sinusoidal positions of long sequences, or
# phases in samples, stay below; hashes of the fract(sin(x) * 43758) kind do not.
# Seen: sin([1e6, 1e8]) is [-0.3663, 0], the right values are [-0.3500, 0.9316]; sin([1e8]) is right.
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
const [million, hundred] = np.sin(np.array([1e6, 1e8])).js();
const [alone] = np.sin(np.array([1e8])).js();
console.log('sin 1e6', million, 'sin 1e8', hundred, 'alone', alone);
assert(Math.abs(million - Math.sin(1e6)) > 0.01);
assert.equal(hundred, 0);
assert(Math.abs(alone - Math.sin(1e8)) < 1e-6);
JS
node check.mjs
