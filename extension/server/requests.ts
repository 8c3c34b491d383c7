/** Binds the workspace to Tensight's own requests; see protocol/server.ts. */
import { type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { Query } from '../protocol/queries.ts';
import {
  type CaretParams,
  type LayerRef,
  type LocateParams,
  notifications,
  type ParametersParams,
  type RenamedParams,
  type RunParams,
  requests,
  type ServerSettings,
  type TraceUpdate,
  type WatchedParams,
} from '../protocol/server.ts';
import { RunCancelled } from './valueRuns.ts';
import type { Workspace } from './workspace.ts';

export function bindRequests(connection: Connection, workspace: () => Workspace): void {
  connection.onRequest<TraceUpdate, void>(requests.run, async (params: RunParams, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    try {
      return await workspace().run(params, controller.signal);
    } catch (error) {
      if (error instanceof RunCancelled) return new ResponseError(LSPErrorCodes.RequestCancelled, error.message);
      throw error;
    }
  });
  connection.onRequest(requests.stopRun, ({ uri }: Pick<LayerRef, 'uri'>) => {
    workspace().stopRun(uri);
    return null;
  });
  connection.onRequest(requests.train, (params: LayerRef) => workspace().train(params));
  connection.onRequest(requests.stopTraining, (params: LayerRef) => {
    workspace().stopTraining(params);
    return null;
  });
  connection.onRequest(requests.parameters, (params: ParametersParams) => {
    workspace().useParameters(params);
    return null;
  });
  connection.onRequest(requests.caret, ({ uri, position }: CaretParams) => workspace().caret(uri, position));
  connection.onRequest(requests.locate, (params: LocateParams) => workspace().locate(params));
  connection.onRequest<unknown, unknown>(requests.ask, ({ name, params }: Query) =>
    workspace().engineOf(params.run).ask(name, params),
  );
  connection.onNotification(notifications.settings, (settings: ServerSettings) => workspace().setSettings(settings));
  connection.onNotification(notifications.renamed, ({ files }: RenamedParams) => workspace().renamed(files));
  connection.onNotification(notifications.watched, ({ uris }: WatchedParams) => workspace().watch(uris));
}
