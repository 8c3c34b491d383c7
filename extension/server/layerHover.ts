import type { CallRecord, ModelTrace, ModuleRecord, ValueRef } from '../../core/trace/trace.ts';
import {
  formatCount,
  formatFlops,
  formatMs,
  formatNumber,
  formatParameters,
  formatShape,
  formatValue,
} from '../protocol/format.ts';
import { commandLink, instancesAt, layerRef } from './links.ts';
import { blocks, cell, code, plain, table } from './markdown.ts';
import { provenance } from './provenance.ts';
import type { Seen, Spot } from './view.ts';

const mostParameters = 12;
const mostInstances = 8;

/** What a layer is: class, arguments, parameters, what goes in and comes out, what it costs. */
export function layerHover(spot: Spot, seen: Seen, executed: Seen | undefined, uri: string): string {
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
  const flow = layerFlow(module, model);
  lines.push([flow === '' ? 'not called' : flow, provenance(seen)].join(' · '));

  const run = executed?.model;
  const twin = run?.modules.find(({ path }) => path === module.path);
  const cost = costOf(module, model, twin, run);
  if (cost !== '') lines.push(cost);
  if (module.own.length > 0) lines.push(parameterTable(module, model, twin, run));
  if (instances.length > 1) {
    const paths = instances.map((id) => code(model.modules[id]?.path ?? ''));
    const more = paths.length > mostInstances ? ` … ${paths.length} in all` : '';
    lines.push(`instances: ${paths.slice(0, mostInstances).join(', ')}${more}`);
  } else if (module.path !== '') lines.push(`in the stateDict: ${code(module.path)}`);
  const layer = layerRef(uri, model, instances);
  lines.push(
    [
      commandLink(layer.layer === undefined ? '▷ Run model' : '▷ Run layer', 'tensight.runLayer', layer),
      commandLink('↺ Backward', 'tensight.runBackward', layer),
      commandLink('Inspect', 'tensight.inspect', layer),
    ].join(' · '),
  );
  return blocks(lines);
}

/** `[batch 2, seq 8] → [batch 2, seq 8, 64]` of its first call; empty where it was never called. */
export function layerFlow(module: ModuleRecord, model: ModelTrace): string {
  const call = model.calls[module.calls[0] ?? -1];
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
  if (times.length > 0) parts.push(formatMs(sum(times)));
  return parts.join(' · ');
}

function parameterTable(
  module: ModuleRecord,
  model: ModelTrace,
  twin: ModuleRecord | undefined,
  run: ModelTrace | undefined,
): string {
  const graded = twin?.own.some(({ tensor }) => run?.tensors[tensor]?.gradient !== undefined) ?? false;
  const rows = module.own.slice(0, mostParameters).map(({ name, tensor, kind, tiedTo }) => {
    const record = model.tensors[tensor];
    const count = record?.shape.reduce((a, b) => a * b, 1) ?? 0;
    const notes = [kind === 'buffer' ? 'buffer' : '', tiedTo === undefined ? '' : `tied to ${code(tiedTo)}`];
    const own = twin?.own.find((one) => one.name === name);
    const norm = own === undefined ? undefined : run?.tensors[own.tensor]?.gradient?.norm;
    return [
      cell(name),
      record === undefined ? '' : cell(formatShape(record)),
      formatCount(count),
      notes.filter((note) => note !== '').join(', '),
      ...(graded ? [norm === undefined ? '' : code(formatNumber(norm))] : []),
    ];
  });
  const more =
    module.own.length > mostParameters ? `\n\n… ${module.own.length - mostParameters} more parameters and buffers` : '';
  return table(['parameter', 'shape', 'count', '', ...(graded ? ['‖∂L‖'] : [])], rows) + more;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
