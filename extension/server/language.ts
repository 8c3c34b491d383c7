/** Binds the workspace to the Language Server Protocol: documents in, hovers, hints, lenses and diagnostics out. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  CodeLensRefreshRequest,
  type Connection,
  type InitializeResult,
  type InlayHint,
  InlayHintKind,
  InlayHintRefreshRequest,
  MarkupKind,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { lensCommands } from './codeLens.ts';
import type { FileDiagnostic } from './diagnostics.ts';
import { hoverText } from './hover.ts';
import type { Hint } from './inlayHints.ts';
import { untrustedText, type Workspace } from './workspace.ts';

export const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  hoverProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  inlayHintProvider: { resolveProvider: true },
  // With titles and commands at once. Resolved later, an answer of VS Code's can meet lenses that have been replaced meanwhile,
  // whose commands then are no longer there ("Actual command not found") though they stand on the screen.
  codeLensProvider: { resolveProvider: false },
};

/** What a hint remembers until its tooltip is asked for. */
interface Handle {
  readonly answer: number;
  readonly index: number;
}

/** The last answers given, to resolve their items from. */
class Answers<T> {
  readonly #kept = new Map<number, readonly T[]>();
  #count = 0;

  keep(items: readonly T[]): number {
    this.#kept.set(++this.#count, items);
    this.#kept.delete(this.#count - 32);
    return this.#count;
  }

  find({ answer, index }: Handle): T | undefined {
    return this.#kept.get(answer)?.[index];
  }
}

export function bindLanguage(connection: Connection, workspace: () => Workspace): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) =>
    workspace().open(uri, languageId, version, text),
  );
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) =>
    workspace().change(uri, version, contentChanges),
  );
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => workspace().close(uri));
  connection.onDidChangeWatchedFiles(({ changes }) => workspace().filesChanged(changes.map(({ uri }) => uri)));

  connection.onHover(({ textDocument: { uri }, position }) => {
    const hover = workspace().hover(uri, position);
    if (hover === undefined) return null;
    const contents = { kind: MarkupKind.Markdown, value: hover.text };
    return hover.range === undefined ? { contents } : { contents, range: hover.range };
  });

  const hints = new Answers<{ hint: Hint; owner: string }>();
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }) => {
    const { hints: found, owner } = workspace().hints(uri, range);
    const answer = hints.keep(found.map((hint) => ({ hint, owner })));
    return found.map(({ position, label }, index): InlayHint => {
      const data: Handle = { answer, index };
      return { position, label, kind: InlayHintKind.Type, data };
    });
  });
  connection.languages.inlayHint.resolve((hint) => {
    const known = hints.find(hint.data as Handle);
    if (known === undefined) return hint;
    const tooltip = { kind: MarkupKind.Markdown, value: hoverText(known.hint.spot, known.owner) };
    return { ...hint, tooltip };
  });

  connection.onCodeAction(({ textDocument: { uri }, context: { diagnostics } }) =>
    diagnostics.flatMap((diagnostic) =>
      workspace()
        .fixes(uri, typeof diagnostic.message === 'string' ? diagnostic.message : diagnostic.message.value)
        .map(
          ({ title, uri: file, range, after }): CodeAction => ({
            title,
            kind: CodeActionKind.QuickFix,
            diagnostics: [diagnostic],
            isPreferred: true,
            edit: { changes: { [file]: [{ range, newText: after }] } },
          }),
        ),
    ),
  );

  connection.onCodeLens(({ textDocument: { uri } }) => {
    if (!workspace().trusted) return untrustedLenses(workspace(), uri);
    return workspace()
      .lenses(uri)
      .flatMap((target) => lensCommands(target).map((command): CodeLens => ({ range: target.range, command })));
  });
}

function untrustedLenses(workspace: Workspace, uri: string): CodeLens[] {
  if (!workspace.lensesWanted) return [];
  const command = { title: `$(shield) ${untrustedText}`, command: 'workbench.trust.manage' };
  return workspace.declarations(uri).map((range) => ({ range, command }));
}

/** Asks the editor to fetch hints and lenses anew. */
export function refresh(connection: Connection): void {
  const failed = (error: unknown) => connection.console.warn(`refresh: ${String(error)}`);
  connection.sendRequest(InlayHintRefreshRequest.type).catch(failed);
  connection.sendRequest(CodeLensRefreshRequest.type).catch(failed);
}

export function publish(connection: Connection, uri: string, diagnostics: readonly FileDiagnostic[]): void {
  connection
    .sendDiagnostics({
      uri,
      diagnostics: diagnostics.map(({ relatedInformation, fix: _, ...rest }) => ({
        ...rest,
        ...(relatedInformation === undefined ? {} : { relatedInformation: [...relatedInformation] }),
      })),
    })
    .catch((error: unknown) => connection.console.warn(`diagnostics: ${String(error)}`));
}
