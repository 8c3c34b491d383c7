#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: globalAveragePooling1d takes no notice of the mask that masking or an embedding with maskZero sets:
# it averages the padding as well, without a word. Keras's layer of the same name leaves masked steps out, as the recurrent
# layers of both do. A text classifier that comes from Keras gives other numbers, and they move with the length of the
# padding.
# Seen: the steps 1, 2 and one masked 0 have the mean 1, with five masked ones 0.4286, where Keras gives 1.5. A linear RNN with a
# bias of 1, to which a step that is not masked adds, gives 5 both times: it leaves them out.
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
function predict(layer, steps) {
  const inputs = tf.input({ shape: [steps.length, 1] });
  const outputs = layer.apply(tf.layers.masking({ maskValue: 0 }).apply(inputs));
  return tf.model({ inputs, outputs }).predict(tf.tensor(steps, [1, steps.length, 1])).dataSync()[0];
}
const pooling = () => tf.layers.globalAveragePooling1d({});
const ones = { kernelInitializer: 'ones', recurrentInitializer: 'ones' };
const recurrent = () => tf.layers.simpleRNN({ units: 1, activation: 'linear', biasInitializer: 'ones', ...ones });
const [short, long] = [[1, 2, 0], [1, 2, 0, 0, 0, 0, 0]];
const means = [short, long].map((steps) => predict(pooling(), steps));
const sums = [short, long].map((steps) => predict(recurrent(), steps));
console.log('means', means, 'RNN', sums);
assert.equal(means[0], 1);
assert(Math.abs(means[1] - 3 / 7) < 1e-6);
assert.deepEqual(sums, [5, 5]);
JS
node check.cjs
