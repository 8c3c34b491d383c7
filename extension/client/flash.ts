import { type Range, type TextEditor, ThemeColor, window } from 'vscode';

const shownMs = 1500;

const mark = () =>
  window.createTextEditorDecorationType({
    backgroundColor: new ThemeColor('editor.rangeHighlightBackground'),
    outline: '1px solid',
    outlineColor: new ThemeColor('focusBorder'),
  });

/** Shows for a moment which expression is meant. */
export function flash(editor: TextEditor, range: Range): void {
  const decoration = mark();
  editor.setDecorations(decoration, [range]);
  setTimeout(() => decoration.dispose(), shownMs);
}
