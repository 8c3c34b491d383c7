/** Carries the Language Server Protocol to a worker thread of this process: messages are cloned, typed arrays and all. */
import type { Worker } from 'node:worker_threads';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageclient/node';

export class WorkerReader extends AbstractMessageReader implements MessageReader {
  constructor(private readonly worker: Worker) {
    super();
    // The thread is gone, by itself or by an error: to the protocol that is a closed connection, after which it is started again.
    // An error told as well would make the client give up.
    worker.on('exit', () => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    this.worker.on('message', callback);
    return { dispose: () => void this.worker.off('message', callback) };
  }
}

export class WorkerWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly worker: Worker) {
    super();
    worker.on('exit', () => this.fireClose());
  }

  async write(message: Message): Promise<void> {
    this.worker.postMessage(message);
  }

  end(): void {}
}
