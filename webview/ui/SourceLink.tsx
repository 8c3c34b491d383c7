/** The line something happens on, as a link into the editor. */
import type { FileTrace, SiteId } from '../../core/trace/trace.ts';
import { placeText } from '../../extension/reading/scene.ts';
import { revealSite } from '../state.ts';

interface Props {
  readonly file: FileTrace;
  readonly site: SiteId | undefined;
  readonly testId?: string;
}

export function SourceLink({ file, site, testId = 'go-to-line' }: Props) {
  const place = site === undefined ? undefined : file.sites[site];
  if (place === undefined) return null;
  return (
    <button
      type="button"
      class="link"
      data-testid={testId}
      title={place.text}
      onClick={(event) => {
        event.stopPropagation();
        revealSite(file, site);
      }}
    >
      {placeText(place, file.file)}
    </button>
  );
}
