import {
  commands,
  type Disposable,
  type Selection,
  type TextEditor,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import { type FileState, type LayerRef, requests, type TraceUpdate } from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import type { Host } from './host.ts';
import { modelFile } from './modelFile.ts';
import { Panel } from './panel.ts';

const viewType = 'tensight.panel';
const caretDelayMs = 150;
/** Whether the panel in front keeps to its file; for its title's menu. */
const lockedContext = 'tensight.panelLocked';

/** The panels: one that follows the active model file, those that are locked to theirs, and the way from the caret to them. */
export class Panels implements Disposable {
  readonly #open = new Set<Panel>();
  readonly #subscriptions: Disposable[];
  /** Where the caret rested last, by file. */
  readonly #rested = new Map<string, Selection>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly extension: Uri,
  ) {
    // What a window was opened with is nobody's move.
    for (const editor of window.visibleTextEditors) this.#rests(editor);
    this.#subscriptions = [
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (view, state: unknown) => {
          const saved = savedIn(state);
          if (saved === undefined || (!saved.locked && this.#following !== undefined)) view.dispose();
          else this.#add(saved.uri, view, saved.locked);
        },
      }),
      window.onDidChangeActiveTextEditor((editor) => {
        const uri = editor?.document.uri;
        if (uri !== undefined && uri.scheme === 'file' && modelFile.test(uri.path)) this.#turnTo(uri.toString());
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        // Ignore caret moves that a panel caused.
        if ([...this.#open].some((panel) => panel.ledTo(textEditor))) this.#rests(textEditor);
        else this.#follow(textEditor);
      }),
    ];
  }

  /** The files that are drawn. */
  get uris(): readonly string[] {
    return [...new Set([...this.#open].map(({ uri }) => uri))];
  }

  /** The file of the panel in front. */
  get active(): string | undefined {
    return [...this.#open].find(({ view }) => view.active)?.uri;
  }

  /** Shows a layer: in the panel that is locked to its file, else in the one that follows. Does not take the focus. */
  show({ uri, model, layer }: LayerRef, view?: string): void {
    const known = this.#of(uri) ?? this.#following;
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    // One that is shown at once stays alive behind another tab: what was drawn is there again in the same frame.
    const options = { enableFindWidget: true, retainContextWhenHidden: true };
    const panel = known ?? this.#add(uri, window.createWebviewPanel(viewType, 'Tensight', column, options), false);
    if (panel.uri !== uri) this.#turn(panel, uri);
    if (known !== undefined && !known.view.visible) known.view.reveal(undefined, true);
    panel.select({
      ...(view === undefined ? {} : { view }),
      ...(model === undefined ? {} : { model }),
      ...(layer?.[0] === undefined ? {} : { layer: layer[0] }),
    });
  }

  /** Locks the panel in front to its file, or has it follow the active one again. */
  setLocked(locked: boolean): void {
    const panel = [...this.#open].find(({ view }) => view.active);
    if (panel === undefined) return;
    const other = locked ? undefined : this.#following;
    panel.lock(locked);
    if (other !== panel) other?.view.dispose();
    this.#tellContext();
  }

  update(update: TraceUpdate): void {
    for (const panel of this.#open) if (panel.uri === update.uri) panel.update(update);
  }

  state(state: FileState): void {
    for (const panel of this.#open) if (panel.uri === state.uri) panel.state(state);
  }

  training(training: Training): void {
    for (const panel of this.#open) if (panel.uri === training.uri) panel.training(training);
  }

  /** The file has another name: its panels go with it. */
  renamed(from: string, to: string): void {
    for (const panel of this.#open) if (panel.uri === from) panel.turnTo(to, from);
    this.#watch();
  }

  /** The file is gone: so are its panels, but one that follows shows the next. */
  deleted(uri: string): void {
    for (const panel of [...this.#open]) if (panel.uri === uri) panel.view.dispose();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const panel of [...this.#open]) panel.view.dispose();
  }

  get #following(): Panel | undefined {
    return [...this.#open].find(({ locked }) => !locked);
  }

  /** The one that shows a file, a locked one first. */
  #of(uri: string): Panel | undefined {
    const all = [...this.#open].filter((panel) => panel.uri === uri);
    return all.find(({ locked }) => locked) ?? all[0];
  }

  /** Has the panel that follows show a file, where no panel does. */
  #turnTo(uri: string): void {
    const panel = this.#following;
    if (panel !== undefined && this.#of(uri) === undefined) this.#turn(panel, uri);
  }

  #turn(panel: Panel, uri: string): void {
    panel.turnTo(uri);
    this.#watch();
  }

  #add(uri: string, view: WebviewPanel, locked: boolean): Panel {
    const panel = new Panel(uri, view, this.host, this.extension, locked);
    this.#open.add(panel);
    view.onDidChangeViewState(() => this.#tellContext());
    view.onDidDispose(() => {
      panel.dispose();
      this.#open.delete(panel);
      this.#watch();
    });
    this.#watch();
    return panel;
  }

  #tellContext(): void {
    const active = [...this.#open].find(({ view }) => view.active);
    if (active !== undefined) void commands.executeCommand('setContext', lockedContext, active.locked);
  }

  #watch(): void {
    this.host.watch(this.uris).catch((error: unknown) => this.host.log.warn(`watch: ${String(error)}`));
  }

  /** Notes where a caret rests. False where it did before, as in an editor that was hidden and comes back. */
  #rests({ document, selection }: TextEditor): boolean {
    const uri = document.uri.toString();
    const before = this.#rested.get(uri);
    this.#rested.set(uri, selection);
    return before?.isEqual(selection) !== true;
  }

  /** Shows the layer under the caret, once it rests. */
  #follow(editor: TextEditor): void {
    clearTimeout(this.#timer);
    if (![...this.#open].some(({ view }) => view.visible)) return;
    if (editor.document.languageId !== 'typescript') return;
    this.#timer = setTimeout(() => {
      if (!this.#rests(editor)) return;
      const { line, character } = editor.selection.active;
      const uri = editor.document.uri.toString();
      this.host
        .ask(requests.caret, { uri, position: { line, character } })
        .then((answer) => {
          if (answer === null) return;
          const { layer, site } = answer;
          this.#of(layer.uri)?.select({
            ...(layer.model === undefined ? {} : { model: layer.model }),
            ...(layer.layer?.[0] === undefined ? {} : { layer: layer.layer[0] }),
            ...(site === undefined ? {} : { site }),
          });
        })
        .catch((error: unknown) => this.host.log.warn(`caret: ${String(error)}`));
    }, caretDelayMs);
  }
}

/** What a window that was closed left behind; only a model file on disk is worth a panel. */
function savedIn(state: unknown): { readonly uri: string; readonly locked: boolean } | undefined {
  if (typeof state !== 'object' || state === null || !('uri' in state) || typeof state.uri !== 'string')
    return undefined;
  const uri = Uri.parse(state.uri);
  if (uri.scheme !== 'file' || !modelFile.test(uri.path)) return undefined;
  return { uri: state.uri, locked: 'locked' in state && state.locked === true };
}
