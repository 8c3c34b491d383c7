// What a machine needs before the rest can run. As a program (`node scripts/setup.mjs`) it makes all of it ready.

import { fileURLToPath } from 'node:url';
import { main } from './lib/run.mjs';
import { ensureBrowser } from './setup/browser.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureVSCodeServer } from './setup/vscode-server.mjs';

export { ensureBrowser, ensureDependencies, ensureVSCodeServer };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await ensureDependencies();
    console.log(`Browser: ${await ensureBrowser()}`);
    console.log(`VS Code: ${await ensureVSCodeServer()}`);
  });
}
