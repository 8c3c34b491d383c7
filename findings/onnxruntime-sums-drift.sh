#!/usr/bin/env bash
# onnxruntime-node 1.30.0, one thread: ReduceSum of float32 keeps a plain running sum. A million times 0.1 along the
# last axis is 99910, along the first axis 100958, one per cent too much. PyTorch 1.13 gives 100000 along both;
# NumPy 1.24, which adds in pairs along the last axis alone, 100000 there and the same 100958 along the first. Means,
# variances and losses over long axes inherit it, and moving an axis moves the answer.
# Seen: [1, 1000000] summed along 1 gives 99910.33, [1000000, 2] summed along 0 gives 100958.34.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0
cat > check.mjs <<'JS'
import assert from 'node:assert/strict';
import ort from 'onnxruntime-node';
const run = async (model, type, data, shape = [data.length]) => {
  const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'), { intraOpNumThreads: 1 });
  return (await session.run({ x: new ort.Tensor(type, data, shape) })).y.data;
};
const rows = 'CAg6ZgolCgF4CgFhEgF5IglSZWR1Y2VTdW0qDwoIa2VlcGRpbXMYAKABAhIBZyoRCAEQB0IBYUoIAQAAAAAAAABaFQoBeBIQCg4IARIKCgMSAW4KAxIBbWIQCgF5EgsKCQgBEgUKAxIBbkIECgAQEQ==';
const columns = 'CAg6ZgolCgF4CgFhEgF5IglSZWR1Y2VTdW0qDwoIa2VlcGRpbXMYAKABAhIBZyoRCAEQB0IBYUoIAAAAAAAAAABaFQoBeBIQCg4IARIKCgMSAW4KAxIBbWIQCgF5EgsKCQgBEgUKAxIBbUIECgAQEQ==';
const tenths = (length) => new Float32Array(length).fill(0.1);
const [last] = await run(rows, 'float32', tenths(1e6), [1, 1e6]);
const [first] = await run(columns, 'float32', tenths(2e6), [1e6, 2]);
console.log('along the last axis', last, 'along the first', first);
assert(Math.abs(last - 99910.33) < 1);
assert(Math.abs(first - 100958.34) < 1);
JS
node check.mjs
