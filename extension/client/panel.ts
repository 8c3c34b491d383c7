/** A file's pictures: answers what the webview asks, tells it what changes, and leads to the source. */
import {
  commands,
  type Disposable,
  Range,
  type TextEditor,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import { nameNonFinite } from '../protocol/nonFinite.ts';
import { checkFromWebview, type PanelEvents, type PanelMethods, type PanelNotices } from '../protocol/panel.ts';
import { Rpc, type Transport } from '../protocol/rpc.ts';
import { type FileState, requests, type TraceUpdate } from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import { flash } from './flash.ts';
import type { Host } from './host.ts';
import { focusCode } from './modelFile.ts';
import { panelHtml, readPage } from './panelHtml.ts';

type Select = PanelEvents['select'];

export class Panel implements Disposable {
  readonly #rpc: Rpc<Record<string, never>, PanelNotices, PanelEvents>;
  #update: TraceUpdate | undefined;
  #select: Select | undefined;
  #ready = false;
  #led: { readonly document: string; readonly selection: Range } | undefined;

  constructor(
    private file: string,
    readonly view: WebviewPanel,
    private readonly host: Host,
    extension: Uri,
    private kept = false,
  ) {
    view.webview.options = { enableScripts: true, localResourceRoots: [] };
    view.iconPath = Uri.joinPath(extension, 'docs', 'icon.png');
    this.#rpc = new Rpc<Record<string, never>, PanelNotices, PanelEvents>(
      transportOf(view),
      this.#methods,
      checkFromWebview,
      (reason) => host.log.warn(`the panel's message was rejected: ${reason}`),
    );
    this.#rpc.on('ready', () => {
      this.#ready = true;
      this.#tellAll();
    });
    this.#rpc.on('revealSite', (site) => void this.#reveal(site));
    this.#rpc.on('leave', () => void focusCode(Uri.parse(this.uri, true)));
    this.#open(Uri.joinPath(extension, 'dist'));
    this.#entitle();
  }

  get uri(): string {
    return this.file;
  }

  /** Whether it keeps to its file. */
  get locked(): boolean {
    return this.kept;
  }

  lock(locked: boolean): void {
    this.kept = locked;
    this.#entitle();
    this.#tellFile();
  }

  /** Shows another file from now on; the same by another name where it was called `from`. */
  turnTo(uri: string, from?: string): void {
    this.file = uri;
    if (from === undefined) this.#update = undefined;
    this.#select = undefined;
    this.#entitle();
    if (!this.#ready) return;
    this.#tellFile(from);
    this.#tellAll();
  }

  update(update: TraceUpdate): void {
    this.#update = update;
    if (this.#ready) this.#rpc.notify('update', update);
  }

  select(select: Select): void {
    if (this.#ready) this.#rpc.notify('select', select);
    else this.#select = joined(this.#select, select);
  }

  state(state: FileState): void {
    if (this.#ready) this.#rpc.notify('state', state);
  }

  training(training: Training): void {
    if (this.#ready) this.#rpc.notify('training', training);
  }

  /** Whether the caret stands where a click in this panel led it: then it must not come back as the person's selection. */
  ledTo({ document, selection }: TextEditor): boolean {
    return this.#led?.document === document.uri.toString() && this.#led.selection.isEqual(selection);
  }

  dispose(): void {
    this.#rpc.close('The panel is closed');
  }

  readonly #methods: PanelMethods = {
    ask: (query) => this.host.ask(requests.ask, query),
    run: async ({ mode, model, layer }) => {
      await this.host.run(
        { uri: this.uri, ...(model === undefined ? {} : { model }), ...(layer === undefined ? {} : { layer }) },
        mode,
      );
      return null;
    },
    train: async ({ model }) => {
      await this.host.ask(requests.train, { uri: this.uri, model });
      return null;
    },
    stopRun: () => this.host.ask(requests.stopRun, { uri: this.uri }),
    manageTrust: async () => {
      await commands.executeCommand('workbench.trust.manage');
      return null;
    },
    stopTraining: ({ model }) => this.host.ask(requests.stopTraining, { uri: this.uri, model }),
    parameters: (params) => this.host.ask(requests.parameters, { uri: this.uri, ...params }),
  };

  /** At once: a panel that comes back with its window waits for nothing. */
  #open(dist: Uri): void {
    try {
      this.view.webview.html = panelHtml(readPage(dist));
    } catch (error) {
      this.host.log.error(`the panel's page can't be read: ${String(error)}`);
      void window.showErrorMessage(
        'The panel can’t be shown, because files of Tensight are missing. Install it again.',
      );
    }
  }

  #entitle(): void {
    const name = Uri.parse(this.file).path.split('/').at(-1);
    this.view.title = this.kept ? `[Tensight] ${name}` : `Tensight: ${name}`;
  }

  #tellFile(from?: string): void {
    const file = { uri: this.file, locked: this.kept };
    if (this.#ready) this.#rpc.notify('file', from === undefined ? file : { ...file, from });
  }

  #tellAll(): void {
    this.#tellFile();
    const state = this.host.stateOf(this.uri);
    if (state !== undefined) this.#rpc.notify('state', state);
    if (this.#update !== undefined) this.#rpc.notify('update', this.#update);
    for (const training of this.host.trainingsOf(this.uri)) this.#rpc.notify('training', training);
    if (this.#select !== undefined) this.#rpc.notify('select', this.#select);
    this.#select = undefined;
  }

  /** Goes where the trace says; the server knows which files and places are the trace's, and where they stand by now. */
  async #reveal(site: PanelNotices['revealSite']): Promise<void> {
    const { file, line, character, endLine, endCharacter, preview } = site;
    const range = { start: { line, character }, end: { line: endLine, character: endCharacter } };
    const now = await this.host.ask(requests.locate, { uri: this.uri, file, range });
    if (now === null)
      return this.host.log.warn(`the panel asked for a place that is not in its trace: ${file}:${line + 1}`);
    const document = await workspace.openTextDocument(Uri.parse(file, true));
    const inSight = window.visibleTextEditors.find((editor) => editor.document === document);
    const expression = new Range(now.start.line, now.start.character, now.end.line, now.end.character);
    if (preview) {
      if (inSight?.visibleRanges.some((range) => range.contains(expression.start))) flash(inSight, expression);
      return;
    }
    // The caret goes to the start of the line: at the expression itself it would scroll the code sideways. The focus stays.
    const start = document.lineAt(now.start.line).firstNonWhitespaceCharacterIndex;
    const selection = new Range(now.start.line, start, now.start.line, start);
    this.#led = { document: document.uri.toString(), selection };
    const viewColumn = inSight?.viewColumn ?? ViewColumn.One;
    const editor = await window.showTextDocument(document, { viewColumn, selection, preserveFocus: true });
    flash(editor, expression);
  }
}

/** Two wishes before the page is ready: the later one counts, and the earlier one in what it leaves open. */
function joined(first: Select | undefined, second: Select): Select {
  if (first === undefined) return second;
  const { view, ...place } = first;
  const elsewhere = second.layer !== undefined || second.site !== undefined;
  const otherModel = ![undefined, first.model].includes(second.model) && first.model !== undefined;
  return { ...(view === undefined ? {} : { view }), ...(elsewhere || otherModel ? {} : place), ...second };
}

function transportOf({ webview }: WebviewPanel): Transport {
  return {
    post: (message) => void webview.postMessage(nameNonFinite(message)),
    listen: (receive) => webview.onDidReceiveMessage(receive),
  };
}
