#!/usr/bin/env bash
# pickleparser 0.2.1 and what CPython 3.11's pickle wrote. In protocol 2, which torch.save writes, bytes, bytearrays and sets
# come back as objects without anything in them, without an error (from protocols 3, 4 and 5 on they are there). Integers
# from 2^63 on are refused in protocol 2 and rounded in protocol 0, where infinities are NaN and letters outside Latin-1 stay
# written as \u20ac. Dictionaries are plain objects by default: of {1: 'a', '1': 'b'} one entry is left.
# Seen: {} for b'\x00\xffabc' and for {1, 2}; NaN for inf; "\u20ac" as six letters; {"1":"b"}.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pickleparser@0.2.1
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { Parser } = require('pickleparser');
const read = (text) => new Parser().parse(Buffer.from(text, 'base64'));
const { large, ...pickles } = JSON.parse(require('node:fs').readFileSync('pickles.json', 'utf8'));
const seen = Object.fromEntries(Object.entries(pickles).map(([name, text]) => [name, read(text)]));
console.log(seen);
assert.deepEqual(Object.keys(seen['bytes, 2']), []);
assert.ok(seen['bytes, 3'] instanceof Uint8Array);
assert.deepEqual(Object.keys(seen['set, 2']), []);
assert.deepEqual([...seen['set, 4']], [1, 2]);
assert.deepEqual(seen['inf, 0'], NaN);
assert.deepEqual(seen['inf, 2'], Infinity);
assert.deepEqual(seen['euro, 0'], '\\u20ac');
assert.deepEqual(seen['euro, 2'], '\u20ac');
assert.deepEqual({ ...seen['keys, 2'] }, { 1: 'b' });
assert.throws(() => read(large), /too large/);
JS
python3 - <<'PY'
import base64, json, pickle
values = {
    "bytes": b"\x00\xffabc",
    "set": {1, 2},
    "inf": float("inf"),
    "euro": "\u20ac",
    "keys": {1: "a", "1": "b"},
}
text = lambda value, protocol: base64.b64encode(pickle.dumps(value, protocol)).decode()
pickles = {f"{name}, {p}": text(value, p) for name, value in values.items() for p in (0, 2, 3, 4)}
json.dump({**pickles, "large": text(2**63, 2)}, open("pickles.json", "w"))
PY
node check.cjs
