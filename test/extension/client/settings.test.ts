import { afterEach, describe, expect, it, vi } from 'vitest';
import { currentSettings } from '../../../extension/client/settings.ts';
import { editor } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));

afterEach(() => editor.reset());

describe('the settings', () => {
  it('are the manifest’s defaults where nothing, or nothing sensible, is set', () => {
    const usual = {
      ...{ shapeRunTimeout: 2000, runTimeout: 60_000, memoryLimit: 2048 },
      ...{ inlayHints: true, codeLens: 'models', trusted: true },
    };
    expect(currentSettings()).toEqual(usual);
    editor.settings = { shapeRunTimeout: 'soon', runTimeout: -1, memoryLimit: Number.NaN, codeLens: 'everywhere' };
    expect(currentSettings()).toEqual(usual);
  });

  it.each(['off', 'models', 'layers'])('show lenses as they are told: %s', (level) => {
    editor.settings = { codeLens: level };
    expect(currentSettings().codeLens).toBe(level);
  });

  it.each([
    // VS Code gives an old `tensight.codeLens.enabled` as an object under the name of the new setting.
    [{ enabled: false }, 'off'],
    [{ enabled: true }, 'models'],
    [{}, 'models'],
    [null, 'models'],
  ])('of before there were levels still count: %j', (old, level) => {
    editor.settings = { codeLens: old };
    expect(currentSettings().codeLens).toBe(level);
  });
});
