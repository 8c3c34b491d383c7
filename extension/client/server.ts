import { Worker } from 'node:worker_threads';
import { type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import { LanguageClient, type LanguageClientOptions, type MessageTransports } from 'vscode-languageclient/node';
import { currentSettings } from './settings.ts';
import { WorkerReader, WorkerWriter } from './transport.ts';

/** Commands a hover or a hint's tooltip may link to. */
const linkedCommands = ['tensight.runLayer', 'tensight.runBackward', 'tensight.inspect', 'workbench.trust.manage'];

/** The language server's thread, and the client that speaks with it. Started again when it dies. */
export class Server {
  readonly client: LanguageClient;
  #worker: Worker | undefined;

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {
    const watcher = workspace.createFileSystemWatcher('**/*.{ts,json}');
    context.subscriptions.push(watcher);
    const options: LanguageClientOptions = {
      // All of TypeScript: a model may import any of it, and its unsaved text counts.
      documentSelector: [{ scheme: 'file', language: 'typescript' }],
      synchronize: { fileEvents: watcher },
      outputChannel: log,
      markdown: { isTrusted: { enabledCommands: linkedCommands } },
      initializationOptions: currentSettings,
    };
    this.client = new LanguageClient('tensight', 'Tensight', () => this.#start(), options);
  }

  async #start(): Promise<MessageTransports> {
    await this.#worker?.terminate();
    const path = this.context.asAbsolutePath('dist/server.cjs');
    const worker = new Worker(path, {
      name: 'tensight server',
      workerData: currentSettings(),
      stdout: true,
      stderr: true,
    });
    this.#worker = worker;
    worker.stdout.on('data', (data) => this.log.info(String(data).trimEnd()));
    worker.stderr.on('data', (data) => this.log.warn(String(data).trimEnd()));
    worker.on('error', (error) => this.log.error(`the server failed: ${error.stack ?? error.message}`));
    worker.on('exit', (code) => this.log[code === 0 ? 'info' : 'error'](`the server's thread ended (${code})`));
    this.log.info('the server starts');
    return { reader: new WorkerReader(worker), writer: new WorkerWriter(worker) };
  }

  async stop(): Promise<void> {
    try {
      if (this.client.needsStop()) await this.client.stop(2000);
    } catch (error) {
      this.log.warn(`the server did not stop by itself: ${String(error)}`);
    }
    await this.#worker?.terminate();
    this.#worker = undefined;
  }
}
