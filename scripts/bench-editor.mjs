// `npm run bench:editor`: how long a hover, the hints and the new shapes take after a keystroke on the GPT example, in a real
// VS Code. `-- --json` prints one object a line: {"bench", "p50", "p95", "unit"}.

import { readFileSync, rmSync } from 'node:fs';
import { build } from './build.mjs';
import { fromRoot } from './lib/paths.mjs';
import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await main(async () => {
  await ensureDependencies();
  const json = process.argv.includes('--json');
  const figures = fromRoot('.cache', 'bench-editor.jsonl');
  rmSync(figures, { force: true });
  process.env.TENSIGHT_FIGURES = figures;
  const log = console.log;
  // The build has its say on stderr, the suite in a file: stdout is for the figures.
  if (json) console.log = console.error;
  await build();
  const { ensureBrowser } = await import('./setup/browser.mjs');
  const { ensureVSCodeServer } = await import('./setup/vscode-server.mjs');
  await ensureBrowser();
  await ensureVSCodeServer();
  const { runEditorSuite } = await import('./test/editor.mjs');
  const suiteLog = json ? fromRoot('.cache', 'results', 'bench-editor.log') : undefined;
  const { failed } = await runEditorSuite({ filter: 'While a person types', log: suiteLog });
  console.log = log;
  if (failed > 0) return 1;
  const lines = readFileSync(figures, 'utf8').trim().split('\n');
  if (json) for (const line of lines) console.log(line);
  else console.table(lines.map((line) => JSON.parse(line)));
  return 0;
});
