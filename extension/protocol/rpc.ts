/**
 * One class for every boundary: server ↔ engine worker, editor ↔ webview. Requests, their answers and notifications over
 * anything that can post a message. What comes in is checked by the receiver's own schema before a handler sees it.
 */

/** Both ends of a channel, seen from one side. */
export interface Transport {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Calls `receive` with every message; returns what ends that. */
  listen(receive: (message: unknown) => void): { dispose(): void };
}

/** `{ name: (params) => result }`: what one side answers. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint that every typed method table meets
export type Methods = Record<string, (params: any) => unknown>;
/** `{ name: params }`: what one side announces. */
export type Events = object;

type Result<M extends Methods, K extends keyof M> = Awaited<ReturnType<M[K]>>;
type Params<M extends Methods, K extends keyof M> = Parameters<M[K]>[0];
/** Turns away a bad message by throwing; returns its params. */
export type Check = (name: string, params: unknown) => unknown;

type Message =
  | { readonly rpc: 'request'; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly rpc: 'result'; readonly id: number; readonly result: unknown }
  | { readonly rpc: 'error'; readonly id: number; readonly error: { message: string } }
  | { readonly rpc: 'event'; readonly name: string; readonly params: unknown };

/** An answer that came back as an error, or never will because the other side is gone. */
export class RpcError extends Error {
  override name = 'RpcError';
}

/** Buffers named here move instead of being copied, where the transport can. */
export class Transfer<T> {
  constructor(
    readonly value: T,
    readonly buffers: readonly ArrayBuffer[],
  ) {}
}

export class Rpc<Remote extends Methods, RemoteEvents extends Events, LocalEvents extends Events> {
  #next = 1;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #listeners = new Map<string, (params: unknown) => void>();
  readonly #subscription: { dispose(): void };
  #closed: string | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly local: Methods,
    private readonly check: Check = (_name, params) => params,
    private readonly onBadMessage: (reason: string) => void = () => {},
  ) {
    this.#subscription = transport.listen((message) => void this.#receive(message));
  }

  request<K extends keyof Remote & string>(name: K, params: Params<Remote, K>): Promise<Result<Remote, K>> {
    if (this.#closed !== undefined) return Promise.reject(new RpcError(this.#closed));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#send({ rpc: 'request', id, name, params });
    });
  }

  notify<K extends keyof LocalEvents & string>(name: K, params: LocalEvents[K]): void {
    if (this.#closed === undefined) this.#send({ rpc: 'event', name, params });
  }

  on<K extends keyof RemoteEvents & string>(name: K, handler: (params: RemoteEvents[K]) => void): void {
    this.#listeners.set(name, handler as (params: unknown) => void);
  }

  /** Ends it: every open request is rejected with `reason`. */
  close(reason: string): void {
    this.#closed = reason;
    this.#subscription.dispose();
    for (const { reject } of this.#pending.values()) reject(new RpcError(reason));
    this.#pending.clear();
  }

  #send(message: Message, transfer?: readonly ArrayBuffer[]): void {
    this.transport.post(message, transfer);
  }

  async #receive(raw: unknown): Promise<void> {
    if (!isMessage(raw)) return this.onBadMessage('not a message');
    switch (raw.rpc) {
      case 'result':
      case 'error': {
        const pending = this.#pending.get(raw.id);
        this.#pending.delete(raw.id);
        if (raw.rpc === 'result') pending?.resolve(raw.result);
        else pending?.reject(new RpcError(raw.error.message));
        return;
      }
      case 'event':
        try {
          this.#listeners.get(raw.name)?.(this.check(raw.name, raw.params));
        } catch (error) {
          this.onBadMessage(`${raw.name}: ${messageOf(error)}`);
        }
        return;
      case 'request':
        try {
          const method = Object.hasOwn(this.local, raw.name) ? this.local[raw.name] : undefined;
          if (method === undefined) throw new RpcError(`no method ${raw.name}`);
          const result = await method(this.check(raw.name, raw.params));
          if (result instanceof Transfer)
            this.#send({ rpc: 'result', id: raw.id, result: result.value }, result.buffers);
          else this.#send({ rpc: 'result', id: raw.id, result });
        } catch (error) {
          this.#send({ rpc: 'error', id: raw.id, error: { message: messageOf(error) } });
        }
        return;
      default:
        raw satisfies never;
    }
  }
}

/** Whatever was thrown: it may be nothing that can be read. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'something was thrown that cannot be read';
  }
}

function isMessage(raw: unknown): raw is Message {
  if (typeof raw !== 'object' || raw === null || !('rpc' in raw)) return false;
  const m = raw as Record<string, unknown>;
  switch (m.rpc) {
    case 'request':
      return typeof m.id === 'number' && typeof m.name === 'string';
    case 'result':
      return typeof m.id === 'number';
    case 'error':
      return typeof m.id === 'number' && typeof m.error === 'object' && m.error !== null;
    case 'event':
      return typeof m.name === 'string';
    default:
      return false;
  }
}
