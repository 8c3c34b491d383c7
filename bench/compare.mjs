import { SetupError } from '../scripts/lib/run.mjs';

/**
 * Throws where two engines do not agree: engines that compute different things are not compared.
 * @param {string} bench
 * @param {{ name: string, outputs: readonly (readonly number[])[] }} first
 * @param {{ name: string, outputs: readonly (readonly number[])[] }} second
 */
export function compare(bench, first, second) {
  first.outputs.forEach((values, i) => {
    const others = second.outputs[i] ?? [];
    if (others.length !== values.length)
      throw new SetupError(`${bench}: ${first.name} gives ${values.length} numbers, ${second.name} ${others.length}.`);
    const size = Math.max(...values.map(Math.abs));
    values.forEach((x, j) => {
      const y = others[j] ?? Number.NaN;
      if (!(Math.abs(x - y) <= 2e-4 * Math.max(Math.abs(x), size)))
        throw new SetupError(`${bench}: output ${i}, number ${j}: ${first.name} has ${x}, ${second.name} has ${y}.`);
    });
  });
}
