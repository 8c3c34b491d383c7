/** An engine that is up before the tests of a file, and gone after them. */
import { afterAll, beforeAll, inject } from 'vitest';
import { EngineHost } from '../../../extension/engine/runner.ts';

export interface Started {
  readonly host: EngineHost;
  /** What was printed in runs. */
  readonly printed: string[];
}

/** Call it where tests are defined; `host` is there once they run. */
export function started(): Started {
  const printed: string[] = [];
  let host: EngineHost | undefined;
  beforeAll(async () => {
    host = new EngineHost({
      script: inject('engineScript'),
      memoryLimit: 400,
      print: (_, message) => printed.push(message),
    });
    await host.warmUp();
  }, 120_000);
  afterAll(async () => {
    await host?.dispose();
  });
  return {
    printed,
    get host() {
      if (host === undefined) throw new Error('the engine is not up yet');
      return host;
    },
  };
}
