import { type Disposable, type TextEditor, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { type FileState, type LayerRef, requests, type TraceUpdate } from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import type { Host } from './host.ts';
import { modelFile } from './modelFile.ts';
import { Panel } from './panel.ts';

const viewType = 'tensight.panel';
const caretDelayMs = 150;

/** The panels, one a model file, and the way from the caret to them. */
export class Panels implements Disposable {
  readonly #open = new Map<string, Panel>();
  readonly #subscriptions: Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly extension: Uri,
  ) {
    this.#subscriptions = [
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (view, state: unknown) => {
          const uri = uriIn(state);
          if (uri === undefined) view.dispose();
          else this.#add(uri, view);
        },
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        // Only what a person did: our own leading must not come back as a selection.
        if (![...this.#open.values()].some((panel) => panel.ledTo(textEditor))) this.#follow(textEditor);
      }),
    ];
  }

  get uris(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** The file of the panel in front. */
  get active(): string | undefined {
    return [...this.#open.values()].find(({ view }) => view.active)?.uri;
  }

  /** Opens a layer's panel, or brings it to the front without taking the focus. */
  show({ uri, model, layer }: LayerRef, view?: string): void {
    const known = this.#open.get(uri);
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    const panel =
      known ?? this.#add(uri, window.createWebviewPanel(viewType, titleOf(uri), column, { enableFindWidget: true }));
    if (known !== undefined && !known.view.visible) known.view.reveal(undefined, true);
    panel.select({
      ...(view === undefined ? {} : { view }),
      ...(model === undefined ? {} : { model }),
      ...(layer?.[0] === undefined ? {} : { layer: layer[0] }),
    });
  }

  update(update: TraceUpdate): void {
    this.#open.get(update.uri)?.update(update);
  }

  state(state: FileState): void {
    this.#open.get(state.uri)?.state(state);
  }

  training(training: Training): void {
    this.#open.get(training.uri)?.training(training);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const panel of this.#open.values()) panel.view.dispose();
  }

  #add(uri: string, view: WebviewPanel): Panel {
    const panel = new Panel(uri, view, this.host, this.extension);
    this.#open.set(uri, panel);
    view.title = titleOf(uri);
    view.onDidDispose(() => {
      panel.dispose();
      if (this.#open.get(uri) === panel) this.#open.delete(uri);
      this.#watch();
    });
    this.#watch();
    return panel;
  }

  #watch(): void {
    this.host.watch(this.uris).catch((error: unknown) => this.host.log.warn(`watch: ${String(error)}`));
  }

  /** Shows the layer under the caret, once it rests. */
  #follow(editor: TextEditor): void {
    clearTimeout(this.#timer);
    if (![...this.#open.values()].some(({ view }) => view.visible)) return;
    if (editor.document.languageId !== 'typescript') return;
    this.#timer = setTimeout(() => {
      const { line, character } = editor.selection.active;
      const uri = editor.document.uri.toString();
      this.host
        .ask(requests.caret, { uri, position: { line, character } })
        .then((answer) => {
          if (answer === null) return;
          const { layer, site } = answer;
          this.#open.get(layer.uri)?.select({
            ...(layer.model === undefined ? {} : { model: layer.model }),
            ...(layer.layer?.[0] === undefined ? {} : { layer: layer.layer[0] }),
            ...(site === undefined ? {} : { site }),
          });
        })
        .catch((error: unknown) => this.host.log.warn(`caret: ${String(error)}`));
    }, caretDelayMs);
  }
}

function titleOf(uri: string): string {
  return `Tensight: ${Uri.parse(uri).path.split('/').at(-1)}`;
}

/** What a window that was closed left behind; only a model file on disk is worth a panel. */
function uriIn(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('uri' in state) || typeof state.uri !== 'string')
    return undefined;
  const uri = Uri.parse(state.uri);
  return uri.scheme === 'file' && modelFile.test(uri.path) ? state.uri : undefined;
}
