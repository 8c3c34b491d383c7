/**
 * A row of the panel's lists, as the page hands it to the editor's context menu (`data-vscode-context`) and the editor to the command
 * that was chosen there. The page is not trusted: what comes back is checked.
 */
import * as v from 'valibot';

const text = v.pipe(v.string(), v.maxLength(4000));
const place = v.strictObject({
  file: text,
  line: v.number(),
  character: v.number(),
  endLine: v.number(),
  endCharacter: v.number(),
});

const row = v.object({
  /** Of the model file. */
  uri: text,
  /** Export name. */
  model: text,
  /** Path of the layer; empty for the model itself. */
  path: text,
  className: text,
  /** Where it is called. */
  site: v.optional(place),
  /** Where it was made. */
  made: v.optional(place),
  /** What the row says, a name and a value a line. */
  values: text,
});

export type PanelRow = v.InferOutput<typeof row>;

/** Throws where it is none. */
export const panelRow = (raw: unknown): PanelRow => v.parse(row, raw);
