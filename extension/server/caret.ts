import type { CaretAnswer } from '../protocol/server.ts';
import type { LensTarget } from './codeLens.ts';
import { instancesAt, layerRef } from './links.ts';
import { contains, type Position, sameRange } from './positions.ts';
import type { View } from './view.ts';

/** The layer a caret is about: the one named there, else the one under whose `forward` it stands, else the one of its lens line. */
export function caretAnswer(
  view: View,
  uri: string,
  file: string,
  position: Position,
  lenses: readonly LensTarget[],
): CaretAnswer | null {
  const spot = view.at(file, position);
  const shown = view.sources.run ?? view.sources.latest;
  const site = (() => {
    if (spot === undefined || shown === undefined) return undefined;
    const index = shown.places.inFile(file).find((one) => {
      const range = shown.places.range(one);
      return range !== undefined && sameRange(range, spot.range) && shown.places.places[one]?.kind === spot.site.kind;
    });
    return index;
  })();
  const withSite = site === undefined ? {} : { site };

  for (const { layer, range } of lenses) if (contains(range, position)) return { layer, ...withSite };
  for (const seen of spot?.seen ?? []) {
    const modules = instancesAt(seen);
    if (modules.length > 0) return { layer: layerRef(uri, seen.model, modules), ...withSite };
  }
  for (const { model, values } of spot?.seen ?? []) {
    const calls = values.values.flatMap(({ call }) => model.calls[call ?? -1]?.module ?? []);
    if (calls.length > 0) return { layer: layerRef(uri, model, [...new Set(calls)]), ...withSite };
  }
  const line = lenses.find(({ range }) => range.start.line === position.line);
  return line === undefined ? null : { layer: line.layer, ...withSite };
}
