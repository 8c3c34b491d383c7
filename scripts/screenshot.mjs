// Takes a picture of the real VS Code with the extension in it. `npm run screenshot -- --help` says how.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { fromRoot } from './lib/paths.mjs';
import { main, SetupError } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

const HELP = `npm run screenshot -- --out FILE.png [options]
  --folder DIR       the folder to open (examples)
  --file NAME        the file of it to open
  --go L:C           put the cursor there
  --hover L:C        show the hover there
  --lens TEXT[#N]    click the lens that contains the text, the Nth from 0 (repeatable, in order)
  --command TITLE    run a command by its title (repeatable, after the lenses)
  --tab TEXT         click what bears this text in the webview (repeatable)
  --wait MS          wait that long before the picture (500)
  --theme NAME       light, dark, high-contrast, high-contrast-light (dark)
  --size WxH         of the window (1400x900)
  --settings JSON    more settings, as one object
  --no-sidebar       hide the explorer
  --no-build         take dist/ as it is`;

await main(async () => {
  await ensureDependencies();
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      out: { type: 'string' },
      folder: { type: 'string', default: fromRoot('examples') },
      file: { type: 'string' },
      go: { type: 'string' },
      hover: { type: 'string' },
      lens: { type: 'string', multiple: true, default: [] },
      command: { type: 'string', multiple: true, default: [] },
      tab: { type: 'string', multiple: true, default: [] },
      wait: { type: 'string', default: '500' },
      theme: { type: 'string', default: 'dark' },
      size: { type: 'string', default: '1400x900' },
      settings: { type: 'string', default: '{}' },
      'no-sidebar': { type: 'boolean' },
      'no-build': { type: 'boolean' },
    },
  });
  if (values.help || !values.out) {
    console.log(HELP);
    return values.help ? 0 : 1;
  }
  if (!values['no-build']) await build();

  const [width = 0, height = 0] = pair(values.size, 'x', '--size');
  const { launchVSCode } = await import('../test/harness/launch.ts');
  const theme = /** @type {import('../test/harness/launch.ts').Theme} */ (values.theme);
  const settings = JSON.parse(values.settings);
  const code = await launchVSCode({ folder: resolve(values.folder), theme, settings, viewport: { width, height } });
  try {
    if (values['no-sidebar']) await code.runCommand('View: Toggle Primary Side Bar Visibility');
    if (values.file) await code.openFile(values.file);
    if (values.go) await code.goTo(...pair(values.go, ':', '--go'));
    for (const lens of values.lens) {
      const [text = '', nth] = lens.split('#');
      await code.clickLens(text, Number(nth ?? 0));
    }
    for (const command of values.command) await code.runCommand(command);
    for (const tab of values.tab) await (await code.webview(`text=${tab}`)).getByText(tab).first().click();
    if (values.hover) console.log(await code.hoverAt(...pair(values.hover, ':', '--hover')));
    // Where it rests after a click, what is under it explains itself.
    if (!values.hover) await code.page.mouse.move(2, 2);
    await code.page.waitForTimeout(Number(values.wait));
    await code.screenshot(resolve(values.out));
    console.log(values.out);
  } finally {
    await code.close();
  }
});

/** @param {string} text @param {string} separator @param {string} option @returns {[number, number]} */
function pair(text, separator, option) {
  const [a = NaN, b = NaN, ...rest] = text.split(separator).map(Number);
  if (rest.length > 0 || Number.isNaN(a + b))
    throw new SetupError(`${option} wants two numbers with "${separator}" between them.`);
  return [a, b];
}
