import type { CallRecord, ModelTrace, ModuleRecord, ValueRef } from '../../core/trace/trace.ts';
import { formatConfig } from '../reading/config.ts';
import { formatParameters, formatShape, formatValue } from '../reading/format.ts';
import { normOf } from '../reading/gradients.ts';
import { duration, count as formatCount, flops as formatFlops, number } from '../reading/numbers.ts';
import { commandLink, instancesAt, layerRef } from './links.ts';
import { blocks, code, plain, table } from './markdown.ts';
import { provenance } from './provenance.ts';
import type { Observation, TracedExpression } from './view.ts';

const mostParameters = 12;
const mostInstances = 8;

/** What a layer is: class, arguments, parameters, what goes in and comes out, what it costs. */
export function layerHover(
  spot: TracedExpression,
  seen: Observation,
  executed: Observation | undefined,
  uri: string,
): string {
  const { model } = seen;
  const instances = instancesAt(seen);
  const module = model.modules[instances[0] ?? -1];
  if (module === undefined) return '';
  const lines: string[] = [];
  const detail = module.detail === undefined ? '' : ` ${code(module.detail)}`;
  const times = instances.length > 1 ? ` · ×${instances.length}` : '';
  const name = spot.site.kind === 'expression' || spot.site.kind === 'return' ? module.name : spot.site.text;
  lines.push(
    `**${plain(name === '' ? model.name : name)}** ${code(module.className)}${detail} · ${formatParameters(module.parameters)}${times}`,
  );
  const flow = layerFlow(
    module,
    model,
    spot.before?.models.find(({ exportName }) => exportName === model.exportName),
  );
  const run = executed?.model;
  const twin = run?.modules.find(({ path }) => path === module.path);
  const cost = costOf(module, model, twin, run);
  const facts = [flow === '' ? 'not called' : code(flow), provenance(seen, executed), cost];
  lines.push(facts.filter((fact) => fact !== '').join(' · '));
  const layer = layerRef(uri, model, instances);
  lines.push(
    [
      commandLink(layer.layer === undefined ? 'Run model' : 'Run layer', 'tensight.runLayer', layer),
      commandLink('Backward', 'tensight.runBackward', layer),
      commandLink('Inspect', 'tensight.inspect', layer),
    ].join(' · '),
  );
  lines.push(parameterTable(module, model, run));
  if (instances.length > 1) {
    const paths = instances.map((id) => code(model.modules[id]?.path ?? ''));
    const more = paths.length > mostInstances ? ` … ${paths.length} in all` : '';
    lines.push(`instances: ${paths.slice(0, mostInstances).join(', ')}${more}`);
  } else if (module.path !== '') lines.push(`in the stateDict: ${code(module.path)}`);
  if (module.config !== undefined) lines.push(code(formatConfig(module.config)));
  return blocks(lines);
}

/**
 * `[batch 2, seq 8] → [batch 2, seq 8, 64]` of its first call; empty where it was never called. Where an error came before it or
 * in it, what the last complete run had, marked.
 */
export function layerFlow(module: ModuleRecord, model: ModelTrace, before?: ModelTrace): string {
  const call = model.calls[module.calls[0] ?? -1];
  if (call?.output === undefined && !model.complete) {
    const twin = before?.modules.find(({ path, className }) => path === module.path && className === module.className);
    const flow = twin === undefined || before === undefined ? '' : layerFlow(twin, before);
    if (flow !== '') return `⋯ ${flow}`;
  }
  if (call === undefined) return '';
  return `${inputText(call, model)} → ${call.output === undefined ? '?' : mainText(call.output, model)}`;
}

/** The first tensor in, and the others that differ from it. */
function inputText(call: CallRecord, model: ModelTrace): string {
  const texts = call.inputs.flatMap((input) => (hasTensor(input) ? [formatValue(input, model)] : []));
  const different = [...new Set(texts)];
  if (different.length === 0) return '()';
  return different.length > 2 ? `${different[0]}, …` : different.join(', ');
}

/** What a tuple is about is its first tensor; that there is more is said. */
function mainText(value: ValueRef, model: ModelTrace): string {
  if (value.kind !== 'list') return formatValue(value, model);
  const tensors = value.items.filter(hasTensor);
  if (tensors.length === 0) return formatValue(value, model);
  return `${formatValue(tensors[0]!, model)}${tensors.length > 1 ? ', …' : ''}`;
}

function hasTensor(value: ValueRef): boolean {
  switch (value.kind) {
    case 'tensor':
      return true;
    case 'list':
      return value.items.some(hasTensor);
    case 'dict':
      return Object.values(value.entries).some(hasTensor);
    default:
      return false;
  }
}

function costOf(
  module: ModuleRecord,
  model: ModelTrace,
  twin: ModuleRecord | undefined,
  run: ModelTrace | undefined,
): string {
  const parts: string[] = [];
  if (module.calls.length > 1) parts.push(`called ×${module.calls.length}`);
  const flops = sum(module.calls.map((id) => model.calls[id]?.flops ?? 0));
  if (flops > 0) parts.push(formatFlops(flops));
  const times = twin?.calls.flatMap((id) => run?.calls[id]?.ms ?? []) ?? [];
  if (times.length > 0) parts.push(duration(sum(times)));
  return parts.join(' · ');
}

/** All parameters and buffers at and below a layer, by their names in its own stateDict. */
function parameterTable(module: ModuleRecord, model: ModelTrace, run: ModelTrace | undefined): string {
  const all = parametersOf(module, model);
  if (all.length === 0) return '';
  const measured = new Map(run === undefined ? [] : parametersOf(run.modules[0]!, run).map((one) => [one.full, one]));
  const gradientOf = (full: string) => run?.tensors[measured.get(full)?.tensor ?? -1]?.gradient;
  const graded = all.some(({ full }) => gradientOf(full) !== undefined);
  const rows = all.slice(0, mostParameters).map(({ full, name, tensor, kind, tiedTo }) => {
    const record = model.tensors[tensor];
    const count = record?.shape.reduce((a, b) => a * b, 1) ?? 0;
    const notes = [kind === 'buffer' ? 'buffer' : '', tiedTo === undefined ? '' : `tied to ${plain(tiedTo)}`];
    const gradient = gradientOf(full);
    return [
      plain(name),
      record === undefined ? '' : plain(formatShape(record)),
      formatCount(count),
      ...(graded ? [gradient === undefined ? '' : plain(number(normOf(gradient)))] : []),
      notes.filter((note) => note !== '').join(', '),
    ];
  });
  const more = all.length > mostParameters ? `\n\n… ${all.length - mostParameters} more` : '';
  return table(['parameter', 'shape', 'count', ...(graded ? ['‖∂L‖'] : []), ''], rows) + more;
}

function parametersOf(module: ModuleRecord, model: ModelTrace) {
  const prefix = module.path === '' ? '' : `${module.path}.`;
  return model.modules
    .filter(({ id, path }) => id === module.id || path.startsWith(prefix))
    .flatMap(({ path, own }) =>
      own.map((one) => {
        const full = path === '' ? one.name : `${path}.${one.name}`;
        return { ...one, full, name: full.slice(prefix.length) };
      }),
    );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
