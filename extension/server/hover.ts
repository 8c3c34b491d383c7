/** The text of a hover: what the place holds, one line a fact, the most telling first. Under 80 kB by construction. */
import type { ModelTrace, TensorRecord, ValueRef } from '../../core/trace/trace.ts';
import { formatStatistics, formatTensor, formatValue, groupValues } from '../reading/format.ts';
import { normOf } from '../reading/gradients.ts';
import { bytes, number } from '../reading/numbers.ts';
import { layerHover } from './layerHover.ts';
import { commandLink, layerRef } from './links.ts';
import { blocks, code, plain, table } from './markdown.ts';
import { outOfDate, provenance } from './provenance.ts';
import type { Observation, TracedExpression } from './view.ts';

const mostModels = 3;
const mostRows = 8;
const mostLabels = 16;

/**
 * `uri`: the model file whose trace this is, to which the links belong. `told`: a diagnostic speaks at this place, which says more of a
 * layer than its description.
 */
export function hoverText(spot: TracedExpression, uri: string, told = false): string {
  const parts = spot.seen.slice(0, mostModels).map((seen) => {
    const executed = spot.executed.find((one) => one.model.exportName === seen.model.exportName);
    const text = seen.values.values.some(({ value }) => value.kind === 'module')
      ? told
        ? ''
        : layerHover(spot, seen, executed, uri)
      : valueHover(spot, seen, executed, uri);
    return spot.seen.length > 1 && text !== '' ? `*${plain(seen.model.name)}*\n\n${text}` : text;
  });
  if (spot.seen.length > mostModels) parts.push(`… and in ${spot.seen.length - mostModels} more models of this file`);
  return parts.filter((part) => part !== '').join('\n\n---\n\n');
}

function valueHover(spot: TracedExpression, seen: Observation, executed: Observation | undefined, uri: string): string {
  const { model, values } = seen;
  const shapes = groupValues(
    values.values.map(({ value }) => value),
    model,
  );
  const first = values.values[0]!;
  const lines: string[] = [];
  const name = spot.site.kind === 'expression' || spot.site.kind === 'return' ? '' : `**${plain(spot.site.text)}** `;
  const times = values.count > 1 ? ` · ×${values.count}` : '';

  if (shapes.length === 1 && first.value.kind === 'tensor') {
    const tensor = model.tensors[first.value.tensor];
    if (tensor === undefined) return '';
    lines.push(`${name}${code(formatTensor(tensor))} · ${bytes(tensor.bytes)}${times}`);
    lines.push(origin(tensor, seen, executed));
  } else if (shapes.length === 1) {
    lines.push(`${name}${code(formatValue(first.value, model))}${times}`);
    lines.push(...items(first.value, model), provenance(seen, executed));
  } else {
    lines.push(`${name}${times.slice(3)}, ${shapes.length} different shapes`);
    lines.push(
      ...shapes.slice(0, mostRows).map(({ text, count }) => `- ${code(text)}${count > 1 ? ` ×${count}` : ''}`),
    );
    if (shapes.length > mostRows) lines.push(`- … ${shapes.length - mostRows} more`);
    lines.push(provenance(seen, executed));
  }

  const call = first.call === undefined ? undefined : model.calls[first.call];
  if (call !== undefined) {
    const layer = layerRef(uri, model, [call.module]);
    lines.push(
      [
        commandLink(layer.layer === undefined ? 'Run model' : 'Run layer', 'tensight.runLayer', layer),
        commandLink('Backward', 'tensight.runBackward', layer),
        commandLink('Inspect', 'tensight.inspect', layer),
      ].join(' · '),
    );
  }
  const tensor = shapes.length === 1 && first.value.kind === 'tensor' ? model.tensors[first.value.tensor] : undefined;
  if (tensor !== undefined) lines.push(...labels(tensor));
  if (executed !== undefined) lines.push(...statistics(executed));
  return blocks(lines);
}

