#!/usr/bin/env bash
# @jax-js/jax 0.1.25, WASM backend, Node 24.21: nn.softplus and nn.logSigmoid are written as log(1 + exp(x)) and
# overflow where PyTorch's and JAX's are linear: from 89 on softplus is infinite, logSigmoid is -infinity below -89,
# in arrays of more than one distinct value (an array of equal values is folded in double precision and right). A log
# likelihood through them is infinite for a confident wrong answer.
# Seen: softplus([20, 100]) is [19.999996, Infinity], logSigmoid([-200, 100]) is [-Infinity, 0].
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
const plus = nn.softplus(np.array([20, 100])).js();
const log = nn.logSigmoid(np.array([-200, 100])).js();
console.log('softplus', plus, 'logSigmoid', log, 'softplus of 100 alone', nn.softplus(np.array([100])).js());
assert.equal(plus[1], Number.POSITIVE_INFINITY);
assert.equal(log[0], Number.NEGATIVE_INFINITY);
assert.equal(nn.softplus(np.array([100])).js()[0], 100);
JS
node check.mjs
