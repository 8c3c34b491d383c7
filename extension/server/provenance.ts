import { trainedText } from '../reading/format.ts';
import { plain } from './markdown.ts';
import type { Observation } from './view.ts';

/** How a number was come by; what is out of date says so instead. `executed`: the same place in the last value run. */
export function provenance({ model, stale }: Observation, executed: Observation | undefined): string {
  if (stale) return '⋯ *out of date*';
  if (executed !== undefined && !executed.stale) {
    const { provenance, trained } = executed.model;
    return `*${provenance}*${trained === undefined ? '' : ` (${trainedText(trained)})`}`;
  }
  return model.fallback === undefined ? `*${model.provenance}*` : `*${model.provenance}* (${plain(model.fallback)})`;
}
