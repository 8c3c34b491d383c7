/** Carries the Language Server Protocol to a thread of this process: messages are cloned, typed arrays and all. */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageclient/node';
import type { Thread } from '../host/thread.ts';

export class ThreadReader extends AbstractMessageReader implements MessageReader {
  constructor(private readonly thread: Thread) {
    super();
    // The thread is gone, by itself or by an error: to the protocol that is a closed connection, after which it is started again.
    // An error told as well would make the client give up.
    thread.onEnd(() => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    return this.thread.listen((message) => callback(message as Message));
  }
}

export class ThreadWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly thread: Thread) {
    super();
    thread.onEnd(() => this.fireClose());
  }

  async write(message: Message): Promise<void> {
    this.thread.post(message);
  }

  end(): void {}
}
