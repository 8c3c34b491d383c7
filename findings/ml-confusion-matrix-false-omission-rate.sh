#!/usr/bin/env bash
# ml-confusion-matrix 2.0.0: getFalseOmissionRate(label) is FN / (FN + TP), the false negative rate, not FN / (FN + TN), the
# share of wrong ones among those predicted negative, which is 1 minus the negative predictive value beside it. Where
# positives are rare, as in screening, the two are far apart.
# Seen: with 2 true positives, 2 false negatives, 1 false positive and 95 true negatives it is 0.5, as the false negative
# rate is; the negative predictive value is 0.979, so that 0.021 are left.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-confusion-matrix@2.0.0
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { ConfusionMatrix } = require('ml-confusion-matrix');
const matrix = new ConfusionMatrix([[2, 2], [1, 95]], ['ill', 'well']);
const omitted = matrix.getFalseOmissionRate('ill');
const missed = matrix.getFalseNegativeRate('ill');
const left = 1 - matrix.getNegativePredictiveValue('ill');
console.log(matrix.getConfusionTable('ill'), 'omission', omitted, 'negative rate', missed, '1 - predictive value', left);
assert.equal(omitted, 0.5);
assert.equal(missed, 0.5);
assert(Math.abs(left - 2 / 97) < 1e-12);
JS
node check.cjs
