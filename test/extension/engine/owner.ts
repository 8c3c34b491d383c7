/**
 * A process that owns an engine, as the extension host does: `owner.cjs SCRIPT main|thread idle|busy`. In a thread, too, as the server's is.
 * Says `up FOLDER` once the engine is there (busy: once it has been in an endless loop for a while), and ends its thread when it is told anything.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { host as node } from '../../../extension/host/node.ts';

const [, self, script, where, what] = process.argv;
const file = 'file:///w/a.model.ts';
const text = `import { defineModel, randn, type Tensor } from 'tensight';
export default defineModel({ model: () => (x: Tensor) => { for (;;); }, inputs: { x: randn([2, 2]) } });`;

async function own(): Promise<string> {
  const folder = node.openFolder()!;
  node.writePrivate(folder.path, 'parameters', new Uint8Array(9));
  const host = new EngineHost({ script: script!, memoryLimit: 200, folder: folder.path });
  await host.warmUp();
  if (what === 'busy') {
    const { modules, sites } = new SourceCompiler().compile(file, { read: () => text });
    const request = { run: 1, mode: 'forward', entry: file, modules, sites, fallback: true } as const;
    void host.run(request, { timeoutMs: 600_000 });
    await pause(500);
  }
  return folder.path;
}

const up = (folder: string) => process.stdout.write(`up ${folder}\n`);
if (!isMainThread) void own().then((folder) => parentPort!.postMessage(folder));
else if (where === 'main') void own().then(up);
else {
  const worker = new Worker(self!, { argv: process.argv.slice(2) });
  worker.once('message', up);
  process.stdin.once('data', () => void worker.terminate());
}
