#!/usr/bin/env bash
# ml-cart 2.1.1: a DecisionTreeRegression finds a split that leaves no error, then does not make it: the "gain" of a regression
# is the error that is left, and a split is made only where it is above 0 (a lower gainThreshold changes nothing). So a clean
# step in the data gives a tree of one leaf that predicts the mean, while the step with some noise on it is found.
# RandomForestRegression of ml-random-forest grows such trees.
# Seen: 20 points, 0 below 10 and 10 from there: split value 9.5, gain 0, every prediction 5. With 0 and 1 added in turn the
# predictions lie within 1.1 of both steps.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-cart@2.1.1
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { DecisionTreeRegression } = require('ml-cart');
const places = Array.from({ length: 20 }, (_, i) => i);
function tree(noise, options) {
  const regression = new DecisionTreeRegression(options);
  regression.train(places.map((x) => [x]), places.map((x) => (x < 10 ? 0 : 10) + noise * (x % 2)));
  const { splitValue, gain } = regression.root;
  return { splitValue, gain, predictions: regression.predict([[1], [8], [11], [18]]) };
}
const [clean, noisy, threshold] = [tree(0), tree(1), tree(0, { gainThreshold: -1 })];
console.log('clean', clean, 'noisy', noisy, 'threshold -1', threshold);
for (const refused of [clean, threshold]) assert.deepEqual(refused, { splitValue: 9.5, gain: 0, predictions: [5, 5, 5, 5] });
noisy.predictions.forEach((value, i) => assert(Math.abs(value - (i < 2 ? 0 : 10)) < 1.1));
JS
node check.cjs
