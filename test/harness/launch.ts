/** Starts a real VS Code with this repository's extension in it, on a copy of a folder, in a headless browser. */

import { cpSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import { startServer } from '../../scripts/vscode/server.mjs';
import { PATIENCE, VSCode } from './vscode.ts';

export type Theme = 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';

const THEMES: Readonly<Record<Theme, string>> = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};

/** What keeps keystrokes literal and pictures still. */
const STEADY_EDITOR = {
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.parameterHints.enabled': false,
  'editor.hover.delay': 100,
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  // A busy machine does not make a run one that never ends.
  'tensight.shapeRunTimeout': 30_000,
};

export interface LaunchOptions {
  /** The folder to open. A copy of it is opened, so that a test never changes the repository. */
  readonly folder: string;
  readonly theme?: Theme;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The folder is not trusted until somebody clicks so. */
  readonly untrusted?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** The extension to load; this repository unless told. */
  readonly extension?: string;
  /** The folder of another extension, which is installed beside it. */
  readonly installed?: string;
}

export async function launchVSCode(options: LaunchOptions): Promise<VSCode> {
  const { folder, theme = 'dark', settings = {}, untrusted = false, viewport = { width: 1400, height: 900 } } = options;
  const end: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of end.splice(0).reverse()) await step();
  };
  try {
    const server = await startServer({
      untrusted,
      ...(options.installed === undefined ? {} : { installed: resolve(options.installed) }),
      settings: { ...STEADY_EDITOR, 'workbench.colorTheme': THEMES[theme], ...settings },
    });
    end.push(server.stop);
    // Under the folder's own name, which VS Code shows; it goes when the server goes.
    const copy = join(server.data, 'copy', basename(resolve(folder)));
    cpSync(folder, copy, { recursive: true });
    const browser = await launchBrowser();
    end.push(() => browser.close());
    const context = await browser.newContext({
      viewport,
      permissions: ['clipboard-read', 'clipboard-write'],
      // What turns in the panel while a run goes on would be drawn all the time.
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(
      server.url({ folder: copy, extension: resolve(options.extension ?? join(import.meta.dirname, '../..')) }),
    );
    await page.locator('.monaco-workbench .explorer-folders-view, .monaco-workbench .pane-body').first().waitFor();
    return new VSCode(page, copy, close);
  } catch (error) {
    await close();
    throw error;
  }
}
