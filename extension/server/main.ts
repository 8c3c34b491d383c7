/** The language server's thread: the protocol on one side, two engines on the other, the workspace between. */
import './engines.ts';
import { connect, survive } from '../host/serverThread.ts';
import { notifications, type ServerSettings } from '../protocol/server.ts';
import { engines, logEnginesTo, warmUpEngines } from './engines.ts';
import { bindLanguage, capabilities, publish, refresh } from './language.ts';
import { bindRequests } from './requests.ts';
import { Workspace } from './workspace.ts';

const connection = connect();
let workspace: Workspace;

connection.onInitialize(({ initializationOptions, workspaceFolders }) => {
  const settings = initializationOptions as ServerSettings;
  logEnginesTo((level, message) => connection.console[level](message));
  engines.shapes.memoryLimit = settings.memoryLimit;
  engines.values.memoryLimit = settings.memoryLimit;
  workspace = new Workspace(
    engines,
    {
      refresh: () => refresh(connection),
      publish: (uri, found) => publish(connection, uri, found),
      traceChanged: (update) => void connection.sendNotification(notifications.traceChanged, update),
      trainingChanged: (training) => void connection.sendNotification(notifications.training, training),
      stateChanged: (state) => void connection.sendNotification(notifications.state, state),
      log: (message) => connection.console.info(message),
    },
    settings,
    // None that an earlier server gave, which panels may still show.
    Math.floor(Math.random() * 2 ** 30),
  );
  workspace.documents.folders = (workspaceFolders ?? []).map(({ uri }) => uri);
  return { capabilities };
});
/** Then the first run is made quick. */
const rehearseAfterMs = 1500;
connection.onInitialized(() => {
  const failed = (error: unknown) => connection.console.error(String(error));
  if (!workspace.trusted) return;
  // A process takes longer to start than what a person needs to find the first Run: it is there by then, too.
  warmUpEngines().catch(failed);
  setTimeout(() => void engines.values.rehearse(), rehearseAfterMs);
});
bindLanguage(connection, () => workspace);
bindRequests(connection, () => workspace);
connection.onShutdown(async () => {
  workspace.dispose();
  await Promise.all([engines.shapes.dispose(), engines.values.dispose()]);
  engines.folder?.dispose();
});
survive((error) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  connection.console.error(`Internal error in Tensight's server (it goes on): ${text}`);
});
connection.listen();
