import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from 'vscode';
import { hoverAt, inlayHints, openFile, rangeOf, until } from './editor.ts';

/** The value below which a share of the samples lie. */
function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

describe('While a person types', () => {
  it('every hover and hint is answered, and the new shapes follow (times are printed, machines differ)', async function () {
    this.timeout(600_000);
    const text = readFileSync(join(import.meta.dirname, '../../examples/gpt.model.ts'), 'utf8');
    const editor = await openFile('typing.model.ts', text);
    const { document } = editor;
    const sees = (width: number) => async () =>
      (await inlayHints(document)).some((hint) => hint.startsWith('const h:') && hint.endsWith(`embed ${width}]`));
    await until('the first shapes', sees(64));

    const hovers: number[] = [];
    const hints: number[] = [];
    const fresh: number[] = [];
    const edits = process.env.TENSIGHT_FIGURES === undefined ? 8 : 24;
    for (let i = 0; i < edits; i++) {
      const width = i % 2 === 0 ? 32 : 64;
      const declared = rangeOf(document, 'const width = ');
      const range = document.lineAt(declared.start.line).range.with(declared.end);
      await editor.edit((edit) => edit.replace(range, `${width};`));
      const typed = performance.now();
      const timed = async (act: Promise<unknown>, samples: number[]) => {
        const started = performance.now();
        await act;
        samples.push(performance.now() - started);
      };
      await timed(hoverAt(document, rangeOf(document, 'h = this.ln1').start), hovers);
      await timed(inlayHints(document), hints);
      await until('the new shapes', sees(width));
      fresh.push(performance.now() - typed);
    }
    const said = Object.entries({ hovers, hints, fresh }).map(
      ([name, samples]) =>
        `${name} p50 ${quantile(samples, 0.5).toFixed(0)} p95 ${quantile(samples, 0.95).toFixed(0)} ms`,
    );
    console.log(`      ${said.join(', ')}`);
    const figures = process.env.TENSIGHT_FIGURES;
    const rows = Object.entries({ hover: hovers, hints, shapes: fresh }).map(([bench, samples]) =>
      JSON.stringify({ bench, p50: round(quantile(samples, 0.5)), p95: round(quantile(samples, 0.95)), unit: 'ms' }),
    );
    if (figures) writeFileSync(figures, `${rows.join('\n')}\n`);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
