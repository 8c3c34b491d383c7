#!/usr/bin/env bash
# convnetjs 0.3.0: a Trainer takes any name as its method. The published package knows adagrad, adadelta and windowgrad
# beside sgd; any other name (`adam`, `nesterov`, a misspelt one)
# trains by plain SGD with momentum, without a word.
# Seen: four steps with 'adam', 'nesterov' and 'no such method' give exactly the weights of 'sgd'; 'adagrad' gives
# others.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts convnetjs@0.3.0
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { Net, Trainer, Vol } = require('convnetjs');
function weights(method) {
  const net = new Net();
  net.makeLayers([{ type: 'input', out_sx: 1, out_sy: 1, out_depth: 1 }, { type: 'regression', num_neurons: 1 }]);
  const weight = net.layers[1].filters[0].w;
  weight[0] = 1;
  const trainer = new Trainer(net, { method, learning_rate: 0.1, batch_size: 1, momentum: 0.9 });
  return Array.from({ length: 4 }, () => (trainer.train(new Vol([1]), [0]), weight[0]));
}
const sgd = weights('sgd');
console.log('sgd', sgd, 'adam', weights('adam'));
for (const method of ['adam', 'nesterov', 'no such method']) assert.deepEqual(weights(method), sgd);
assert.notDeepEqual(weights('adagrad'), sgd);
JS
node check.cjs
