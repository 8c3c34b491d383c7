#!/usr/bin/env bash
# simple-statistics 7.12.1: BayesianClassifier, "a naive Bayesian classifier", adds the scores of the single features where
# Bayes multiplies them, and divides by all items and not by those of the category. A feature that a category has
# never had costs it nothing, and the sums are no probabilities; the largest of them can be another category than naive Bayes
# says.
# Seen: of 8 items "one" (all x, none of them p) and 8 items "two" (4 are x and p) the item x, p scores 0.5 for both; with
# one more "one" it scores 0.529 and 0.471, so "one" is chosen, which naive Bayes gives 0.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts simple-statistics@7.12.1
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { BayesianClassifier } = require('simple-statistics');
const classifier = new BayesianClassifier();
const train = (count, item, category) => {
  for (let i = 0; i < count; i++) classifier.train(item, category);
};
train(8, { a: 'x', b: 'q' }, 'one');
train(4, { a: 'x', b: 'p' }, 'two');
train(4, { a: 'y', b: 'q' }, 'two');
const even = classifier.score({ a: 'x', b: 'p' });
train(1, { a: 'x', b: 'q' }, 'one');
const odd = classifier.score({ a: 'x', b: 'p' });
console.log('8 and 8', even, '9 and 8', odd, 'naive Bayes: one', (9 / 17) * (9 / 9) * (0 / 9), 'two', (8 / 17) * (4 / 8) * (4 / 8));
assert.deepEqual(even, { one: 0.5, two: 0.5 });
assert(odd.one > odd.two);
JS
node check.cjs
