// The data folder of one run of VS Code: its settings, and where it finds extensions.

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A clean screen: nothing that greets, advises, updates or asks. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
  // It would look through all processes of the machine, every other second, for ports to forward.
  'remote.autoForwardPorts': false,
};

/** Nothing that moves by itself: a screen that nobody looks at would be drawn all the time. */
const STILL_SETTINGS = {
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'workbench.reduceMotion': 'on',
};

/**
 * @param {string} server the folder of VS Code's server
 * @param {{ settings?: Record<string, unknown>, installed?: string | undefined, driven?: boolean }} options `installed`: the folder of
 *   an extension to have installed; `driven`: by a test, not by a person
 * @returns {{ data: string, args: string[] }} the folder, and the server's arguments that make it use it
 */
export function makeProfile(server, { settings = {}, installed, driven = false }) {
  const data = mkdtempSync(join(tmpdir(), 'tensight-vscode-'));
  mkdirSync(join(data, 'data', 'User'), { recursive: true });
  writeFileSync(
    join(data, 'data', 'User', 'settings.json'),
    JSON.stringify({ ...QUIET_SETTINGS, ...(driven ? STILL_SETTINGS : {}), ...settings }, null, 2),
  );

  // VS Code takes themes from under the folder of an extension under development to be that extension's, and prefers them to
  // the user's; its own lie in our .cache, so it must know them by another path.
  const builtin = join(data, 'builtin');
  symlinkSync(join(server, 'extensions'), builtin, 'junction');

  const extensions = join(data, 'extensions');
  mkdirSync(extensions);
  if (installed) symlinkSync(installed, join(extensions, basename(installed)), 'junction');
  return {
    data,
    args: ['--server-data-dir', data, '--builtin-extensions-dir', builtin, '--extensions-dir', extensions],
  };
}
