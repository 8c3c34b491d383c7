import { originOf } from '../reading/provenance.ts';
import { plain } from './markdown.ts';
import type { Observation } from './view.ts';

/** How a number came about, for a hover. `executed`: the same place in the last value run, which says more while it is of this text. */
export function provenance(seen: Observation, executed: Observation | undefined): string {
  if (seen.stale) return outOfDate(seen);
  const { model } = executed === undefined || executed.stale ? seen : executed;
  const { provenance, because, parameters } = originOf(model);
  const more = [because, parameters].filter((part) => part !== undefined).join(', ');
  return `*${provenance}*${more === '' ? '' : ` (${plain(more)})`}`;
}

/** The mark of what an edit left behind, where it did. */
export function outOfDate({ model, stale }: Observation): string {
  return stale ? `⋯ *${originOf(model, { outOfDate: true }).provenance}*` : '';
}
