#!/usr/bin/env bash
# Node 24.11.1 (V8 13.6): two modules that both say `export * from` each other. A name that reaches them from two places is
# ambiguous, and ECMAScript leaves it out of both namespaces. V8 fills the namespace that is asked for first rightly and the
# other one from what it has so far, so that a name which must not be there is there; which of the two has it depends on
# the order of two imports somewhere else. A compiler of modules that is held against the platform's own differs here and is
# right; packages whose index files re-export each other show different exports to different importers.
# Seen: with a imported first, a has no names and c has ['shared']; with c first, a has ['shared'] and c none.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@24.11.1
printf "export * from './d.mjs';\nexport * from './c.mjs';\n" > a.mjs
printf "export * from './a.mjs';\nexport * from './b.mjs';\n" > c.mjs
printf "export const shared = 'b';\n" > b.mjs
printf "export const shared = 'd';\n" > d.mjs
show='console.log("a", Object.keys(a), "c", Object.keys(c));'
printf "import * as a from './a.mjs';\nimport * as c from './c.mjs';\n%s\n" "$show" > a-first.mjs
printf "import * as c from './c.mjs';\nimport * as a from './a.mjs';\n%s\n" "$show" > c-first.mjs
first=$(node_modules/.bin/node a-first.mjs)
second=$(node_modules/.bin/node c-first.mjs)
printf 'a first: %s\nc first: %s\n' "$first" "$second"
[ "$first" = "a [] c [ 'shared' ]" ]
[ "$second" = "a [ 'shared' ] c []" ]
