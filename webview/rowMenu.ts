/** What the editor's context menu of a row is told of it: the value of `data-vscode-context`. */
import type { FileTrace, SiteId } from '../core/trace/trace.ts';
import type { PanelRow } from '../extension/protocol/row.ts';
import { placeOf } from '../extension/reading/find.ts';

interface Of {
  readonly file: FileTrace;
  /** Export name. */
  readonly model: string;
  readonly path: string;
  readonly className: string;
  readonly site: SiteId | undefined;
  readonly made: SiteId | undefined;
  /** What the row says, by name; what it has no value for is left out. */
  readonly values: readonly (readonly [name: string, value: string | number | undefined])[];
}

export function rowMenu({ file, model, path, className, site, made, values }: Of): string {
  const place = (id: SiteId | undefined) => {
    const found = id === undefined ? undefined : file.sites[id];
    return found === undefined ? undefined : placeOf(found);
  };
  const row: PanelRow = {
    uri: file.file,
    model,
    path,
    className,
    site: place(site),
    made: place(made),
    values: values.flatMap(([name, value]) => (value === undefined ? [] : [`${name}\t${value}`])).join('\n'),
  };
  const tensightSite = row.site !== undefined || row.made !== undefined;
  return JSON.stringify({ webviewSection: 'row', preventDefaultContextMenuItems: true, tensightSite, ...row });
}
