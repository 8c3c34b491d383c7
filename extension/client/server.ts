import { type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import { LanguageClient, type LanguageClientOptions, type MessageTransports } from 'vscode-languageclient/node';
import { startThread, type Thread } from '../host/thread.ts';
import { currentSettings } from './settings.ts';
import { ThreadReader, ThreadWriter } from './transport.ts';

/** Commands a hover or a hint's tooltip may link to. */
const linkedCommands = ['tensight.runLayer', 'tensight.runBackward', 'tensight.inspect', 'workbench.trust.manage'];

/** The language server's thread, and the client that speaks with it. Started again when it dies. */
export class Server {
  readonly client: LanguageClient;
  #thread: Thread | undefined;

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
    await this.#thread?.end();
    const thread = startThread({
      script: this.context.asAbsolutePath('dist/server.cjs'),
      name: 'tensight server',
      data: currentSettings(),
      log: (level, message) => this.log[level](message),
    });
    this.#thread = thread;
    thread.onEnd((code) => this.log[code === 0 ? 'info' : 'error'](`the server's thread ended (${code})`));
    this.log.info('the server starts');
    return { reader: new ThreadReader(thread), writer: new ThreadWriter(thread) };
  }

  async stop(): Promise<void> {
    try {
      if (this.client.needsStop()) await this.client.stop(2000);
    } catch (error) {
      this.log.warn(`the server did not stop by itself: ${String(error)}`);
    }
    await this.#thread?.end();
    this.#thread = undefined;
  }
}
