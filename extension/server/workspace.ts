/**
 * What the server knows: the open texts, one analysis a model file, and which file's questions go to which. Speaks no protocol;
 * `main.ts` binds it to one.
 */
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from '../../core/trace/trace.ts';
import type { PrivateFolder } from '../host/host.ts';
import type {
  CaretAnswer,
  FileState,
  LayerRef,
  LocateParams,
  ParametersParams,
  RunParams,
  ServerSettings,
  TraceUpdate,
} from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import { Analysis } from './analysis.ts';
import { caretAnswer } from './caret.ts';
import { atLevel, type LensTarget, lensTargets, withRun } from './codeLens.ts';
import type { FileDiagnostic } from './diagnostics.ts';
import { Documents, type IncomingChange } from './documents.ts';
import type { Engine, TrainingEngine } from './engine.ts';
import type { TextFix } from './fixes.ts';
import { hoverText } from './hover.ts';
import { type Hint, inlayHints } from './inlayHints.ts';
import { Outlines } from './outlines.ts';
import { contains, type Position } from './positions.ts';

export interface WorkspaceHost {
  /** Hints and lenses read differently now. */
  refresh(): void;
  publish(uri: string, diagnostics: readonly FileDiagnostic[]): void;
  traceChanged(update: TraceUpdate): void;
  trainingChanged(training: Training): void;
  stateChanged(state: FileState): void;
  log(message: string): void;
}

/** How long what is known of a file that was closed is kept: the editor closes a file before it says that it is renamed. */
const graceMs = 1000;

export const untrustedText = 'Tensight runs no models in an untrusted workspace.';

export class Workspace {
  readonly documents = new Documents();
  readonly #outlines = new Outlines(this.documents);
  readonly #analyses = new Map<string, Analysis>();
  /** Of files that were closed a moment ago: what closes may only have another name. */
  readonly #leaving = new Map<string, { readonly analysis: Analysis; readonly timer: ReturnType<typeof setTimeout> }>();
  readonly #published = new Map<string, string>();
  #watched: ReadonlySet<string> = new Set();

  constructor(
    private readonly engines: {
      readonly shapes: Engine;
      readonly values: Engine;
      startTraining(memoryLimit: number): TrainingEngine;
      /** Where trainings leave what is too large to be sent; nothing is too large where there is none. */
      readonly folder?: Pick<PrivateFolder, 'remove'> | undefined;
    },
    private readonly host: WorkspaceHost,
    private settings: ServerSettings,
    /** Runs are numbered from here on. A panel keeps pictures of runs by their numbers, also over a restart. */
    private runs = 0,
  ) {}

