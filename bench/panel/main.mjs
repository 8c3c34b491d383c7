// How long a person waits for the panel, in a real VS Code: `npm run bench:panel`.
//   -- --rounds N  how often its tab is hidden and shown again; 9 by default
//   -- --only tab|restart  one of its two parts
//   -- --json      one object a line: {"bench", "p50", "worst", "unit"}
// Its tab is hidden and shown, filmed: a frame is what was on the screen, and the panel is there in the first one that shows what it
// showed before, icons and theme with it. Then the window is reloaded, timed by the panel's page itself. Beside both stands an empty
// panel of another extension: what VS Code takes by itself. Builds first; a machine that does other work makes it all slower.

import { main } from '../../scripts/lib/run.mjs';
import { ensureDependencies } from '../../scripts/setup/dependencies.mjs';
import { emptyCommand, emptyPanel, emptyTitle } from './empty.mjs';
import { film } from './film.mjs';
import { restart } from './restart.mjs';

const file = 'gpt.model.ts';

await main(async () => {
  await ensureDependencies();
  const flags = process.argv.slice(2);
  const json = flags.includes('--json');
  const log = console.log;
  // The build has its say on stderr: stdout is for the figures.
  if (json) console.log = console.error;
  const { build } = await import('../../scripts/build.mjs');
  // As it is handed on.
  await build({ production: true });
  const { ensureBrowser } = await import('../../scripts/setup/browser.mjs');
  const { ensureVSCodeServer } = await import('../../scripts/setup/vscode-server.mjs');
  await ensureBrowser();
  await ensureVSCodeServer();
  console.log = log;
  const rounds = flags.includes('--rounds') ? Number(flags[flags.indexOf('--rounds') + 1]) : 9;
  const only = flags.includes('--only') ? flags[flags.indexOf('--only') + 1] : undefined;
  const rows = await measure(rounds, only);
  if (json) for (const row of rows) console.log(JSON.stringify(row));
  else console.table(rows);
  return 0;
});

/** @param {number} rounds @param {string | undefined} only */
async function measure(rounds, only) {
  const { launchVSCode } = await import('../../test/harness/launch.ts');
  const { fromRoot } = await import('../../scripts/lib/paths.mjs');
  const empty = emptyPanel();
  const code = await launchVSCode({ folder: fromRoot('examples'), installed: empty.folder });
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
    await code.runCommand(emptyCommand);
    await code.webview('#empty');
    const area = await code.page.locator('.editor-group-container').nth(1).locator('.editor-container').boundingBox();
    if (area === null) throw new Error('there is no second group of editors');
    const [text, own, none] = [tab('README.md'), tab(`Tensight: ${file}`), tab(emptyTitle)];
    /** @type {Record<'panel' | 'empty' | 'text', number[]>} */
    const shown = { panel: [], empty: [], text: [] };
    let blank = 0;
    // The first time around everything is new to the browser.
    for (let round = -1; only !== 'restart' && round < rounds; round++) {
      const panel = await film(code.page, area, { before: text, after: own });
      const beside = await film(code.page, area, { before: own, after: text });
      const bare = await film(code.page, area, { before: text, after: none });
      if (round < 0) continue;
      shown.panel.push(panel.ms);
      shown.text.push(beside.ms);
      shown.empty.push(bare.ms);
      blank += panel.strange;
    }
    /** @type {Record<'panel' | 'empty', import('./restart.mjs').Start[]>} */
    const started = { panel: [], empty: [] };
    for (let round = -1; only !== 'tab' && round < Math.ceil(rounds / 2); round++) {
      await none.click();
      const bare = await restart(code, '#empty');
      await own.click();
      const panel = await restart(code, '[data-testid="panel"]');
      if (round < 0) continue;
      started.empty.push(bare);
      started.panel.push(panel);
    }
    const of = (/** @type {keyof import('./restart.mjs').Start} */ part) => started.panel.map((each) => each[part]);
    const showing = [
      row('tab clicked → the panel’s first whole frame', shown.panel, 'ms'),
      row('the same, an empty panel’s', shown.empty, 'ms'),
      row('the same, a text file’s', shown.text, 'ms'),
      { bench: 'frames in between that showed neither', p50: blank / rounds, worst: blank, unit: 'frames' },
    ];
    const bare = (/** @type {'shown' | 'own'} */ part) => started.empty.map((each) => each[part]);
    const starting = [
      row('window reloaded → the panel’s first picture', of('shown'), 'ms'),
      row('the same, an empty panel’s', bare('shown'), 'ms'),
      row('the panel’s document → its script read and run', of('evaluated'), 'ms'),
      row('… → the picture made', of('drawn'), 'ms'),
      row('… → on the screen', of('own'), 'ms'),
      row('an empty panel’s document → on the screen', bare('own'), 'ms'),
    ];
    return [...(only === 'restart' ? [] : showing), ...(only === 'tab' ? [] : starting)];
  } finally {
    await code.close();
    empty.remove();
  }
}

/** @param {string} bench @param {number[]} values @param {string} unit */
function row(bench, values, unit) {
  const sorted = [...values].sort((a, b) => a - b);
  return { bench, p50: Math.round(sorted[sorted.length >> 1] ?? 0), worst: Math.round(sorted.at(-1) ?? 0), unit };
}
