/**
 * Gradients of random graphs (`graphs.ts`): one answer, whether somebody watches or not and on whatever backend, and that is what
 * differences in double precision say; of gradients of gradients, too.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../../core/backends/backend.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import { type Tensor, tensor } from '../../../core/index.ts';
import { Probe } from '../../../core/trace/probe.ts';
import { Recorder } from '../../../core/trace/recorder.ts';
import { wide } from '../../harness/wideTiles.ts';
import type { Double } from './doubles.ts';
import { type Graph, graphs, losses, lossInDoubles, written } from './graphs.ts';

const usual = context.backend;
afterEach(() => {
  context.backend = usual;
  context.observer = undefined;
});

const leavesOf = ({ leaves }: Graph): Tensor[] =>
  leaves.map(({ shape, data }) => tensor(Float32Array.from(data), { shape, requiresGrad: true }));

/** The gradient of each leaf; one that no output reaches has zeros. */
const gradientsOf = (leaves: readonly Tensor[]): number[][] =>
  leaves.map(({ grad, numel }) => (grad === undefined ? new Array<number>(numel).fill(0) : [...grad.toTypedArray()]));

/** `apart`: every output by itself, gradients add up; else their sum at once. */
function run(graph: Graph, apart: boolean): number[][] {
  const leaves = leavesOf(graph);
  const each = losses(graph, leaves).filter((loss) => loss.requiresGrad);
  if (apart) for (const loss of each) loss.backward();
  else if (each.length > 0) each.reduce((sum, loss) => sum.add(loss)).backward();
  return gradientsOf(leaves);
}

/** As a run of the editor does: everything is kept, and what is told of a gradient stays true. */
function watched(graph: Graph): number[][] {
  const recorder = new Recorder({
    probe: new Probe(),
    timed: true,
    memoryLimit: Number.POSITIVE_INFINITY,
    now: () => 0,
    cancelled: () => false,
    progress: () => {},
  });
  const told = new Map<Tensor, number[]>();
  const gradient = recorder.gradient.bind(recorder);
  recorder.gradient = (of, value, part) => {
    told.set(value, [...value.toTypedArray()]);
    gradient(of, value, part);
  };
  context.observer = recorder;
  const leaves = leavesOf(graph);
  const each = losses(graph, leaves).filter((loss) => loss.requiresGrad);
  recorder.phase = 'backward';
  if (each.length > 0) each.reduce((sum, loss) => sum.add(loss)).backward();
  context.observer = undefined;
  for (const [value, then] of told) expect([...value.toTypedArray()], 'a gradient that was told changed').toEqual(then);
  return gradientsOf(leaves);
}

/** ∂(Σ v·gradient)/∂leaf, of a gradient that was made to be differentiated again. */
function twice(graph: Graph): { first: number[][]; second: number[][] } {
  const leaves = leavesOf(graph);
  const each = losses(graph, leaves).filter((loss) => loss.requiresGrad);
  if (each.length > 0) each.reduce((sum, loss) => sum.add(loss)).backward(undefined, { createGraph: true });
  const first = gradientsOf(leaves);
  const along = leaves.flatMap(({ grad }, k) => {
    if (!grad?.requiresGrad) return [];
    const v = Float32Array.from({ length: grad.numel }, (_, i) => direction(k, i));
    return [grad.mul(tensor(v, { shape: grad.shape })).sum()];
  });
  for (const leaf of leaves) leaf.grad = undefined;
  if (along.length > 0) along.reduce((sum, part) => sum.add(part)).backward();
  return { first, second: gradientsOf(leaves) };
}

const direction = (leaf: number, i: number) => Math.fround(((i * 7 + leaf * 3) % 5) / 4 - 0.5);

/** The loss with leaves moved along `direction` by `along`, and element `i` of leaf `k` by `by`. */
function moved(graph: Graph, along: number, k: number, i: number, by: number): number {
  const leaves = graph.leaves.map(
    ({ shape, data }, leaf): Double => ({
      shape,
      data: data.map((v, j) => v + along * direction(leaf, j) + (leaf === k && j === i ? by : 0)),
    }),
  );
  return lossInDoubles(graph, leaves);
}

