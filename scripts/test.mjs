// Every test, from a fresh clone on, two stages at a time. `npm test`, or `node scripts/test.mjs STAGE… [-- NAME]` for some of the stages:
// types, editor, build, lint, docs, page, unit, lessons, processes, golden, vscode, e2e. NAME filters the tests of the last eight.

import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await main(async () => {
  await ensureDependencies();
  const { stages } = await import('./test/stages.mjs');
  const { runStages } = await import('./test/run.mjs');
  const note = 'What is judged by PyTorch live is not among these: npm run test:pytorch.';
  return runStages(stages, process.argv.slice(2), { note, lanes: 2 });
});
