/**
 * What is known of the text as it stands now. A view lays the traces of a file over its present text:
 *
 * - `latest`, the last shape run, complete or not;
 * - `good`, the last complete one before it: what an error cut off is still shown from there, marked out of date;
 * - `run`, the last value run, for statistics and gradients.
 *
 * Nothing here waits: a view answers at once with what there is.
 */
import type { FileTrace, ModelTrace, Range, Site, SiteId, SiteValues } from '../../core/trace/trace.ts';
import { PlaceTracker } from './placeTracker.ts';
import { compare, type Position } from './positions.ts';

/** A trace whose sites move with the text. */
export interface Source {
  readonly trace: FileTrace;
  readonly places: PlaceTracker<Site>;
  /** The text it ran on is not the text there is, and nothing newer ran. */
  readonly outOfDate: boolean;
}

export interface Sources {
  readonly latest?: Source | undefined;
  readonly good?: Source | undefined;
  readonly run?: Source | undefined;
}

/** What one place held in one model of one trace. */
export interface Observation {
  readonly trace: FileTrace;
  readonly model: ModelTrace;
  readonly modelIndex: number;
  readonly values: SiteValues;
  readonly stale: boolean;
}

/** A place in the present text that held something. */
export interface TracedExpression {
  readonly file: string;
  readonly range: Range;
  readonly site: Site;
  readonly siteId: SiteId;
  readonly stale: boolean;
  /** One a model in which it was reached. */
  readonly seen: readonly Observation[];
  /** The same place in the last value run. */
  readonly executed: readonly Observation[];
  /** The last complete shape run, where the latest was cut off. */
  readonly before: FileTrace | undefined;
}

const kindOrder: Record<Site['kind'], number> = { declaration: 0, argument: 1, field: 2, expression: 3, return: 4 };

export function track(trace: FileTrace): PlaceTracker<Site> {
  return new PlaceTracker(trace.sites, ({ kind }) => kind === 'declaration' || kind === 'argument' || kind === 'field');
}

export class View {
  readonly #spots = new Map<string, readonly TracedExpression[]>();

  constructor(readonly sources: Sources) {}

  /** In order of the text, outer before inner. */
  spots(file: string): readonly TracedExpression[] {
    let spots = this.#spots.get(file);
    if (spots === undefined) {
      spots = this.#lay(file);
      this.#spots.set(file, spots);
    }
    return spots;
  }

  /** Whether any trace saw this file. */
  knows(file: string): boolean {
    const { latest, good, run } = this.sources;
    return [latest, good, run].some((source) => source !== undefined && source.places.inFile(file).length > 0);
  }

  /** The innermost spot at a position; a caret right after a name still means that name. */
  at(file: string, position: Position): TracedExpression | undefined {
    const spots = this.spots(file);
    const inside = (spot: TracedExpression) =>
      compare(spot.range.start, position) <= 0 && compare(position, spot.range.end) < 0;
    const before = (spot: TracedExpression) => compare(position, spot.range.end) === 0;
    return innermost(spots.filter(inside)) ?? innermost(spots.filter(before));
  }

  #lay(file: string): readonly TracedExpression[] {
    const { latest, good, run } = this.sources;
    const executed = new Map<string, Observation[]>();
    if (run !== undefined)
      for (const [index, range] of present(run, file)) {
        const seen = seenAt(run, index);
        if (seen.length > 0) executed.set(keyOf(range, run.trace.sites[index]!.kind), seen);
      }

    const spots = new Map<string, TracedExpression>();
    const add = (source: Source, cutOff: boolean) => {
      for (const [siteId, range] of present(source, file)) {
        const site = source.trace.sites[siteId]!;
        const key = keyOf(range, site.kind);
        if (spots.has(key)) continue;
        const seen = seenAt(source, siteId, cutOff);
        if (seen.length === 0) continue;
        const stale = seen.every((one) => one.stale);
        const before = good?.trace;
        spots.set(key, { file, range, site, siteId, stale, seen, executed: executed.get(key) ?? [], before });
      }
    };
    if (latest !== undefined) add(latest, false);
    if (good !== undefined && good !== latest) add(good, true);
    if (spots.size === 0 && run !== undefined) add(run, false);
    return [...spots.values()].sort(
      (a, b) =>
        compare(a.range.start, b.range.start) ||
        compare(b.range.end, a.range.end) ||
        kindOrder[b.site.kind] - kindOrder[a.site.kind],
    );
  }
}

function* present(source: Source, file: string): Iterable<readonly [SiteId, Range]> {
  for (const index of source.places.inFile(file)) {
    const range = source.places.range(index);
    if (range !== undefined) yield [index, range];
  }
}

function seenAt(source: Source, site: SiteId, cutOff = false): Observation[] {
  const stale = cutOff || source.outOfDate || source.places.touched(site);
  return source.trace.models.flatMap((model, modelIndex) => {
    const values = model.values[site];
    return values === undefined || values.values.length === 0
      ? []
      : [{ trace: source.trace, model, modelIndex, values, stale }];
  });
}

function keyOf({ start, end }: Range, kind: Site['kind']): string {
  return `${start.line}:${start.character}-${end.line}:${end.character}:${kind}`;
}

/** The last to start, of those the first to end, of those the one that names something. */
function innermost(spots: readonly TracedExpression[]): TracedExpression | undefined {
  let best: TracedExpression | undefined;
  for (const spot of spots) {
    const closer =
      best === undefined ||
      (compare(spot.range.start, best.range.start) || compare(best.range.end, spot.range.end)) >= 0;
    if (closer) best = spot;
  }
  return best;
}
