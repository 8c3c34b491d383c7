// The declarations of the `tensight` module: what users' editors read, with and without the npm package.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';
import { tsc } from '../lib/tsc.mjs';

const out = fromRoot('dist', 'tensight');

/** Writes dist/tensight/**\/*.d.ts. Nothing is checked here (`npm run check` does that), so it is quick. */
export async function emitTypes() {
  const target = ['--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--rootDir', 'core', '--outDir', out];
  await mustRun(...tsc(['-p', 'core', '--noCheck', ...target]));
  // A `.ts` in an import is an error to users whose compiler options do not allow it; `.js` is right under all of them.
  for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const path = join(out, name);
    const text = readFileSync(path, 'utf8');
    const fixed = text.replace(
      /(from |import |import\(|declare module )(['"])(\.{1,2}\/[^'"]*?)\.ts\2/g,
      '$1$2$3.js$2',
    );
    if (fixed !== text) writeFileSync(path, fixed);
  }
}
