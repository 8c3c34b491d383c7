#!/usr/bin/env bash
# simple-statistics 7.12.1: cumulativeStdNormalProbability looks the number up in a table of four digits that ends at 3.09:
# it is rounded to two places, and everything further out is 0.999 or 0.001. Errors of 0.001 are common, and a p value below
# 0.001 can't come out, however far out the statistic is. The library's errorFunction, from which the same number
# follows, is right to seven digits.
# Seen: at -6 it is 0.001, a million times the true 9.9e-10; at 1.234 it is 0.8907, not 0.8914.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts simple-statistics@7.12.1
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { cumulativeStdNormalProbability, errorFunction } = require('simple-statistics');
const places = [-6, -4, 1.234, 4];
const table = places.map((z) => cumulativeStdNormalProbability(z));
const byErf = places.map((z) => (1 + errorFunction(z / Math.SQRT2)) / 2);
console.log('at', places, 'table', table, 'by the error function', byErf);
assert.deepEqual(table, [0.001, 0.001, 0.8907, 0.999]);
assert(byErf[0] < 1e-6 && Math.abs(byErf[2] - 0.8913985) < 1e-6);
JS
node check.cjs
