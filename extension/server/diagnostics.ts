/** Problems of a run as the editor's diagnostics, each on its expression. */

import { printable } from '../../core/trace/printable.ts';
import type { Problem, Range, Site, SiteId } from '../../core/trace/trace.ts';
import { asSentence } from '../reading/sentence.ts';
import type { Documents, Versions } from './documents.ts';
import { fixOf, type TextFix } from './fixes.ts';
import type { PlaceTracker } from './placeTracker.ts';
import { shift } from './positions.ts';

/** The part of LSP's Diagnostic used here. */
export interface FileDiagnostic {
  readonly range: Range;
  readonly severity: 1 | 2 | 3;
  readonly message: string;
  readonly code: Problem['code'];
  readonly source: 'tensight';
  readonly relatedInformation?: {
    readonly location: { readonly uri: string; readonly range: Range };
    readonly message: string;
  }[];
  /** Not sent along: the editor asks for it (code actions). */
  readonly fix?: TextFix;
}

const severities = { error: 1, warning: 2, info: 3 } as const;
const firstCharacter: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

/** By file. `cancelled` is no news; a place that was deleted since takes its problem along. */
export function diagnose(
  problems: readonly Problem[],
  entry: string,
  places: PlaceTracker<Site>,
  moved: (file: string, range: Range) => Range | undefined,
): Map<string, FileDiagnostic[]> {
  const byFile = new Map<string, FileDiagnostic[]>();
  const said = new Set<string>();
  const locate = (
    site: SiteId | undefined,
    file?: string,
    range?: Range,
  ): { uri: string; range: Range } | undefined => {
    if (site !== undefined && places.places[site] !== undefined) {
      const now = places.range(site);
      return now === undefined ? undefined : { uri: places.places[site].file, range: now };
    }
    const uri = file ?? entry;
    const now = moved(uri, range ?? firstCharacter);
    return now === undefined ? undefined : { uri, range: now };
  };
  for (const problem of problems) {
    if (problem.code === 'cancelled') continue;
    const at = locate(problem.site, problem.file, problem.range);
    if (at === undefined) continue;
    const related = (problem.related ?? []).flatMap(({ message, site }) => {
      const location = locate(site);
      return location === undefined ? [] : [{ location, message: printable(asSentence(message)) }];
    });
    const fix = fixOf(problem, places.places, moved);
    const message = asSentence(problem.message);
    const found: FileDiagnostic = {
      range: at.range,
      severity: severities[problem.severity],
      message: printable(problem.hint === undefined ? message : `${message}\n${problem.hint}`),
      code: problem.code,
      source: 'tensight',
      ...(related.length > 0 ? { relatedInformation: related } : {}),
      ...(fix === undefined ? {} : { fix }),
    };
    const whole = JSON.stringify([at.uri, found]);
    if (said.has(whole)) continue;
    said.add(whole);
    const list = byFile.get(at.uri);
    if (list === undefined) byFile.set(at.uri, [found]);
    else list.push(found);
  }
  return byFile;
}

/** Moves a range that was right at `then` to where it stands now. */
export function movedSince(documents: Documents, then: Versions): (file: string, range: Range) => Range | undefined {
  return (file, range) => {
    let now: Range | undefined = range;
    for (const change of documents.since(file, then)) if (now !== undefined) now = shift(now, change, false)?.range;
    return now;
  };
}
