/** A thread beside this one, as the editor's own starts the language server's. */
import { Worker } from 'node:worker_threads';

export interface Thread {
  post(message: unknown): void;
  /** Calls `receive` with every message until it is disposed of. */
  listen(receive: (message: unknown) => void): { dispose(): void };
  /** Calls `ended` when it is gone, by itself or by an error. */
  onEnd(ended: (code: number) => void): void;
  end(): Promise<void>;
}

export interface ThreadOptions {
  readonly script: string;
  readonly name: string;
  /** What it can read from the first moment on. */
  readonly data: unknown;
  log(level: 'info' | 'warn' | 'error', message: string): void;
}

export function startThread({ script, name, data, log }: ThreadOptions): Thread {
  const worker = new Worker(script, { name, workerData: data, stdout: true, stderr: true });
  worker.stdout.on('data', (text) => log('info', String(text).trimEnd()));
  worker.stderr.on('data', (text) => log('warn', String(text).trimEnd()));
  worker.on('error', (error) => log('error', `${name} failed: ${error.stack ?? error.message}`));
  return {
    post: (message) => worker.postMessage(message),
    listen(receive) {
      worker.on('message', receive);
      return { dispose: () => void worker.off('message', receive) };
    },
    onEnd: (ended) => void worker.on('exit', ended),
    end: async () => void (await worker.terminate()),
  };
}
