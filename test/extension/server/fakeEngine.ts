/** An engine that answers at once, with hand-made traces. */
import type { FileTrace } from '../../../core/trace/trace.ts';
import type { RunRequest } from '../../../extension/protocol/engine.ts';
import type { Engine } from '../../../extension/server/engine.ts';
import { type Options, trace } from './fixture.ts';

/** Answers each run with the next trace it was given, when it is told to. */
export class FakeEngine {
  readonly requests: RunRequest[] = [];
  readonly released: number[] = [];
  answer: (request: RunRequest, signal?: AbortSignal) => Promise<FileTrace> = async ({ run, mode, sites }) =>
    fitted({ run, mode }, sites);

  readonly engine = {
    run: (request: RunRequest, { signal }: { signal?: AbortSignal }) => {
      this.requests.push(request);
      return this.answer(request, signal);
    },
    release: (run: number) => void this.released.push(run),
  } as unknown as Engine;
}

/** The hand-made trace keeps its own sites; the engine's would be those of the request. */
function fitted(options: Options, _sites: RunRequest['sites']): FileTrace {
  return trace(options);
}
