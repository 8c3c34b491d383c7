/**
 * Sole owner of what the extension holds on the editor's thread: the server, the panels, the status bar. The server starts with
 * the first model file that is opened, so that other TypeScript work pays nothing.
 */
import {
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  type TextDocument,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { LSPErrorCodes, ResponseError, State } from 'vscode-languageclient/node';
import {
  type FileState,
  type LayerRef,
  notifications,
  type RunParams,
  requests,
  type ServerRequests,
  type TraceUpdate,
} from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import { isTraining } from '../reading/training.ts';
import { registerCommands } from './commands.ts';
import type { Host } from './host.ts';
import { modelFile } from './modelFile.ts';
import { Panels } from './panels.ts';
import { RunProgress } from './progress.ts';
import { Server } from './server.ts';
import { currentSettings } from './settings.ts';
import { Status } from './status.ts';
import { TrainingProgress } from './trainingProgress.ts';

export class Session implements Host {
  readonly log: LogOutputChannel;
  readonly #panels: Panels;
  readonly #status: Status;
  readonly #progress: RunProgress;
  readonly #trainingProgress: TrainingProgress;
  /** The last of each, by file and model. */
  readonly #trainings = new Map<string, Map<string, Training>>();
  readonly #states = new Map<string, FileState>();
  #server: Server | undefined;
  #started: Promise<Server> | undefined;
  #stopped = false;

  constructor(private readonly context: ExtensionContext) {
    const own = <T extends Disposable>(disposable: T): T => {
      context.subscriptions.push(disposable);
      return disposable;
    };
    this.log = own(window.createOutputChannel('Tensight', { log: true }));
    this.#status = own(new Status());
    this.#panels = own(new Panels(this, context.extensionUri));
    this.#progress = own(
      new RunProgress((uri) => {
        this.ask(requests.stopRun, { uri }).catch((error: unknown) => this.log.warn(`stop: ${String(error)}`));
      }),
    );
    this.#trainingProgress = own(
      new TrainingProgress(({ uri, model }) => {
        this.ask(requests.stopTraining, { uri, model }).catch((error: unknown) =>
          this.log.warn(`stop: ${String(error)}`),
        );
      }),
    );
    own(registerCommands(this, this.#panels));
    own(workspace.onDidOpenTextDocument((document) => this.#meet(document)));
    own(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tensight')) void this.#sendSettings();
      }),
    );
    own(workspace.onDidRenameFiles(({ files }) => void this.#rename(files)));
    own(
      workspace.onDidDeleteFiles(({ files }) => {
        for (const uri of files.flatMap((file) => this.#knownIn(file))) this.#panels.deleted(uri);
      }),
    );
    own(workspace.onDidGrantWorkspaceTrust(() => void this.#sendSettings()));
    for (const document of workspace.textDocuments) this.#meet(document);
  }

  async ask<K extends keyof ServerRequests>(
    method: K,
    params: Parameters<ServerRequests[K]>[0],
  ): Promise<ReturnType<ServerRequests[K]>> {
    const { client } = await this.#start();
    return client.sendRequest<ReturnType<ServerRequests[K]>>(method, params);
  }

  trainingsOf(uri: string): readonly Training[] {
    return [...(this.#trainings.get(uri)?.values() ?? [])];
  }

  stateOf(uri: string): FileState | undefined {
    return this.#states.get(uri);
  }

  async watch(uris: readonly string[]): Promise<void> {
    if (uris.length === 0 && this.#started === undefined) return;
    const { client } = await this.#start();
    await client.sendNotification(notifications.watched, { uris });
  }

  async run(layer: LayerRef, mode: RunParams['mode']): Promise<TraceUpdate | undefined> {
    try {
      return await this.ask(requests.run, { ...layer, mode });
    } catch (error) {
      if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) {
        this.log.info(`cancelled: ${mode} of ${layer.uri}`);
        return undefined;
      }
      const message = error instanceof Error ? error.message : String(error);
      this.log.error(`${mode} of ${layer.uri}: ${message}`);
      throw error;
    }
  }

  async restart(): Promise<void> {
    if (this.#server === undefined) return void (await this.#start());
    this.log.info('restart requested');
    await this.#server.client.restart();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#server?.stop();
  }

  #show(state: FileState): void {
    this.#states.set(state.uri, state);
    this.#status.show(state);
    this.#progress.show(state);
    this.#panels.state(state);
  }

  #train(training: Training): void {
    const known = this.#trainings.get(training.uri) ?? new Map<string, Training>();
    this.#trainings.set(training.uri, known.set(training.model, training));
    this.#trainingProgress.tell(training);
    this.#panels.training(training);
  }

  /** The server is another one now: what it ran and trained is gone with it, and so are the parameters. */
  #forgetAll(): void {
    for (const state of this.#states.values())
      this.#show({ ...state, shapes: false, run: undefined, training: undefined });
    for (const training of [...this.#trainings.values()].flatMap((known) => [...known.values()])) {
      const remark = 'The engine was restarted, so the trained parameters were lost.';
      const state = isTraining(training) ? 'stopped' : training.state;
      this.#train({ ...training, state, parameters: 'none', remark });
    }
  }

  /** The files known of at an address or below it. */
  #knownIn(address: Uri): readonly string[] {
    const at = address.toString();
    const known = new Set([...this.#panels.uris, ...this.#states.keys(), ...this.#trainings.keys()]);
    return [...known].filter((uri) => uri === at || uri.startsWith(`${at}/`));
  }

  /** Files or folders have another name: what is known and shown of the models in them goes with them. */
  async #rename(renamed: readonly { readonly oldUri: Uri; readonly newUri: Uri }[]): Promise<void> {
    const files = renamed.flatMap(({ oldUri, newUri }) => {
      const [before, after] = [oldUri.toString(), newUri.toString()];
      return this.#knownIn(oldUri).map((from) => ({ from, to: `${after}${from.slice(before.length)}` }));
    });
    if (files.length === 0 || this.#started === undefined) return;
    for (const { from, to } of files) {
      if (!modelFile.test(to)) {
        this.#panels.deleted(from);
        continue;
      }
      const state = this.#states.get(from);
      if (state !== undefined) this.#states.set(to, { ...state, uri: to });
      this.#states.delete(from);
      this.#status.forget(from);
      const trainings = this.#trainings.get(from);
      const moved = [...(trainings ?? [])].map(([model, training]) => [model, { ...training, uri: to }] as const);
      if (trainings !== undefined) this.#trainings.set(to, new Map(moved));
      this.#trainings.delete(from);
      this.#panels.renamed(from, to);
    }
    const { client } = await this.#started;
    await client.sendNotification(notifications.renamed, { files });
  }

  #meet(document: TextDocument): void {
    if (document.uri.scheme === 'file' && modelFile.test(document.uri.path)) void this.#start();
  }

  #start(): Promise<Server> {
    this.#started ??= this.#launch().catch((error: unknown) => {
      this.#started = undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.log.error(`the server did not start: ${message}`);
      throw error;
    });
    return this.#started;
  }

  async #launch(): Promise<Server> {
    if (this.#stopped) throw new Error('Tensight has been stopped.');
    const server = new Server(this.context, this.log);
    this.#server = server;
    const { client } = server;
    client.onNotification(notifications.state, (state: FileState) => this.#show(state));
    client.onNotification(notifications.traceChanged, (update: TraceUpdate) => this.#panels.update(update));
    // Also after it died and came back by itself: it knows nothing then.
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) return;
      this.#forgetAll();
      if (this.#panels.uris.length > 0)
        void client.sendNotification(notifications.watched, { uris: this.#panels.uris });
    });
    client.onNotification(notifications.training, (training: Training) => this.#train(training));
    await client.start();
    return server;
  }

  async #sendSettings(): Promise<void> {
    if (this.#started === undefined) return;
    const { client } = await this.#started;
    await client.sendNotification(notifications.settings, currentSettings());
  }
}
