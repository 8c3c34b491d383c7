import { workspace } from 'vscode';
import { type LensLevel, lensLevels, type ServerSettings } from '../protocol/server.ts';

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
    codeLens: lensLevel(settings.get<unknown>('codeLens')),
    trusted: workspace.isTrusted,
  };
}

/** Before there were levels, `tensight.codeLens.enabled` said whether: it comes as an object under the setting's name. */
function lensLevel(value: unknown): LensLevel {
  if (typeof value === 'object' && value !== null && 'enabled' in value)
    return value.enabled === false ? 'off' : 'models';
  return lensLevels.find((level) => level === value) ?? 'models';
}