/** The graphs are the same on every backend, and so is what they are compared with. */
const known = new Map<string, number[][]>();
function once(order: string, graph: Graph, compute: () => number[][]): number[][] {
  const leaves = graph.leaves.map(({ shape, data }) => `[${shape}] ${data}`);
  const key = [order, ...leaves, JSON.stringify(graph.instructions), graph.outputs].join('\n');
  const result = known.get(key) ?? compute();
  known.set(key, result);
  return result;
}

const differences = (graph: Graph) => once('first', graph, () => firstDifferences(graph));
const secondDifferences = (graph: Graph) => once('second', graph, () => differencesOfDifferences(graph));

function firstDifferences(graph: Graph): number[][] {
  const h = 1e-5;
  return graph.leaves.map(({ data }, k) =>
    Array.from(data, (_, i) => (moved(graph, 0, k, i, h) - moved(graph, 0, k, i, -h)) / (2 * h)),
  );
}

function differencesOfDifferences(graph: Graph): number[][] {
  const h = 5e-4;
  const across = (along: number, k: number, i: number) => moved(graph, along, k, i, h) - moved(graph, along, k, i, -h);
  return graph.leaves.map(({ data }, k) =>
    Array.from(data, (_, i) => (across(h, k, i) - across(-h, k, i)) / (4 * h * h)),
  );
}

function compare(got: number[][], want: number[][], tolerance: number, what: string): void {
  const largest = want.flat().reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  for (const [k, values] of want.entries())
    for (const [i, value] of values.entries())
      if (!(Math.abs(got[k]![i]! - value) <= tolerance * largest))
        expect.fail(`${what}: element ${i} of leaf ${k} is ${got[k]![i]}, it should be ${value}`);
}

/** Holds for so many graphs; where it does not, the smallest is shown. */
function holds(numRuns: number, property: (graph: Graph) => void): void {
  const { failed, counterexample, errorInstance } = fc.check(fc.property(graphs, property), { numRuns, seed: 11 });
  if (!failed) return;
  const words = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  expect.fail(`${words}\n  ${written(counterexample![0])}`);
}

const backends = availableBackends({ wide, eager: true }).map((backend): [string, Backend] => [backend.name, backend]);

describe.each(backends)('gradients of random graphs on %s', { timeout: 60_000 }, (_name, backend) => {
  test('are what differences say, watched or not, of all outputs at once or one by one', () => {
    holds(300, (graph) => {
      context.backend = backend;
      const want = differences(graph);
      compare(run(graph, false), want, 2e-4, 'unwatched');
      compare(run(graph, true), want, 2e-4, 'unwatched, one output after the other');
      compare(watched(graph), want, 2e-4, 'watched');
    });
  });
  test('are so of gradients, too', () => {
    holds(120, (graph) => {
      context.backend = backend;
      const { first, second } = twice(graph);
      compare(first, differences(graph), 2e-4, 'a gradient to be differentiated again');
      compare(second, secondDifferences(graph), 1e-3, 'the gradient of a gradient');
    });
  });
});

test('the graphs have what is to be tried: shared tensors, several outputs, every kind of operation', () => {
  const drawn = fc.sample(graphs, { numRuns: 400, seed: 11 });
  const used = new Set(drawn.flatMap(({ instructions }) => instructions.map(({ name }) => name)));
  expect(used.size).toBeGreaterThan(30);
  const shared = drawn.filter(({ instructions }) => {
    const inputs = instructions.flatMap((each) => each.inputs);
    return new Set(inputs).size < inputs.length;
  });
  expect(shared.length).toBeGreaterThan(250);
  expect(drawn.filter(({ outputs }) => new Set(outputs).size > 1).length).toBeGreaterThan(150);
});
