#!/usr/bin/env bash
# neataptic 1.4.7: the derivative of the activation SOFTSIGN is x / (1 + |x|)^2; of x / (1 + |x|) it is 1 / (1 + |x|)^2.
# So the gradient is 0 at 0, where the function is steepest, and has the wrong sign for every negative input. The other
# smooth activations agree with central differences.
# Seen: at -0.7 the slope is 0.3460, neataptic gives -0.2422; at 0 it is 1, neataptic gives 0.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts neataptic@1.4.7
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { methods } = require('neataptic');
const slope = (f, x) => (f(x + 1e-6, false) - f(x - 1e-6, false)) / 2e-6;
const { SOFTSIGN, TANH } = methods.activation;
console.log('softsign at -0.7', slope(SOFTSIGN, -0.7).toFixed(4), SOFTSIGN(-0.7, true).toFixed(4), 'at 0', slope(SOFTSIGN, 0).toFixed(4), SOFTSIGN(0, true));
assert(Math.abs(slope(TANH, -0.7) - TANH(-0.7, true)) < 1e-6);
assert.equal(SOFTSIGN(-0.7, true).toFixed(4), '-0.2422');
assert.equal(SOFTSIGN(0, true), 0);
JS
node check.cjs
