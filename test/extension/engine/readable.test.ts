import { describe, expect, it } from 'vitest';
import { host } from '#host';
import { probeNames } from '../../../extension/compiler/marks.ts';
import { Instances } from '../../../extension/engine/instances.ts';
import { Loader } from '../../../extension/engine/loader.ts';
import type { Realm } from '../../../extension/engine/realm.ts';
import { compileFiles } from '../compiler/programs/run.ts';

/** Programs that fail, and what is said. */
const failing: Record<string, string> = {
  "import { x } from './b'; x();": 'x is not a function',
  "import { nn } from 'tensight'; import { x } from './b'; [nn, x.y.z];":
    "Cannot read properties of undefined (reading 'z')",
  "import { nn as n } from 'tensight'; (n as any)();": 'n is not a function',
  "import { 'a b' as x } from './b'; new (x as any)();": 'not a constructor',
  "import early from './a'; early; export default [1];": "Cannot access 'default' before initialization",
  "import { x } from './b'; for (const y of x.length) y;": '(…).length is not iterable',
};

describe('what an error says has no names that compiling made', () => {
  for (const by of ['text', 'tree'] as const)
    for (const [text, said] of Object.entries(failing))
      it(`${by}: ${text}`, () => {
        const files = { 'a.ts': text, 'b.ts': "export const x: any = []; export { x as 'a b' };" };
        const { modules, sites } = compileFiles(files, { by });
        const loader = new Loader({ entry: modules[0]!.file, modules, sites }, {}, {} as Realm);
        const pass = (_: unknown, value: unknown) => value;
        const run = () =>
          new Instances(new Map(modules.map((module) => [module.file, module])), {}, ({ code }, exports, require) =>
            host.compile(
              code,
              ['exports', 'require', ...Object.values(probeNames)],
              'a.ts',
            )(...[exports, require, () => 0, pass, pass, () => {}]),
          ).evaluateEntry(modules[0]!.file);
        let message = '';
        try {
          run();
        } catch (error) {
          message = loader.readable((error as Error).message);
        }
        expect(message).toContain(said);
        expect(message).not.toMatch(/__|_b\b|_tensight|\(0/);
      });
});
