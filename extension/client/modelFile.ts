import { Uri, window } from 'vscode';

export const modelFile = /\.model\.ts$/;

/** The model file a command without an argument is about: the active editor's, else that of the panel in front. */
export function activeModelFile(panel: string | undefined): Uri | undefined {
  const document = window.activeTextEditor?.document;
  if (document !== undefined && modelFile.test(document.uri.path)) return document.uri;
  return panel === undefined ? undefined : Uri.parse(panel);
}
