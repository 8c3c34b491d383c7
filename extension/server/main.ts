/** The language server's thread: the protocol on one side, two engines on the other, the workspace between. */
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { createConnection, PortMessageReader, PortMessageWriter } from 'vscode-languageserver/node';
import { host } from '#host';
import { EngineHost } from '../engine/runner.ts';
import type { PrivateFolder } from '../host/host.ts';
import { notifications, type ServerSettings } from '../protocol/server.ts';
import { bindLanguage, capabilities, publish, refresh } from './language.ts';
import { bindRequests } from './requests.ts';
import { Workspace } from './workspace.ts';

if (parentPort === null) throw new Error('the server runs as a worker');
const connection = createConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort));
let workspace: Workspace;
let engines: {
  readonly shapes: EngineHost;
  readonly values: EngineHost;
  readonly folder: PrivateFolder | undefined;
  startTraining(megabytes: number): EngineHost;
};

connection.onInitialize(({ initializationOptions }) => {
  const settings = initializationOptions as ServerSettings;
  const folder = openFolder();
  const engine = (name: string, memoryLimit = settings.memoryLimit) =>
    new EngineHost({
      script: join(import.meta.dirname, 'engine.cjs'),
      memoryLimit,
      folder: folder?.path,
      log: (level, message) => connection.console[level](`${name}: ${message}`),
    });
  // Apart, so that a long run that was asked for holds no hover up.
  engines = {
    folder,
    shapes: engine('shapes'),
    values: engine('values'),
    startTraining: (memoryLimit) => engine('training', memoryLimit),
  };
  workspace = new Workspace(
    engines,
    {
      refresh: () => refresh(connection),
      publish: (uri, found) => publish(connection, uri, found),
      traceChanged: (update) => void connection.sendNotification(notifications.traceChanged, update),
      trainingChanged: (training) => void connection.sendNotification(notifications.training, training),
      status: (status) => void connection.sendNotification(notifications.status, status),
      log: (message) => connection.console.info(message),
    },
    settings,
  );
  return { capabilities };
});
/** Without it everything is sent, which works as well where there is memory enough. */
function openFolder(): PrivateFolder | undefined {
  try {
    return host.openFolder();
  } catch (error) {
    connection.console.warn(`no folder for trained parameters: ${String(error)}`);
    return undefined;
  }
}

/** The first shapes come first; then the first run is made quick. */
const rehearseAfterMs = 1500;
connection.onInitialized(() => {
  const failed = (error: unknown) => connection.console.error(String(error));
  if (!workspace.trusted) return;
  engines.shapes.warmUp().catch(failed);
  // A process takes longer to start than what a person needs to find the first Run: it is there by then, too.
  engines.values.warmUp().catch(failed);
  setTimeout(() => void engines.values.rehearse(), rehearseAfterMs);
});
bindLanguage(connection, () => workspace);
bindRequests(connection, () => workspace);
connection.onShutdown(async () => {
  workspace.dispose();
  await Promise.all([engines.shapes.dispose(), engines.values.dispose()]);
  engines.folder?.dispose();
});
// The last catch: what went wrong is told, and the thread goes on.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    connection.console.error(`Tensight's server met an error of its own, and goes on: ${text}`);
  });
connection.listen();
