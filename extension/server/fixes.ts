/** Fixes of problems: what a run found would fit, as a change of the text. */
import type { Problem, Range, Site } from '../../core/trace/trace.ts';

/** A change of one place. */
export interface TextFix {
  readonly title: string;
  readonly uri: string;
  readonly range: Range;
  /** What stands there: where the text has gone on since, there is no fix until the next run. */
  readonly before: string;
  readonly after: string;
}

/** The edit of a problem's fix; undefined where the call that made the layer is not one whose argument can be seen. */
export function fixOf(
  { fix }: Problem,
  sites: readonly Site[],
  moved: (file: string, range: Range) => Range | undefined,
): TextFix | undefined {
  const site = fix === undefined ? undefined : sites[fix.site];
  if (fix === undefined || site === undefined || !makes(site, fix.callee)) return undefined;
  const byPosition = site.arguments?.filter(({ name }) => name === undefined) ?? [];
  const argument =
    fix.position === undefined ? site.arguments?.find(({ name }) => name === fix.argument) : byPosition[fix.position];
  const range = argument === undefined ? undefined : moved(site.file, argument.range);
  if (argument === undefined || range === undefined || argument.text === fix.value) return undefined;
  const title = `Change ${fix.argument} of ${fix.callee} from ${argument.text} to ${fix.value}`;
  return { title, uri: site.file, range, before: argument.text, after: fix.value };
}

/** Whether this is `new nn.Conv2d(…)` itself, not a call that makes such a layer somewhere inside. */
function makes({ text }: Site, callee: string): boolean {
  return new RegExp(`^new\\s+(?:[\\w$]+\\s*\\.\\s*)*${callee}\\s*(?:<[^()]*>\\s*)?\\(`).test(text);
}
