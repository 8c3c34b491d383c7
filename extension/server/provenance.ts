import { plain } from './markdown.ts';
import type { Seen } from './view.ts';

/** How a number was come by; what is out of date says so instead. */
export function provenance({ model, stale }: Seen): string {
  if (stale) return '⋯ *out of date*';
  const { provenance } = model;
  return model.fallback === undefined ? `*${provenance}*` : `*${provenance}* (${plain(model.fallback)})`;
}
