import type { Range } from '../../core/trace/trace.ts';
import { lensTargets, lensTitle } from './codeLens.ts';
import type { Documents } from './documents.ts';
import { inlayHints } from './inlayHints.ts';
import type { View } from './view.ts';

const everything: Range = {
  start: { line: 0, character: 0 },
  end: { line: Number.MAX_SAFE_INTEGER, character: 0 },
};

/** What a view writes into the open files: two that are equal need no redrawing. */
export function fingerprint(view: View, documents: Documents): string {
  return documents.uris
    .filter((file) => view.knows(file))
    .map((file) => {
      const hints = inlayHints(view, file, everything, () => '', true);
      const lenses = lensTargets(view, undefined, '', file);
      const models = (view.sources.latest ?? view.sources.good)?.trace.models ?? [];
      const totals = models.map(({ name, totals, modules }) => `${name} ${totals.parameters} ${modules.length}`);
      return [
        ...hints.map(({ position, label }) => `${position.line}:${position.character}${label}`),
        ...lenses.map((target) => `${target.range.start.line}${lensTitle(target)}${target.modules.length}`),
        ...totals,
      ].join('\n');
    })
    .join('\n');
}
