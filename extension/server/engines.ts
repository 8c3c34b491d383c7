/**
 * The engines of the server, made before anything else of it is loaded: the process of the shape runs' engine comes up while the
 * server does, so that the first shapes wait for neither alone.
 */
import { host } from '#host';
import { EngineHost } from '../engine/runner.ts';
import type { PrivateFolder } from '../host/host.ts';
import { engineScript, startedWith } from '../host/serverThread.ts';
import type { ServerSettings } from '../protocol/server.ts';

type Level = 'info' | 'warn' | 'error';

/** What is said before there is a connection to say it on. */
const early: [Level, string][] = [];
let say = (level: Level, message: string): unknown => early.push([level, message]);

/** Where the engines log to from now on; what they said before comes first. */
export function logEnginesTo(log: (level: Level, message: string) => void): void {
  say = log;
  for (const [level, message] of early.splice(0)) log(level, message);
}

/** As they were when the thread was started; the client sends them again when it speaks, and whenever they change. */
const settings = startedWith as ServerSettings | null;
const folder = openFolder();

const engine = (name: string, memoryLimit = settings?.memoryLimit ?? 2048) =>
  new EngineHost({
    script: engineScript,
    memoryLimit,
    folder: folder?.path,
    log: (level, message) => say(level, `${name}: ${message}`),
  });

/** Apart, so that a long run that was asked for holds no hover up. */
export const engines = {
  folder,
  shapes: engine('shapes'),
  values: engine('values'),
  /** A training has one for itself. */
  startTraining: (memoryLimit: number) => engine('training', memoryLimit),
};

/** Both up, one after the other: the first shapes come first. */
export async function warmUpEngines(): Promise<void> {
  await engines.shapes.warmUp();
  await engines.values.warmUp();
}

if (settings?.trusted) engines.shapes.warmUp().catch((error: unknown) => say('error', String(error)));

/** Without it everything is sent, which works as well where there is memory enough. */
function openFolder(): PrivateFolder | undefined {
  try {
    return host.openFolder();
  } catch (error) {
    say('warn', `no folder for trained parameters: ${String(error)}`);
    return undefined;
  }
}
