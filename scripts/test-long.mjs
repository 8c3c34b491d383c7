// What is tried so often that a person would not wait for it: `npm run test:long`. `npm test` tries the same less often.

import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

/** Engines that are killed, stopped or deaf; starts and stops; both at random moments. */
const files = ['server/kill.test', 'server/stop.test'];

await main(async () => {
  await ensureDependencies();
  const { runStages } = await import('./test/run.mjs');
  const { runVitest } = await import('./test/vitest.mjs');
  const stage = {
    title: 'Engines that end at random moments, at full counts',
    run: (/** @type {import('./test/run.mjs').StageOptions} */ { filter }) =>
      runVitest('processes', { filter, files, env: { ...process.env, TENSIGHT_LONG: '1' } }),
  };
  return runStages({ long: stage }, process.argv.slice(2), { skipsFail: true });
});
