/** Every golden case on every backend: our outputs and gradients against PyTorch's. The closing lines come from `reporter.ts`. */
import { beforeAll, describe, test } from 'vitest';
import { availableBackends, threaded } from '../../core/backends/wasm/index.ts';
import { context } from '../../core/context.ts';
import type { Tensor } from '../../core/index.ts';
import { helperThreads } from '../../extension/host/helpers.ts';
import { wide } from '../harness/wideTiles.ts';
import { type Case, type CaseData, cases, loadCase } from './cases.ts';
import { expectClose } from './compare.ts';
import { Missing } from './lookup.ts';
import { alsoReady } from './ready.ts';
import { type Computed, runCase } from './run.ts';

function check(golden: Case, data: CaseData, { outputs, params = data.params }: Computed): void {
  const also = alsoReady[golden.op]?.(golden, data) ?? {};
  for (const expected of golden.outputs) {
    const { name } = expected;
    const output = outputs[name];
    if (output === undefined) throw new Error(`the case's code gives no output ${name}`);
    const want = data.file[`output.${name}`]!;
    expectClose(name, output, want, expected);
    if (also[name] !== undefined) expectClose(`${name} by the ready-made function`, also[name], want, expected);
  }
  const losses = golden.outputs
    .filter(({ cotangent }) => cotangent)
    .map(({ name }) => outputs[name]!.mul(data.file[`cotangent.${name}`]!).sum());
  if (losses.length === 0 || golden.grads.length === 0) return;
  losses.reduce((sum, loss) => sum.add(loss)).backward();
  for (const expected of golden.grads) {
    const [kind, ...rest] = expected.of.split('.');
    const name = rest.join('.');
    const source: Tensor | undefined = kind === 'input' ? data.inputs[name] : params[name];
    if (source?.grad === undefined) throw new Error(`${expected.of} got no gradient`);
    expectClose(`grad.${expected.of}`, source.grad, data.file[`grad.${expected.of}`]!, expected);
  }
}

/** With a helper too, which takes part in the smallest products here. */
const shared = threaded({ wide, eager: true, helpers: helperThreads(1) });

for (const backend of [...(shared ? [shared] : []), ...availableBackends({ wide })])
  describe(backend.name, () => {
    beforeAll(() => {
      context.backend = backend;
    });

    for (const group of new Set(cases.map(({ group }) => group))) {
      describe(group, () => {
        for (const golden of cases.filter((one) => one.group === group)) {
          test(`${golden.id} gives what ${golden.op} gives`, (run) => {
            const data = loadCase(golden);
            let computed: Computed;
            try {
              computed = runCase(golden, data);
            } catch (error) {
              if (error instanceof Missing) run.skip(error.what);
              throw error;
            }
            check(golden, data, computed);
          });
        }
      });
    }
  });
