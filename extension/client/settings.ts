import { workspace } from 'vscode';
import type { ServerSettings } from '../protocol/server.ts';

/** The settings as they are now; defaults are the manifest's. */
export function currentSettings(): ServerSettings {
  const settings = workspace.getConfiguration('tensight');
  const number = (name: string, fallback: number) => {
    const value = settings.get<unknown>(name);
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : fallback;
  };
  return {
    shapeRunTimeout: number('shapeRunTimeout', 2000),
    runTimeout: number('runTimeout', 60_000),
    memoryLimit: number('memoryLimit', 2048),
    inlayHints: settings.get('inlayHints.enabled') !== false,
    codeLens: settings.get('codeLens.enabled') !== false,
    trusted: workspace.isTrusted,
  };
}
