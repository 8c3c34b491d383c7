/** Random texts through the command line, each in a process of its own. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../compiler/programs/random.ts';
import type { Fault } from './compiling.ts';
import type { OddFolder } from './folder.ts';
import { randomText } from './mutate.ts';

export interface CommandReport {
  readonly count: number;
  readonly faults: readonly Fault[];
  readonly codes: Readonly<Record<string, number>>;
  readonly slowest: number;
}

export async function inspectTexts(
  options: { count: number; seed: number; folder: OddFolder; seeds: readonly string[]; script: string },
  progress: (done: number) => void = () => {},
): Promise<CommandReport> {
  const { count, seed, folder, seeds, script } = options;
  const file = join(folder.path, 'entry.model.ts');
  const faults: Fault[] = [];
  const codes: Record<string, number> = {};
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const text = randomText(new Random(seed * 1_000_003 + 7_777_777 + i), seeds);
    const fault = (what: string) => faults.push({ seed: i, what, text });
    writeFileSync(file, text);
    const started = performance.now();
    const { code, out, err } = await run([script, 'inspect', '--timeout', '1000', file]);
    slowest = Math.max(slowest, performance.now() - started);
    codes[code] = (codes[code] ?? 0) + 1;
    if (code !== '0' && code !== '1' && code !== '2') fault(`ended with ${code}: ${err.slice(0, 500)}`);
    if (/\n\s+at .*[:(]\d+|Tensight (itself )?failed|Node\.js v\d/.test(out + err))
      fault(`a raw stack: ${err.slice(0, 800)}`);
    if (code === '1' && err.trim() === '' && !/no model/.test(out)) fault('ended with 1 and no word');
    if (i % 50 === 49) progress(i + 1);
  }
  return { count, faults, codes, slowest };
}

function run(args: string[]): Promise<{ code: string; out: string; err: string }> {
  const options = { timeout: 60_000, killSignal: 'SIGKILL', maxBuffer: 1 << 26 } as const;
  return new Promise((done) => {
    execFile(process.execPath, args, options, (error, out, err) =>
      done({ code: String(error === null ? 0 : (error.code ?? error.signal)), out, err }),
    );
  });
}
