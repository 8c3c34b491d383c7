#!/usr/bin/env bash
# onnxruntime-node 1.30.0: ReduceSum of int64 (and int32) adds in floating point of double precision: above 2^53 the
# last digits are lost, and past the largest integer the sum stays there instead of wrapping round. CumSum, Add and
# ReduceMax of the same data
# are exact. Sums of ids, hashes and byte offsets in a graph are quietly others than in NumPy or PyTorch.
# Seen: the sum of [2^53 + 1, 0] is 2^53; of [2^62, 2^62] it is 9223372036854775807, of two int32 that overflow
# 2147483647.
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
const sum64 = 'CAg6RgoiCgF4EgF5IglSZWR1Y2VTdW0qDwoIa2VlcGRpbXMYAKABAhIBZ1oQCgF4EgsKCQgHEgUKAxIBbmILCgF5EgYKBAgHEgBCBAoAEBE=';
const sum32 = 'CAg6RgoiCgF4EgF5IglSZWR1Y2VTdW0qDwoIa2VlcGRpbXMYAKABAhIBZ1oQCgF4EgsKCQgGEgUKAxIBbmILCgF5EgYKBAgGEgBCBAoAEBE=';
const [odd] = await run(sum64, 'int64', BigInt64Array.of(2n ** 53n + 1n, 0n));
const [large] = await run(sum64, 'int64', BigInt64Array.of(2n ** 62n, 2n ** 62n));
const [small] = await run(sum32, 'int32', Int32Array.of(2147483647, 1));
console.log(odd, large, small);
assert.deepEqual([odd, large, small], [2n ** 53n, 2n ** 63n - 1n, 2147483647]);
JS
node check.mjs
