/** The line something happens on, as a link into the editor. */
import type { FileTrace, SiteId } from '../../core/trace/trace.ts';
import { placeText } from '../../extension/reading/scene.ts';
import { revealSite } from '../state.ts';
import { Icon } from './Icon.tsx';

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

/** The same as an icon at the end of a row: in sight under the pointer and where the row is selected. Enter does what it does. */
export function RowLink({ file, site }: Pick<Props, 'file' | 'site'>) {
  const place = site === undefined ? undefined : file.sites[site];
  if (place === undefined) return null;
  const label = `Go to ${placeText(place, file.file)}`;
  return (
    <button
      type="button"
      class="row-link"
      tabIndex={-1}
      data-testid="row-link"
      aria-label={label}
      title={`${label} (Enter)`}
      onClick={(event) => {
        event.stopPropagation();
        revealSite(file, site);
      }}
    >
      <Icon name="go-to-file" />
    </button>
  );
}
