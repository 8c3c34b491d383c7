/**
 * Sole owner of what the extension holds on the editor's thread: the server, the panels, the status bar. The server starts with
 * the first model file that is opened, so that other TypeScript work pays nothing.
 */
import {
  CancellationTokenSource,
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  type TextDocument,
  window,
  workspace,
} from 'vscode';
import { LSPErrorCodes, ResponseError, State } from 'vscode-languageclient/node';
import {
  type LayerRef,
  notifications,
  type ProgressParams,
  type RunParams,
  requests,
  type ServerRequests,
  type StatusParams,
  type TraceUpdate,
} from '../protocol/server.ts';
import { registerCommands } from './commands.ts';
import { modelFile } from './modelFile.ts';
import { Panels } from './panels.ts';
import { RunProgress } from './progress.ts';
import { Server } from './server.ts';
import { currentSettings } from './settings.ts';
import { Status } from './status.ts';

export class Session {
  readonly log: LogOutputChannel;
  readonly panels: Panels;
  readonly #status: Status;
  readonly #progress = new RunProgress();
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
    this.panels = own(new Panels(this, context.extensionUri));
    own(registerCommands(this));
    own(workspace.onDidOpenTextDocument((document) => this.#meet(document)));
    own(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tensight')) void this.#sendSettings();
      }),
    );
    own(workspace.onDidGrantWorkspaceTrust(() => void this.#sendSettings()));
    for (const document of workspace.textDocuments) this.#meet(document);
  }

  /** Asks the server, starting it where it is not there yet. */
  async ask<K extends keyof ServerRequests>(
    method: K,
    params: Parameters<ServerRequests[K]>[0],
    source?: CancellationTokenSource,
  ): Promise<ReturnType<ServerRequests[K]>> {
    const { client } = await this.#start();
    return client.sendRequest<ReturnType<ServerRequests[K]>>(method, params, source?.token);
  }

  /** Which files' traces are drawn. */
  async watch(uris: readonly string[]): Promise<void> {
    if (uris.length === 0 && this.#started === undefined) return;
    const { client } = await this.#start();
    await client.sendNotification(notifications.watched, { uris });
  }

  /** Runs a layer or a model, shows it, and lets it be cancelled when it takes long. */
  async run(layer: LayerRef, mode: RunParams['mode']): Promise<TraceUpdate | undefined> {
    const source = new CancellationTokenSource();
    const answer = this.ask(requests.run, { ...layer, mode }, source);
    this.#progress.follow(layer.uri, mode, answer, source, (phase) => this.panels.progress(layer.uri, phase));
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) {
        this.log.info(`cancelled: ${mode} of ${layer.uri}`);
        return undefined;
      }
      const message = error instanceof Error ? error.message : String(error);
      this.log.error(`${mode} of ${layer.uri}: ${message}`);
      throw error;
    } finally {
      source.dispose();
    }
  }

  async restart(): Promise<void> {
    if (this.#server === undefined) return void (await this.#start());
    this.log.info('restart, as asked');
    await this.#server.client.restart();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#server?.stop();
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
    client.onNotification(notifications.status, (status: StatusParams) => this.#status.show(status));
    client.onNotification(notifications.traceChanged, (update: TraceUpdate) => this.panels.update(update));
    // Also after it died and came back by itself: it knows nothing then.
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running && this.panels.uris.length > 0)
        void client.sendNotification(notifications.watched, { uris: this.panels.uris });
    });
    client.onNotification(notifications.progress, (progress: ProgressParams) => this.#progress.report(progress));
    await client.start();
    return server;
  }

  async #sendSettings(): Promise<void> {
    if (this.#started === undefined) return;
    const { client } = await this.#started;
    await client.sendNotification(notifications.settings, currentSettings());
  }
}
