// A worker that runs programs by Node's own ES modules, on which the compiler's are held up. Needs --experimental-vm-modules.
import vm from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { show } from './show.mjs';

parentPort?.on('message', async ({ files, entry }) => {
  /** @type {string[]} */
  const lines = [];
  Object.assign(globalThis, {
    log: (/** @type {unknown[]} */ ...values) => lines.push(values.map((value) => show(value)).join(' ')),
  });
  /** @type {Map<string, vm.SourceTextModule>} */
  const modules = new Map();
  const moduleOf = (/** @type {string} */ name) => {
    const known = modules.get(name);
    if (known !== undefined) return known;
    const made = new vm.SourceTextModule(files[name], { identifier: name });
    modules.set(name, made);
    return made;
  };
  let failure = '';
  /** @type {unknown[]} */
  const broken = [];
  try {
    const module = moduleOf(entry);
    await module.link((specifier) => {
      try {
        return moduleOf(`${specifier.replace('./', '')}.ts`);
      } catch (error) {
        // Thrown here it would also be thrown where nobody catches it.
        broken.push(error);
        return new vm.SourceTextModule('');
      }
    });
    if (broken.length > 0) throw broken[0];
    await module.evaluate();
    lines.push(`exports ${Object.keys(module.namespace)}`);
  } catch (error) {
    failure = error instanceof SyntaxError ? 'SyntaxError' : show(error);
  }
  parentPort?.postMessage({ lines, failure });
});
