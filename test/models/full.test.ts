/**
 * Every network at its full size (and reduced, where it has that) against PyTorch live: `npm run test:models`. Outputs and every
 * gradient, plain on the backend of scripts and watched on the editor's, which has helper threads. Prints a row for each.
 * MODELS_WRITE=1 also writes what networks.test.ts reads: facts.json, values/.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { threaded } from '../../core/backends/wasm/index.ts';
import { context } from '../../core/context.ts';
import type { DefinedModel, nn } from '../../core/index.ts';
import { evaluate } from '../../core/trace/definition.ts';
import { helperThreads } from '../../extension/host/helpers.ts';
import { wide } from '../harness/wideTiles.ts';
import { type Facts, keep, Reference } from './answer.ts';
import { compare, tolerance, type Worst } from './error.ts';
import { expectFacts } from './facts.ts';
import { modes, onSmallPictures, prepare } from './given.ts';
import { networks } from './networks.ts';
import { plain, referred, shapes, watched } from './run.ts';

const writes = process.env.MODELS_WRITE === '1';
const only = process.env.MODELS_ONLY?.split(',');
const editors = threaded({ wide, helpers: helperThreads() }) ?? context.backend;
const scripts = context.backend;

const columns = [28, 14, 10, 10, 10, 9, 9, 0];
const row = (...cells: string[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(columns[i]!) : cell.padStart(columns[i]!))).join('  '));

let pytorch: Reference;
afterAll(() => pytorch?.end());

beforeAll(() => {
  pytorch = new Reference();
  row('network', 'parameters', 'outputs', '∂ watched', '∂ plain', 'PyTorch', 'ours', 'worst gradient');
});

/** How often start values are drawn where a result is off. */
const draws = 8;

/**
 * A network judged by PyTorch. Where an activation lies within rounding of the corner of a ReLU, or two of a max pooling within
 * rounding of each other, the two sides may take different slopes, and no arithmetic makes their gradients agree: of MobileNetV2 in
 * training PyTorch's own single precision is 5 % off its double precision, of VGG in evaluation 7 %. So where a gradient is off, others
 * are drawn whose norms keep activations away from corners, on smaller pictures; one within the tolerance of `draws` draws is what is
 * asked for, and all are shown.
 * Outputs have no such excuse.
 */
async function judge(name: string, model: DefinedModel, values: 'own' | 'fixed', training: boolean): Promise<void> {
  let off: readonly Worst[] = [];
  for (let draw = 0; draw < (values === 'own' ? draws : 1); draw++) {
    const tried = draw === 0 ? model : onSmallPictures(model);
    off = (await differences(name, tried, values, training, draw)).filter(({ error }) => !(error <= tolerance));
    if (off.some(({ name }) => !name.startsWith('gradient.'))) break;
    if (off.length === 0) return;
  }
  expect(off).toEqual([]);
}

/** What two runs, plain and watched, differ from PyTorch by. */
async function differences(
  name: string,
  model: DefinedModel,
  values: 'own' | 'fixed',
  training: boolean,
  draw: number,
): Promise<readonly Worst[]> {
  const given = prepare(model, { values, training, draw });
  const trace = shapes(model);
  const started = performance.now();
  const outputs = referred(trace.output).map((id) => trace.tensors[id]!.shape);
  const answer = await pytorch.ask(name, given, outputs);
  const answered = performance.now();
  expectFacts(trace, given.root, answer.facts);
  if (writes && values === 'fixed') keep(name, given, answer);
  context.backend = scripts;
  const alone = compare(plain(given), answer.tensors, model);
  context.backend = editors;
  const seen = compare(watched(given), answer.tensors, model);
  context.backend = scripts;
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
  const worst = alone.gradients.error > seen.gradients.error ? alone.gradients : seen.gradients;
  row(
    [name, ...(training ? ['training'] : []), ...(draw > 0 ? [`draw ${draw + 1}`] : [])].join(', '),
    trace.totals.parameters.toLocaleString('en'),
    Math.max(alone.outputs.error, seen.outputs.error).toExponential(1),
    seen.gradients.error.toExponential(1),
    alone.gradients.error.toExponential(1),
    seconds(started, answered),
    seconds(answered, performance.now()),
    worst.name.replace('gradient.', ''),
  );
  return [alone.outputs, seen.outputs, alone.gradients, seen.gradients];
}

const facts: Record<string, Facts> = {};
const chosen = Object.entries(networks).filter(([name]) => only?.includes(name) ?? true);

describe.each(chosen)('%s', (name, network) => {
  const small = network.small ?? network.model;
  test.each(modes(small))('reduced, training: %s', { timeout: 120_000 }, async (training) => {
    await judge(network.small ? `${name} small` : name, small, 'fixed', training);
  });

  test('full size, shapes', { timeout: 300_000 }, async () => {
    const trace = shapes(network.model);
    expect(trace.totals.parameters).toBe(network.parameters);
    facts[name] = await pytorch.facts(name, evaluate(network.model, 'inputs'));
    context.mode = 'shape';
    const root = network.model.model() as nn.Module;
    context.mode = 'value';
    expectFacts(trace, root, facts[name]);
    if (network.shapesOnly) row(name, trace.totals.parameters.toLocaleString('en'), ...Array<string>(3).fill('shapes'));
  });

  if (network.small === undefined || network.shapesOnly) return;
  test.each(modes(network.model))('full size, training: %s', { timeout: 1_800_000 }, (training) =>
    judge(name, network.model, 'own', training),
  );
});

if (writes) test('facts are written', write);

function write(): void {
  const path = join(import.meta.dirname, 'facts.json');
  const before: Record<string, Facts> = only ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const lines = Object.entries({ ...before, ...facts }).map(
    ([name, each]) => `${JSON.stringify(name)}: ${JSON.stringify(each)}`,
  );
  writeFileSync(path, `{\n${lines.join(',\n')}\n}\n`);
}
