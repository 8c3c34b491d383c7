/** Random texts through the whole server: its own thread, as the client starts it, spoken to by the Language Server Protocol. */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Random } from '../compiler/programs/random.ts';
import type { Fault } from './compiling.ts';
import type { OddFolder } from './folder.ts';
import { randomText } from './mutate.ts';

export interface ServeReport {
  readonly count: number;
  readonly faults: readonly Fault[];
  readonly deaths: number;
  /** Milliseconds until hover, hints and lenses were answered, on the clock. */
  readonly slowest: number;
  readonly slow: number;
  readonly memory: { readonly before: number; readonly after: number };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly version?: number;
    readonly shapes?: boolean;
    readonly message?: string;
    readonly diagnostics?: readonly { message: string }[];
  };
  readonly error?: { readonly message: string };
}

const settings = {
  shapeRunTimeout: 400,
  runTimeout: 2000,
  memoryLimit: 256,
  inlayHints: true,
  codeLens: 'layers',
  trusted: true,
};
/** How long a text may wait for its run. */
const patienceMs = 30_000;

export class Server {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #settled: (version: number | undefined) => void = () => {};
  #count = 0;
  dead: string | undefined;
  readonly said: string[] = [];

  constructor(script: string, resourceLimits: { stackSizeMb?: number } = {}) {
    this.#worker = new Worker(script, { name: 'tensight server', stdout: true, stderr: true, resourceLimits });
    this.#worker.on('message', (message: Message) => this.#receive(message));
    this.#worker.on('error', (error) => this.#end(error.stack ?? String(error)));
    this.#worker.on('exit', (code) => this.#end(`exit ${code}`));
    this.#worker.stderr.on('data', (data) => this.said.push(String(data)));
  }

  #end(why: string): void {
    this.dead ??= why;
    this.#settled(undefined);
    for (const answer of this.#waiting.values()) answer({ error: { message: why } });
  }

  #receive(message: Message): void {
    if (message.id !== undefined && message.method === undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    } else if (message.id !== undefined) this.#worker.postMessage({ jsonrpc: '2.0', id: message.id, result: null });
    else if (message.method === 'tensight/state' && message.params?.shapes === false)
      this.#settled(message.params.version);
    else if (message.method === 'window/logMessage' && /error of its own/.test(message.params?.message ?? ''))
      this.said.push(message.params!.message!);
    else if (message.method === 'textDocument/publishDiagnostics')
      for (const { message: text } of message.params?.diagnostics ?? [])
        if (/\n\s+at .*[:(]\d+|Tensight failed at this file/.test(text)) this.said.push(text);
  }

  request(method: string, params: unknown): Promise<Message> {
    const id = ++this.#count;
    return new Promise((answered) => {
      if (this.dead !== undefined) return answered({ error: { message: this.dead } });
      this.#waiting.set(id, answered);
      this.#worker.postMessage({ jsonrpc: '2.0', id, method, params });
    });
  }

  notify(method: string, params: unknown): void {
    this.#worker.postMessage({ jsonrpc: '2.0', method, params });
  }

  /** Until this version of the text was run, or can't be; false where that does not come. */
  settled(version: number): Promise<boolean> {
    return new Promise((done) => {
      const timer = setTimeout(() => done(false), patienceMs);
      this.#settled = (settled) => {
        if (settled !== version && this.dead === undefined) return;
        clearTimeout(timer);
        done(true);
      };
    });
  }

  async start(): Promise<void> {
    await this.request('initialize', {
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions: settings,
    });
    this.notify('initialized', {});
  }

  async end(): Promise<void> {
    if (this.dead === undefined)
      await Promise.race([this.request('shutdown', null), new Promise((done) => setTimeout(done, 5000))]);
    await this.#worker.terminate();
  }
}

export async function serveTexts(
  options: {
    count: number;
    seed: number;
    folder: OddFolder;
    seeds: readonly string[];
    script: string;
    stackMb: number;
  },
  progress: (done: number) => void = () => {},
): Promise<ServeReport> {
  const { count, seed, folder, seeds, script, stackMb } = options;
  const uri = pathToFileURL(`${folder.path}/entry.model.ts`).href;
  const faults: Fault[] = [];
  let [slowest, slow, deaths, before] = [0, 0, 0, 0];
  const begin = async () => {
    const made = new Server(script, { stackSizeMb: stackMb });
    await made.start();
    const opened = made.settled(0);
    made.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'typescript', version: 0, text: '' } });
    await opened;
    return made;
  };
  let server = await begin();
  for (let i = 0; i < count; i++) {
    const text = randomText(new Random(seed * 1_000_003 + i), seeds);
    const fault = (what: string) => faults.push({ seed: i, what, text });
    const settled = server.settled(i + 1);
    server.notify('textDocument/didChange', { textDocument: { uri, version: i + 1 }, contentChanges: [{ text }] });
    const asked = performance.now();
    const position = { line: i % 40, character: i % 30 };
    const range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
    const answers = await Promise.all([
      server.request('textDocument/hover', { textDocument: { uri }, position }),
      server.request('textDocument/inlayHint', { textDocument: { uri }, range }),
      server.request('textDocument/codeLens', { textDocument: { uri } }),
    ]);
    const ms = performance.now() - asked;
    slowest = Math.max(slowest, ms);
    if (ms > 1000) {
      slow++;
      fault(`answers took ${Math.round(ms)} ms`);
    }
    for (const { error } of answers) if (error !== undefined) fault(`an answer failed: ${error.message}`);
    if (!(await settled)) fault('no run came to an end');
    for (const said of server.said.splice(0)) fault(`said ${said}`);
    if (server.dead !== undefined) {
      deaths++;
      fault(`the server died: ${server.dead}`);
      server = await begin();
    }
    if (i === Math.min(500, count >> 1)) before = process.memoryUsage.rss();
    if (i % 500 === 499) progress(i + 1);
  }
  const after = process.memoryUsage.rss();
  await server.end();
  return { count, faults, deaths, slowest, slow, memory: { before, after } };
}
