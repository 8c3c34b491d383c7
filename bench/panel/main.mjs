// How long a person waits for the panel, in a real VS Code: `npm run bench:panel`.
//   -- --rounds N  how often its tab is hidden and shown again; 9 by default
//   -- --json      one object a line: {"bench", "p50", "worst", "unit"}
// A frame is what was on the screen: VS Code's window is filmed, and the panel is there in the first frame that shows what it showed
// before it was hidden, icons and theme with it. Builds first; a machine that does other work makes it all slower.

import { main } from '../../scripts/lib/run.mjs';
import { ensureDependencies } from '../../scripts/setup/dependencies.mjs';
import { film } from './film.mjs';

const file = 'gpt.model.ts';

await main(async () => {
  await ensureDependencies();
  const flags = process.argv.slice(2);
  const json = flags.includes('--json');
  const log = console.log;
  // The build has its say on stderr: stdout is for the figures.
  if (json) console.log = console.error;
  const { build } = await import('../../scripts/build.mjs');
  await build();
  const { ensureBrowser } = await import('../../scripts/setup/browser.mjs');
  const { ensureVSCodeServer } = await import('../../scripts/setup/vscode-server.mjs');
  await ensureBrowser();
  await ensureVSCodeServer();
  console.log = log;
  const rounds = flags.includes('--rounds') ? Number(flags[flags.indexOf('--rounds') + 1]) : 9;
  const rows = await measure(rounds);
  if (json) for (const row of rows) console.log(JSON.stringify(row));
  else console.table(rows);
  return 0;
});

/** @param {number} rounds */
async function measure(rounds) {
  const { launchVSCode } = await import('../../test/harness/launch.ts');
  const { fromRoot } = await import('../../scripts/lib/paths.mjs');
  const code = await launchVSCode({ folder: fromRoot('examples') });
  try {
    const tab = (/** @type {string} */ name) => code.page.locator('.tab', { hasText: name });
    await code.openFile(file);
    await code.runCommand('Tensight: Run Model');
    const panel = await code.webview('[data-testid="panel"][data-mode="forward"]');
    await panel.getByTestId('module-row').nth(5).waitFor();
    // Its group is unlocked, so that a file can be opened on top of it.
    await code.page.keyboard.press('Control+2');
    await code.runCommand('View: Toggle Editor Group Lock');
    await code.openFile('README.md');
    const area = await code.page.locator('.editor-group-container').nth(1).locator('.editor-container').boundingBox();
    if (area === null) throw new Error('there is no second group of editors');
    const [text, own] = [tab('README.md'), tab(`Tensight: ${file}`)];
    /** @type {Record<'panel' | 'text', number[]>} */
    const shown = { panel: [], text: [] };
    let blank = 0;
    for (let round = -1; round < rounds; round++) {
      const { ms, strange } = await film(code.page, area, { before: text, after: own });
      const beside = await film(code.page, area, { before: own, after: text });
      // The first time around everything is new to the browser.
      if (round < 0) continue;
      shown.panel.push(ms);
      shown.text.push(beside.ms);
      blank += strange;
    }
    return [
      row('the panel’s first frame after a click on its tab', shown.panel, 'ms'),
      row('a text file’s, on the same tabs', shown.text, 'ms'),
      { bench: 'frames in between that showed neither', p50: blank / rounds, worst: blank, unit: 'frames' },
    ];
  } finally {
    await code.close();
  }
}

/** @param {string} bench @param {number[]} values @param {string} unit */
function row(bench, values, unit) {
  const sorted = [...values].sort((a, b) => a - b);
  return { bench, p50: Math.round(sorted[sorted.length >> 1] ?? 0), worst: Math.round(sorted.at(-1) ?? 0), unit };
}
