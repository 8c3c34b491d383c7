import { Uri, window } from 'vscode';
import type { Panels } from './panels.ts';

export const modelFile = /\.model\.ts$/;

/** The model file a command without an argument is about: the active editor's, else the panel's in front. */
export function activeModelFile(panels: Panels): Uri | undefined {
  const document = window.activeTextEditor?.document;
  if (document !== undefined && modelFile.test(document.uri.path)) return document.uri;
  return panels.active === undefined ? undefined : Uri.parse(panels.active);
}
