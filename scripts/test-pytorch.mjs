// Everything PyTorch judges, live: `npm run test:pytorch`, or `node scripts/test-pytorch.mjs STAGE… [-- NAME]` for some of the
// stages: python, values, models, fuzz. Needs Debian's python3-torch, python3-torchvision and python3-onnx; here a skipped test is a failed one.

import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await main(async () => {
  await ensureDependencies();
  const { stages } = await import('./test/pytorch.mjs');
  const { runStages } = await import('./test/run.mjs');
  return runStages(stages, process.argv.slice(2), { skipsFail: true });
});
