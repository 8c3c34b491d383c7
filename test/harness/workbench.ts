/** What can be read off VS Code's screen: functions that run inside the page, so they see the document and nothing else. */

/** A text and the line of the editor it stands on. */
export interface OnLine {
  readonly line: number;
  readonly text: string;
}

/** Inlay hints on the screen, top to bottom. Hints are text that VS Code injects, under a class made for their decoration. */
export function readInlayHints(): OnLine[] {
  const editor = document.querySelector('.editor-instance .monaco-editor');
  const lines = [...(editor?.querySelectorAll<HTMLElement>('.view-lines > .view-line') ?? [])];
  const numbers = [...(editor?.querySelectorAll<HTMLElement>('.margin-view-overlays > div') ?? [])];
  const lineAt = new Map(
    numbers.map((row) => [row.style.top, Number(row.querySelector('.line-numbers')?.textContent)]),
  );
  const isHint = (span: Element | null) => /(^|\s)(dyn-rule|ced-)/.test(span?.className ?? '');
  return lines
    .flatMap((row) => {
      const line = lineAt.get(row.style.top) ?? 0;
      const hints: OnLine[] = [];
      // One hint of several parts is several spans side by side.
      for (const span of row.querySelectorAll('span > span')) {
        if (!isHint(span)) continue;
        const before = isHint(span.previousElementSibling) ? hints.pop() : undefined;
        hints.push({ line, text: `${before?.text ?? ''}${span.textContent?.replaceAll('\u00a0', ' ') ?? ''}` });
      }
      return hints;
    })
    .map(({ line, text }) => ({ line, text: text.trim() }))
    .filter(({ text }) => text !== '')
    .sort((a, b) => a.line - b.line);
}

/** The titles of the given lenses, in reading order, without the bars between them. */
export function readLenses(lenses: readonly Element[]): string[] {
  // VS Code keeps those that are scrolled out of sight, hidden, at the top.
  const seen = lenses.filter((lens) => getComputedStyle(lens).visibility !== 'hidden');
  return seen
    .map((lens) => ({
      text: lens.textContent?.replaceAll('\u00a0', ' ').trim() ?? '',
      box: lens.getBoundingClientRect(),
    }))
    .filter(({ text }) => text !== '' && text !== '|')
    .sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left)
    .map(({ text }) => text);
}
