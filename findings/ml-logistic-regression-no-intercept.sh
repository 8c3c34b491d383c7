#!/usr/bin/env bash
# ml-logistic-regression 2.0.0 (ml-matrix 6.15.1): the model has no intercept and no option for one: the probability is
# the sigmoid of the weighted inputs alone, so every decision boundary
# goes through the origin. Data on one side of it are not separated, however easy; a column of ones has to be added by
# hand.
# Seen: inputs 1, 2, 3, 4 with classes 0, 0, 1, 1 are all predicted as 1; with a column of ones beside them the
# prediction is 0, 0, 1, 1.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-logistic-regression@2.0.0 ml-matrix@6.15.1
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const LogisticRegression = require('ml-logistic-regression');
const { Matrix } = require('ml-matrix');
const predict = (rows) => {
  const x = new Matrix(rows);
  const model = new (LogisticRegression.default ?? LogisticRegression)({ numSteps: 50000, learningRate: 0.05 });
  model.train(x, Matrix.columnVector([0, 0, 1, 1]));
  return Array.from(model.predict(x));
};
const alone = predict([[1], [2], [3], [4]]);
const withOnes = predict([[1, 1], [2, 1], [3, 1], [4, 1]]);
console.log('as given', alone, 'with a column of ones', withOnes);
assert.deepEqual(alone, [1, 1, 1, 1]);
assert.deepEqual(withOnes, [0, 0, 1, 1]);
JS
node check.cjs