  open(uri: string, languageId: string, version: number, text: string): void {
    this.documents.open(uri, languageId, version, text);
    if (isModelFile(uri)) this.#outlines.of(uri);
    // What was open elsewhere as a dependency may differ from the disk.
    for (const analysis of this.#analyses.values()) if (analysis.files.has(uri)) analysis.schedule();
    if (isModelFile(uri)) this.#analyse(uri).schedule(0);
  }

  change(uri: string, version: number, changes: readonly IncomingChange[]): void {
    const made = this.documents.change(uri, version, changes);
    this.#outlines.edited(uri, made);
    for (const analysis of this.#analyses.values()) analysis.edited(uri, made);
  }

  close(uri: string): void {
    this.documents.close(uri);
    this.#outlines.closed(uri);
    this.#forget(uri);
    for (const analysis of this.#analyses.values()) if (analysis.files.has(uri)) analysis.schedule();
  }

  /** Files on disk came, went or were written. */
  filesChanged(uris: readonly string[]): void {
    const closed = uris.filter((uri) => !this.documents.isOpen(uri));
    for (const analysis of this.#analyses.values()) {
      const missing = [...analysis.diagnostics.values()].flat().some(({ code }) => code === 'import');
      if (missing || closed.some((uri) => analysis.files.has(uri))) analysis.schedule();
    }
  }

  /** Model files have another name: all that is known of them goes with them. */
  renamed(files: readonly { readonly from: string; readonly to: string }[]): void {
    for (const { from, to } of files) {
      this.#watched = new Set([...this.#watched].map((uri) => (uri === from ? to : uri)));
      const analysis = this.#analyses.get(from) ?? this.#stay(from);
      if (analysis !== undefined) {
        // The editor opened the file by its new name before it said that this is one.
        this.#analyses.get(to)?.dispose();
        this.#analyses.delete(from);
        this.#analyses.set(to, analysis);
      }
      for (const each of this.#analyses.values()) each.renamed(from, to);
    }
    this.#publish();
  }

  /** Files whose panel is open: they stay known when their document is closed. */
  watch(uris: readonly string[]): void {
    const before = this.#watched;
    this.#watched = new Set(uris);
    for (const uri of before) if (!this.#watched.has(uri)) this.#forget(uri);
    for (const uri of uris) {
      const known = this.#analyses.get(uri);
      if (known === undefined) this.#analyse(uri).schedule(0);
      else if (!before.has(uri)) this.host.traceChanged(known.update);
    }
  }

  setSettings(settings: ServerSettings): void {
    const rerun =
      settings.trusted !== this.settings.trusted || settings.shapeRunTimeout !== this.settings.shapeRunTimeout;
    this.settings = settings;
    this.engines.shapes.memoryLimit = settings.memoryLimit;
    this.engines.values.memoryLimit = settings.memoryLimit;
    if (rerun) for (const analysis of this.#analyses.values()) analysis.schedule(0);
    this.host.refresh();
  }

  /** Every file once more, from its text. */
  rerun(): void {
    for (const analysis of this.#analyses.values()) analysis.schedule(0);
  }

  hover(uri: string, position: Position): { text: string; range?: Range } | undefined {
    if (!this.settings.trusted)
      return isModelFile(uri)
        ? { text: `${untrustedText} [Manage workspace trust](command:workbench.trust.manage)` }
        : undefined;
    const analysis = this.#for(uri);
    const spot = analysis?.view.at(uri, position);
    if (analysis === undefined || spot === undefined) return undefined;
    const told = (analysis.diagnostics.get(uri) ?? []).some(({ range }) => contains(range, position));
    const text = hoverText(spot, analysis.uri, told);
    return text === '' ? undefined : { text, range: spot.range };
  }

  /** What mends the problem of this message, while the text that it changes is still there. */
  fixes(uri: string, message: string): readonly TextFix[] {
    const all = [...this.#analyses.values()].flatMap(({ diagnostics }) => diagnostics.get(uri) ?? []);
    const known = new Set<string>();
    return all.flatMap(({ fix, message: told }) => {
      if (fix === undefined || told !== message || known.has(fix.title) || !this.#stands(fix)) return [];
      known.add(fix.title);
      return [fix];
    });
  }

  #stands({ uri, range, before }: TextFix): boolean {
    const text = this.documents.textOf(uri);
    return text !== undefined && TextDocument.create(uri, '', 0, text).getText(range) === before;
  }

  hints(uri: string, within: Range): { hints: readonly Hint[]; owner: string } {
    const analysis = this.#for(uri);
    const document = this.documents.get(uri);
    if (!this.settings.trusted || !this.settings.inlayHints || analysis === undefined || document === undefined)
      return { hints: [], owner: uri };
    const lineAt = (line: number) =>
      document.getText({ start: { line, character: 0 }, end: { line, character: Number.MAX_SAFE_INTEGER } });
    return {
      hints: inlayHints(analysis.view, uri, within, lineAt, this.settings.codeLens === 'off'),
      owner: analysis.uri,
    };
  }

  lenses(uri: string): readonly LensTarget[] {
    const analysis = this.#for(uri);
    if (!this.settings.trusted || analysis === undefined) return [];
    const shown = atLevel(this.#targets(analysis, uri), this.settings.codeLens);
    const { run } = analysis.state;
    return run === undefined ? shown : withRun(shown, run);
  }

  #targets(analysis: Analysis, uri: string): readonly LensTarget[] {
    return lensTargets(analysis.view, this.#outlines.of(uri), analysis.uri, uri, analysis.trainings);
  }

  /** Where models are declared; for what is said when nothing may be run. */
  declarations(uri: string): readonly Range[] {
    if (!isModelFile(uri)) return [];
    const items = this.#outlines.of(uri);
    return (items?.inFile(uri) ?? []).flatMap((index) =>
      items?.places[index]?.kind === 'defineModel' ? (items.range(index) ?? []) : [],
    );
  }

  get trusted(): boolean {
    return this.settings.trusted;
  }

  get lensesWanted(): boolean {
    return this.settings.codeLens !== 'off';
  }

  async run(params: RunParams, signal: AbortSignal): Promise<TraceUpdate> {
    if (!isModelFile(params.uri)) throw new Error('Only models in .model.ts files can be run.');
    return this.#analyse(params.uri).run(params, signal);
  }

  stopRun(uri: string): void {
    this.#analyses.get(uri)?.stopRun();
  }

  async train(params: LayerRef): Promise<Training> {
    if (!isModelFile(params.uri)) throw new Error('Only models in .model.ts files can be trained.');
    return this.#analyse(params.uri).train(params);
  }

  stopTraining({ uri, model }: LayerRef): void {
    this.#analyses.get(uri)?.trainings.stop(model);
  }

  useParameters({ uri, model, use }: ParametersParams): void {
    this.#analyse(uri).trainings.use(model, use);
  }

  trace(uri: string): TraceUpdate | null {
    return this.#analyses.get(uri)?.update ?? null;
  }

  caret(uri: string, position: Position): CaretAnswer | null {
    const analysis = this.#for(uri);
    return analysis === undefined
      ? null
      : caretAnswer(analysis.view, analysis.uri, uri, position, this.#targets(analysis, uri));
  }

  locate({ uri, file, range }: LocateParams): Range | null {
    return this.#analyses.get(uri)?.locate(file, range) ?? null;
  }

  engineOf(run: number): Engine {
    const isShapeRun = [...this.#analyses.values()].some(({ update }) => update.shape?.run === run);
    return isShapeRun ? this.engines.shapes : this.engines.values;
  }

  dispose(): void {
    for (const uri of [...this.#leaving.keys()]) this.#stay(uri)?.dispose();
    for (const analysis of this.#analyses.values()) analysis.dispose();
    this.#analyses.clear();
  }

  #analyse(uri: string): Analysis {
    let analysis = this.#analyses.get(uri) ?? this.#stay(uri);
    if (analysis !== undefined) this.#analyses.set(uri, analysis);
    else {
      const { documents, engines } = this;
      const host = this.host;
      const settings = () => this.settings;
      analysis = new Analysis(uri, {
        documents,
        shapes: engines.shapes,
        values: engines.values,
        startTrainingEngine: () => engines.startTraining(settings().memoryLimit),
        release: (state) => {
          if (!(state instanceof Uint8Array)) engines.folder?.remove(state.file);
        },
        get settings() {
          return settings();
        },
        nextRun: () => ++this.runs,
        changed: (which, shown) => {
          this.#publish();
          if (this.#watched.has(which.uri)) host.traceChanged(which.update);
          if (shown) host.refresh();
        },
        trainingChanged: (training, shown) => {
          host.trainingChanged(training);
          if (!shown) return;
          this.#publish();
          host.refresh();
        },
        isWatched: (file) => this.#watched.has(file),
        stateChanged: (state, lensesDiffer) => {
          host.stateChanged(state);
          if (lensesDiffer) host.refresh();
        },
        log: (message) => host.log(message),
      });
      this.#analyses.set(uri, analysis);
    }
    return analysis;
  }

  /** The analysis that answers for a file: its own, else the first that imports it. */
  #for(uri: string): Analysis | undefined {
    const own = this.#analyses.get(uri);
    if (own !== undefined) return own;
    for (const analysis of this.#analyses.values()) if (analysis.view.knows(uri)) return analysis;
    return undefined;
  }

  #forget(uri: string): void {
    if (this.documents.isOpen(uri) || this.#watched.has(uri)) return;
    const analysis = this.#analyses.get(uri);
    if (analysis === undefined) return;
    this.#analyses.delete(uri);
    const timer = setTimeout(() => this.#stay(uri)?.dispose(), graceMs);
    this.#leaving.set(uri, { analysis, timer });
    this.#publish();
  }

  /** What is known of a file that was closed a moment ago. */
  #stay(uri: string): Analysis | undefined {
    const left = this.#leaving.get(uri);
    clearTimeout(left?.timer);
    this.#leaving.delete(uri);
    return left?.analysis;
  }

  /** Sends the files whose diagnostics are not what was sent last. */
  #publish(): void {
    const all = new Map<string, FileDiagnostic[]>();
    for (const { diagnostics } of this.#analyses.values())
      for (const [file, found] of diagnostics) {
        const list = all.get(file) ?? [];
        const known = new Set(list.map((one) => JSON.stringify(one)));
        all.set(file, [...list, ...found.filter((one) => !known.has(JSON.stringify(one)))]);
      }
    for (const file of new Set([...this.#published.keys(), ...all.keys()])) {
      const found = all.get(file) ?? [];
      const text = JSON.stringify(found);
      if ((this.#published.get(file) ?? '[]') === text) continue;
      if (found.length === 0) this.#published.delete(file);
      else this.#published.set(file, text);
      this.host.publish(file, found);
    }
  }
}

function isModelFile(uri: string): boolean {
  return uri.endsWith('.model.ts') && uri.startsWith('file:');
}
