/** An engine that is up before the tests of a file, and gone after them. */
import { afterAll, beforeAll } from 'vitest';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { bundleEngine } from './bundle.ts';

export interface Started {
  readonly host: EngineHost;
  /** What was printed in runs. */
  readonly printed: string[];
}

/** Call it where tests are defined; `host` is there once they run. */
export function started(): Started {
  const printed: string[] = [];
  let engine: Awaited<ReturnType<typeof bundleEngine>> | undefined;
  let host: EngineHost | undefined;
  beforeAll(async () => {
    engine = await bundleEngine();
    host = new EngineHost({ script: engine.script, memoryLimit: 400, print: (_, message) => printed.push(message) });
    await host.warmUp();
  }, 120_000);
  afterAll(async () => {
    await host?.dispose();
    engine?.dispose();
  });
  return {
    printed,
    get host() {
      if (host === undefined) throw new Error('the engine is not up yet');
      return host;
    },
  };
}
