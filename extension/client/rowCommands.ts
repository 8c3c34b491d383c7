/** What the context menu of a row of the panel does. */
import {
  commands,
  Disposable,
  env,
  type Location,
  type LocationLink,
  Position,
  Range,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { type PanelRow, panelRow } from '../protocol/row.ts';
import { requests } from '../protocol/server.ts';
import type { Host } from './host.ts';

type Place = NonNullable<PanelRow['site']>;

/** `complain`: tells a person what went wrong. */
export function registerRowCommands(host: Host, complain: (message: string) => void): Disposable {
  const command = (name: string, act: (row: PanelRow) => Promise<void>) =>
    commands.registerCommand(name, async (argument?: unknown) => {
      try {
        await act(panelRow(argument));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        host.log.error(`${name}: ${message}`);
        complain(message);
      }
    });
  return Disposable.from(
    command('tensight.row.copyPath', async ({ path }) => env.clipboard.writeText(path)),
    command('tensight.row.copyValues', async ({ values }) => env.clipboard.writeText(values)),
    command('tensight.row.run', async ({ uri, model, path }) => {
      const layer = { uri, model, ...(path === '' ? {} : { layer: [path] }) };
      await commands.executeCommand(path === '' ? 'tensight.runModel' : 'tensight.runLayer', layer);
    }),
    command('tensight.row.reveal', async ({ uri, site, made }) => {
      const place = site ?? made;
      if (place === undefined) throw new Error('No line in the file belongs to this row.');
      const [file, start] = await whereNow(host, uri, place);
      await show(file, start);
    }),
    command('tensight.row.class', async ({ uri, made, site, className }) => {
      const line = made ?? site;
      if (line === undefined) throw new Error(`No line in the file creates ${className}.`);
      const [file, start, end] = await whereNow(host, uri, line);
      const named = await nameIn(file, start, end, className);
      const found =
        named &&
        (await commands.executeCommand<(Location | LocationLink)[]>('vscode.executeDefinitionProvider', file, named));
      const place = await declaration(found ?? [], className);
      if (place === undefined) throw new Error(`It is not known where ${className} is declared.`);
      await show(...place);
    }),
  );
}

/** A place of the trace where it stands by now; the server knows which places are the trace's. */
async function whereNow(host: Host, uri: string, place: Place): Promise<[Uri, Position, Position]> {
  const { file, line, character, endLine, endCharacter } = place;
  const range = { start: { line, character }, end: { line: endLine, character: endCharacter } };
  const now = await host.ask(requests.locate, { uri, file, range });
  if (now === null) throw new Error('That line is no longer there. Run the model again.');
  const at = ({ line: row, character: column }: { line: number; character: number }) => new Position(row, column);
  return [Uri.parse(file, true), at(now.start), at(now.end)];
}

/** Where the class is named at or after the place, as in `new nn.Linear(…)`. */
async function nameIn(file: Uri, start: Position, end: Position, className: string): Promise<Position | undefined> {
  const document = await workspace.openTextDocument(file);
  for (let line = start.line; line <= end.line; line++) {
    const index = nameAt(document.lineAt(line).text, className);
    if (index !== undefined) return new Position(line, index);
  }
  return undefined;
}

/** Where a line has this name, and no longer one. */
function nameAt(text: string, name: string): number | undefined {
  for (const { index, 0: whole } of text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) if (whole === name) return index;
  return undefined;
}

/** Of several definitions that of the class: where it has no constructor, TypeScript also gives that of the class it extends. */
async function declaration(
  found: readonly (Location | LocationLink)[],
  className: string,
): Promise<[Uri, Position] | undefined> {
  const places = found.map((one): [Uri, Position] =>
    'targetUri' in one
      ? [one.targetUri, (one.targetSelectionRange ?? one.targetRange).start]
      : [one.uri, one.range.start],
  );
  if (places.length > 1)
    for (const [file, start] of places) {
      const document = await workspace.openTextDocument(file);
      if (nameAt(document.lineAt(start.line).text, className) !== undefined) return [file, start];
    }
  return places[0];
}

async function show(file: Uri, start: Position): Promise<void> {
  const document = await workspace.openTextDocument(file);
  const open = window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
  await window.showTextDocument(document, { viewColumn: open ?? ViewColumn.One, selection: new Range(start, start) });
}
