#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: tf.metrics.precision and tf.metrics.recall (and metrics: ['precision'] of a model) have no
# threshold: a prediction counts as positive only where it is exactly 1. Keras and everybody else cut probabilities at 0.5;
# so does tf.metrics.binaryAccuracy beside them. What a sigmoid or a softmax gives is below 1, so a classifier without an
# error gets 0.
# Seen: for labels 1, 1, 0 and probabilities 0.9, 0.99, 0.2 accuracy is 1, precision 0 and recall 0; rounded to 1, 1, 0 first,
# all are 1.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
console.warn = () => {};
const tf = require('@tensorflow/tfjs');
const labels = tf.tensor2d([[1], [1], [0]]);
const metrics = (values) => {
  const predictions = tf.tensor2d(values);
  const { binaryAccuracy, precision, recall } = tf.metrics;
  return [binaryAccuracy(labels, predictions).mean(), precision(labels, predictions), recall(labels, predictions)]
    .map((metric) => metric.dataSync()[0]);
};
const [probabilities, rounded] = [metrics([[0.9], [0.99], [0.2]]), metrics([[1], [1], [0]])];
console.log('accuracy, precision, recall of probabilities', probabilities, 'and rounded', rounded);
assert.deepEqual(probabilities, [1, 0, 0]);
assert.deepEqual(rounded, [1, 1, 1]);
JS
node check.cjs
