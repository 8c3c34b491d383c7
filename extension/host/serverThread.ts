/** The language server's own end, as a thread that Node started: what it was started with, and the connection to its client. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Connection, createConnection, PortMessageReader, PortMessageWriter } from 'vscode-languageserver/node';

/** What the client gave the thread on its way. */
export const startedWith: unknown = workerData;

/** The bundle that an engine is started from; it lies beside the server's. */
export const engineScript = join(import.meta.dirname, 'engine.cjs');

export function connect(): Connection {
  if (parentPort === null) throw new Error('the server runs as a worker');
  return createConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort));
}

/** What nobody caught is told, and the thread goes on. */
export function survive(tell: (error: unknown) => void): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, tell);
}
