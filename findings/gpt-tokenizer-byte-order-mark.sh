#!/usr/bin/env bash
# gpt-tokenizer 4.0.0 and js-tiktoken 1.0.21 beside tiktoken 1.0.22 (OpenAI's Rust code as WebAssembly): texts with U+FEFF
# (the byte order mark) or U+0085 (next line) get other tokens. JavaScript's \s holds U+FEFF and not U+0085, Rust's the other
# way round, so words are cut at other places; and gpt-tokenizer does not find the token of U+FEFF itself, which cl100k_base
# and o200k_base have: it is two tokens there, also where words are cut alike.
# Seen, cl100k_base: "x\ufeff" is [87, 3305] to tiktoken and js-tiktoken, [87, 171, 3299] to gpt-tokenizer; " \ufeffx" is
# [76880, 87], [220, 3305, 87] and [220, 171, 3299, 87]; "a \u0085b" is [64, 220, 126, 227, 65], to both others
# [64, 2188, 227, 65]. Text without the two, in 30 scripts and kinds of space tried, is the same to all three.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts tiktoken@1.0.22 js-tiktoken@1.0.21 gpt-tokenizer@4.0.0
cat > check.mjs <<'JS'
import assert from 'node:assert/strict';
import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { getEncoding } from 'js-tiktoken';
import { get_encoding } from 'tiktoken';

const [rust, script] = [get_encoding('cl100k_base'), getEncoding('cl100k_base')];
const seen = (text) => [Array.from(rust.encode(text)), script.encode(text), encode(text)];
for (const text of ['x\ufeff', ' \ufeffx', 'a \u0085b', 'plain text'])
  console.log(JSON.stringify(text), ...seen(text).map((tokens) => JSON.stringify(tokens)));
assert.deepEqual(seen('x\ufeff'), [[87, 3305], [87, 3305], [87, 171, 3299]]);
assert.deepEqual(seen(' \ufeffx'), [[76880, 87], [220, 3305, 87], [220, 171, 3299, 87]]);
assert.deepEqual(seen('a \u0085b'), [[64, 220, 126, 227, 65], [64, 2188, 227, 65], [64, 2188, 227, 65]]);
const [one, ...others] = seen('plain text');
for (const other of others) assert.deepEqual(other, one);
JS
node check.mjs
