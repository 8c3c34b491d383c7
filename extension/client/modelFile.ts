import { Uri, ViewColumn, window, workspace } from 'vscode';

export const modelFile = /\.model\.ts$/;

/** The model file a command without an argument is about: the active editor's, else that of the panel in front. */
export function activeModelFile(panel: string | undefined): Uri | undefined {
  const document = window.activeTextEditor?.document;
  if (document !== undefined && modelFile.test(document.uri.path)) return document.uri;
  return panel === undefined ? undefined : Uri.parse(panel);
}

/** The focus goes to its code, which stays where it is. */
export async function focusCode(uri: Uri): Promise<void> {
  const editor = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  const document = editor?.document ?? (await workspace.openTextDocument(uri));
  await window.showTextDocument(document, { viewColumn: editor?.viewColumn ?? ViewColumn.One });
}
