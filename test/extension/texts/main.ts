/** `npm run fuzz:text`: random texts and programs through everything that reads them. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Judge } from '../compiler/programs/run.ts';
import { inspectTexts } from './commands.ts';
import { comparePackages, comparePrograms, sourcesBelow } from './comparing.ts';
import { compileTexts, type Fault } from './compiling.ts';
import { makeFolder } from './folder.ts';
import { seedTexts } from './mutate.ts';
import { serveTexts } from './serving.ts';

const root = process.cwd();
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    packages: { type: 'string', multiple: true, default: [] },
    dist: { type: 'string', default: resolve(root, 'dist') },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);
const wanted = (part: string) => values.only.length === 0 || values.only.includes(part);
const part = (share: number) => Math.max(1, Math.round(count * share));
const seeds = seedTexts(root);
const folder = makeFolder();
let failed = 0;

const progress = (name: string) => (done: number) => process.stderr.write(`  ${name}: ${done}\n`);
function report(line: string, faults: readonly Fault[]): void {
  console.log(line);
  failed += faults.length;
  for (const { what, text, seed: number } of faults.slice(0, 5))
    console.log(`  #${number}: ${what}\n    ${JSON.stringify(text.length > 600 ? `${text.slice(0, 600)}…` : text)}`);
  if (faults.length > 5) console.log(`  and ${faults.length - 5} more`);
}
const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

try {
  if (wanted('compile')) {
    const before = process.memoryUsage.rss();
    const { compiled, slowest, faults } = compileTexts({ count, seed, folder, seeds }, progress('compile'));
    const memory = `memory ${mb(before)} → ${mb(process.memoryUsage.rss())}`;
    report(
      `compile: ${count} texts, ${compiled} of them whole; slowest ${Math.round(slowest)} ms of processor time; ${memory}; ${faults.length} faults`,
      faults,
    );
  }
  if (wanted('serve')) {
    const script = resolve(values.dist, 'server.cjs');
    const result = await serveTexts({ count: part(0.1), seed, folder, seeds, script, stackMb: 32 }, progress('serve'));
    const { deaths, slowest, slow, memory, faults } = result;
    report(
      `serve: ${result.count} texts; ${deaths} deaths; slowest answer ${Math.round(slowest)} ms, ${slow} over 1 s; memory ${mb(memory.before)} → ${mb(memory.after)}; ${faults.length} faults`,
      faults,
    );
  }
  if (wanted('inspect')) {
    const script = resolve(values.dist, 'cli.mjs');
    const result = await inspectTexts({ count: part(0.003), seed, folder, seeds, script }, progress('inspect'));
    report(
      `inspect: ${result.count} processes, exit codes ${JSON.stringify(result.codes)}; slowest ${Math.round(result.slowest)} ms; ${result.faults.length} faults`,
      result.faults,
    );
  }
  if (wanted('programs')) {
    const judge = new Judge(resolve(root, 'test/extension/compiler/programs/judge.mjs'));
    const result = await comparePrograms({ count: part(0.1), seed, judge }, progress('programs'));
    await judge.end();
    failed += result.faults.length;
    console.log(
      `programs: ${result.count} (${result.modules} modules, ${result.failing} that fail) with probes and by Node's own modules; ${result.faults.length} differ`,
    );
    for (const { seed: number, files, what } of result.faults.slice(0, 3)) {
      console.log(`  #${number}: ${what}`);
      for (const [name, text] of Object.entries(files)) console.log(`  --- ${name}\n${text}`);
    }
  }
  if (wanted('packages')) {
    const folders = [resolve(root, 'node_modules'), ...values.packages.map((path) => resolve(path))];
    const files = sourcesBelow(folders);
    const result = comparePackages(files, progress('packages'));
    failed += result.faults.length;
    console.log(
      `packages: ${files.length} files of TypeScript found, ${result.compared} compared, ${result.erased} of them with Babel's transform of types; ${result.faults.length} faults`,
    );
    for (const [what, times] of [...result.refused].sort((a, b) => b[1] - a[1]))
      console.log(`  refused ${times} ×: ${what}`);
    for (const { file, what } of result.faults.slice(0, 10)) console.log(`  ${file}: ${what}`);
  }
} finally {
  folder.dispose();
}
process.exitCode = failed === 0 ? 0 : 1;
