// What probes cost code that computes without tensors: `npm run bench:scalar`, after a build.
//   -- --beside FOLDER  another checkout of the project, built
//   -- --rounds N       of each loop; 1,000,000 by default
// Each form is a loop around a call of a small function, first as Node runs it, then in a model file that is watched.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../../scripts/lib/paths.mjs';

const { values } = parseArgs({
  options: { beside: { type: 'string' }, rounds: { type: 'string', default: '1000000' } },
});

/** Each gives something that depends on all of its rounds. */
const forms = `
const forms = {
  number(n) { const f = (a, b) => (a * 31 + b) % 1000003; let s = 1; for (let i = 0; i < n; i++) s = f(s, i); return s; },
  object(n) { const f = (p) => ({ x: p.x + 1, y: p.y }); let s = { x: 0, y: 0 }; for (let i = 0; i < n; i++) s = f(s); return s.x; },
  list(n) { const a = Array.from({ length: 100 }, (_, i) => i); const f = (l, i) => l[i % 100]; let s = 0; for (let i = 0; i < n; i++) s += f(a, i); return s; },
  pair(n) { const f = ([a, b]) => [b, (a + b) % 1009]; let s = [1, 1]; for (let i = 0; i < n; i++) s = f(s); return s[0]; },
  buffer(n) { const a = new Float32Array(100); const f = (l, i) => { l[i % 100] += 1; return l; }; for (let i = 0; i < n; i++) f(a, i); return a[0]; },
  method(n) { class C { v = 0; add(k) { this.v += k; return this; } } const c = new C(); for (let i = 0; i < n; i++) c.add(i); return c.v; },
  map(n) { const m = new Map(); const f = (m, i) => { m.set(i % 10, i); return m; }; for (let i = 0; i < n; i++) f(m, i); return m.size; },
  text(n) { const f = (t, i) => t.charCodeAt(i % t.length); let s = 0; for (let i = 0; i < n; i++) s += f('hello', i); return s; },
  recursion(n) { const f = (k) => (k < 2 ? k : f(k - 1) + f(k - 2)); return f(Math.floor(Math.log(n) / Math.log(1.618))); },
};
function measure(print) {
  for (const name of Object.keys(forms)) {
    const started = performance.now();
    forms[name](${Number(values.rounds)});
    print(name + ' ' + (performance.now() - started));
  }
}
`;

const folder = mkdtempSync(join(tmpdir(), 'tensight-bench-'));
try {
  const plain = join(folder, 'plain.mjs');
  writeFileSync(plain, `${forms}\nmeasure(console.log);`);
  const model = join(folder, 'scalar.model.ts');
  writeFileSync(
    model,
    `import { defineModel, nn, randn, type Tensor } from 'tensight';
${forms}
class Scalar extends nn.Module {
  fc = new nn.Linear(4, 2);
  override forward(x: Tensor) {
    measure((line) => console.error(line));
    return this.fc.forward(x);
  }
}
export default defineModel({ model: () => new Scalar(), inputs: { x: randn([2, 4]) } });`,
  );
  const columns = {
    plain: times(plain),
    ...(values.beside && { beside: watched(resolve(values.beside)) }),
    watched: watched(fromRoot()),
  };
  const names = Object.keys(columns.plain);
  console.table(
    names.map((form) => ({
      form,
      ...Object.fromEntries(Object.entries(columns).map(([name, ms]) => [`${name}, ms`, ms[form]])),
    })),
  );

  /** @param {string} tree */
  function watched(tree) {
    return times(join(tree, 'dist', 'cli.mjs'), 'inspect', model);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds by form, as a process tells them. @param {string[]} args @returns {Record<string, number>} */
function times(...args) {
  // What a model prints goes to stderr.
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const lines = `${stdout}\n${stderr}`.split('\n').flatMap((line) => /^(\w+) ([\d.]+)$/.exec(line) ?? []);
  /** @type {Record<string, number>} */
  const found = {};
  for (let i = 0; i < lines.length; i += 3) found[lines[i + 1] ?? ''] = Math.round(Number(lines[i + 2]));
  return found;
}
