#!/usr/bin/env bash
# onnxruntime-node 1.30.0: Cast from double to float16 goes by way of float32 and rounds twice: a number just above the
# middle between two halves becomes the middle first and then the even one. NumPy and JavaScript's
# Math.f16round round once. A checkpoint of doubles converted by a graph and by a script differs in its last bits.
# Seen: 1 + 2^-11 + 2^-40 becomes the bits 0x3c00 (1); the nearest half is 0x3c01 (1.0009765625).
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
const cast = 'CAg6QAoXCgF4EgF5IgRDYXN0KgkKAnRvGAqgAQISAWdaEAoBeBILCgkICxIFCgMSAW5iEAoBeRILCgkIChIFCgMSAW5CBAoAEBE=';
const [bits] = await run(cast, 'float64', Float64Array.of(1 + 2 ** -11 + 2 ** -40));
const [above] = await run(cast, 'float64', Float64Array.of(1 + 2 ** -11 + 2 ** -20));
const hex = (half) => (typeof Float16Array === 'undefined' ? half : new Uint16Array(Float16Array.of(half).buffer)[0]).toString(16);
console.log('1 + 2^-11 + 2^-40:', hex(bits), ' 1 + 2^-11 + 2^-20:', hex(above));
assert.deepEqual([hex(bits), hex(above)], ['3c00', '3c01']);
JS
node check.mjs
