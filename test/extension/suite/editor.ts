/** What the suites do in the editor, in a person's order: open, type, look. */
import {
  type CodeLens,
  commands,
  type Diagnostic,
  type Hover,
  type InlayHint,
  languages,
  type MarkdownString,
  Position,
  Range,
  type TextDocument,
  type TextEditor,
  Uri,
  window,
  workspace,
} from 'vscode';

/** Opens a file of the workspace with this text. */
export async function openFile(name: string, text: string): Promise<TextEditor> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error('no folder is open');
  const uri = Uri.joinPath(folder, name);
  await workspace.fs.writeFile(uri, Buffer.from(text));
  const editor = await window.showTextDocument(await workspace.openTextDocument(uri));
  // One that a test before left open has what that test made of it.
  const { document } = editor;
  if (document.getText() !== text) {
    const whole = document.validateRange(new Range(0, 0, document.lineCount, 0));
    await until(`${name} to have its text`, () => editor.edit((edit) => edit.replace(whole, text)));
  }
  return editor;
}

/** Waits until `look` gives something, and gives it. */
export async function until<T>(
  what: string,
  look: () => Thenable<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Where the `nth` occurrence of a part of the text stands. */
export function rangeOf(document: TextDocument, part: string, nth = 0): Range {
  let offset = -1;
  for (let i = 0; i <= nth; i++) offset = document.getText().indexOf(part, offset + 1);
  if (offset < 0) throw new Error(`the text has no ${part}`);
  return new Range(document.positionAt(offset), document.positionAt(offset + part.length));
}

/** VS Code refuses an edit of a version that is not the newest any more, as after an undo that has not come through yet. */
export async function replace(editor: TextEditor, part: string, text: string): Promise<void> {
  await until(`${part} to be replaced`, () => {
    const range = rangeOf(editor.document, part);
    return editor.edit((edit) => edit.replace(range, text));
  });
}

/** Text of all hovers at a place that come from Tensight. */
export async function hoverAt(document: TextDocument, position: Position): Promise<string> {
  const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', document.uri, position);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : (content as MarkdownString).value))
    .filter((text) => /inferred|executed|out of date|untrusted/.test(text))
    .join('\n');
}

export async function inlayHints(document: TextDocument): Promise<string[]> {
  const all = new Range(new Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
  const hints = await commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', document.uri, all);
  return hints.map(({ label, position }) => {
    const text = typeof label === 'string' ? label : label.map(({ value }) => value).join('');
    return `${document.lineAt(position.line).text.slice(0, position.character).trim()}${text}`;
  });
}

/** Titles of the lenses, by the line they stand on (from 1). */
export async function codeLenses(document: TextDocument): Promise<ReadonlyMap<number, CodeLens[]>> {
  const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 1000);
  const lines = new Map<number, CodeLens[]>();
  for (const lens of lenses) {
    const line = lens.range.start.line + 1;
    lines.set(line, [...(lines.get(line) ?? []), lens]);
  }
  return lines;
}

export function diagnostics(document: TextDocument, source = 'tensight'): Diagnostic[] {
  return languages.getDiagnostics(document.uri).filter((one) => one.source === source);
}