/** `inferred · made by add at line 24 · in blocks.0`. */
function origin(tensor: TensorRecord, seen: Observation, executed: Observation | undefined): string {
  const { model } = seen;
  const parts = [provenance(seen, executed)];
  if (tensor.role === 'parameter' || tensor.role === 'buffer') {
    parts.push(`${tensor.role} ${code(tensor.name ?? '')}`);
    if (!tensor.requiresGrad && tensor.role === 'parameter') parts.push('frozen');
  } else if (tensor.role === 'input') parts.push(`input ${code(tensor.name ?? '')}`);
  const op = tensor.op === undefined ? undefined : model.ops[tensor.op];
  if (op !== undefined) {
    const site = op.site === undefined ? undefined : seen.trace.sites[op.site];
    const path = op.call === undefined ? '' : (model.modules[model.calls[op.call]?.module ?? -1]?.path ?? '');
    const line = site === undefined ? '' : ` at line ${site.range.start.line + 1}`;
    parts.push(`made by ${code(op.name)}${line}${path === '' ? '' : ` in ${code(path)}`}`);
  }
  return parts.join(' · ');
}

/** What the positions of an axis stand for, where it was said: tokens, classes. */
function labels(tensor: TensorRecord): string[] {
  return tensor.axes.flatMap(({ name, labels }, axis) => {
    if (labels === undefined || labels.length === 0) return [];
    const row = (Array.isArray(labels[0]) ? labels[0] : labels) as readonly string[];
    const shown = row.slice(0, mostLabels).map((label) => (label.trim() === '' ? '␣' : label));
    const more = row.length > mostLabels ? ` … ${row.length} in all` : '';
    return [`${plain(name ?? `axis ${axis}`)}: ${code(shown.join(' '))}${more}`];
  });
}

/** The parts of a list or dict, each on its line. */
function items(value: ValueRef, model: ModelTrace): string[] {
  const parts: (readonly [string, ValueRef])[] =
    value.kind === 'list'
      ? value.items.map((item, index) => [String(index), item])
      : value.kind === 'dict'
        ? Object.entries(value.entries)
        : [];
  const lines = parts.slice(0, mostRows).map(([name, item]) => {
    const tensor = item.kind === 'tensor' ? model.tensors[item.tensor] : undefined;
    const size = tensor === undefined ? '' : ` · ${bytes(tensor.bytes)}`;
    return `- ${plain(name)}: ${code(tensor === undefined ? formatValue(item, model) || '…' : formatTensor(tensor))}${size}`;
  });
  if (parts.length > mostRows) lines.push(`- … ${parts.length - mostRows} more`);
  return lines;
}

/** Values and gradients of the last run; a row each where the place was reached more than once. */
function statistics(executed: Observation): string[] {
  const { model, values } = executed;
  const tensors = values.values.flatMap(({ value, call }) => {
    const refs = value.kind === 'list' ? value.items : [value];
    return refs.flatMap((ref) => {
      const tensor = ref.kind === 'tensor' ? model.tensors[ref.tensor] : undefined;
      const path = call === undefined ? '' : (model.modules[model.calls[call]?.module ?? -1]?.path ?? '');
      return tensor?.stats === undefined ? [] : [{ tensor, path }];
    });
  });
  const old = outOfDate(executed);
  const mark = old === '' ? '' : ` ${old}`;
  if (tensors.length === 0) return [];
  if (tensors.length === 1) {
    const { tensor } = tensors[0]!;
    const lines = [`${emphasis(tensor)}${code(formatStatistics(tensor.stats!))}${mark}`];
    if (tensor.gradient !== undefined) lines.push(`${gradient(tensor)}${mark}`);
    return lines;
  }
  const graded = tensors.some(({ tensor }) => tensor.gradient !== undefined);
  const rows = tensors
    .slice(0, mostRows)
    .map(({ tensor, path }, index) => [
      path === '' ? String(index + 1) : plain(path),
      plain(formatStatistics(tensor.stats!)),
      ...(graded ? [tensor.gradient === undefined ? '' : plain(formatNorm(tensor))] : []),
    ]);
  const more = tensors.length > mostRows ? [`… ${tensors.length - mostRows} more`] : [];
  return [table(['in', `values${mark}`, ...(graded ? ['‖gradient‖'] : [])], rows), ...more];
}

/** A warning sign where values are not finite. */
function emphasis({ stats }: TensorRecord): string {
  return stats !== undefined && stats.nan + stats.posInf + stats.negInf > 0 ? '⚠ ' : '';
}

function gradient(tensor: TensorRecord): string {
  return `∂L: ${code(`‖g‖ ${formatNorm(tensor)} · ${formatStatistics(tensor.gradient!)}`)}`;
}

function formatNorm({ gradient }: TensorRecord): string {
  return gradient === undefined ? '' : number(normOf(gradient));
}
