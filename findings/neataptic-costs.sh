#!/usr/bin/env bash
# neataptic 1.4.7: the cost MSLE (mean squared logarithmic error) adds up differences of logarithms without squaring
# them, so
# that it can be negative and falls below any bound: a search that minimises it runs away. CROSS_ENTROPY of a perfect
# prediction that contains a 1 is NaN (0 times the logarithm of 0).
# Seen: MSLE of target [0, 1] and output [0.3, 0.6] is -32.82; CROSS_ENTROPY of [0, 1] and [0, 1] is NaN.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts neataptic@1.4.7
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { MSLE, CROSS_ENTROPY } = require('neataptic').methods.cost;
console.log('MSLE', MSLE([0, 1], [0.3, 0.6]), 'cross entropy of a perfect output', CROSS_ENTROPY([0, 1], [0, 1]));
assert(MSLE([0, 1], [0.3, 0.6]) < -32);
assert(Number.isNaN(CROSS_ENTROPY([0, 1], [0, 1])));
JS
node check.cjs
