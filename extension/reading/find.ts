/** From a place in the source to what it stands for in the trace. */
import type { ModelTrace, Site, SiteId } from '../../core/trace/trace.ts';

/** The layer at a site: called there, else constructed there, else the one whose operation stands there. */
export function layerAtSite(model: ModelTrace, site: SiteId): string | undefined {
  const call = model.calls.find((each) => each.site === site);
  const module =
    call !== undefined
      ? call.module
      : (model.modules.find((each) => each.site === site)?.id ?? callOfOperation(model, site));
  return module === undefined ? undefined : model.modules[module]?.path;
}

function callOfOperation(model: ModelTrace, site: SiteId): number | undefined {
  const op = model.ops.find((each) => each.site === site);
  return op?.call === undefined ? undefined : model.calls[op.call]?.module;
}

/** What `revealSite` says of a site. */
export function placeOf(site: Site) {
  const { start, end } = site.range;
  return {
    file: site.file,
    line: start.line,
    character: start.character,
    endLine: end.line,
    endCharacter: end.character,
  };
}
