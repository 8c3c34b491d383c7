import type { Range, ValueRef } from '../../core/trace/trace.ts';
import { formatParameters, groupValues } from '../reading/format.ts';
import { instancesAt } from './links.ts';
import { compare, type Position } from './positions.ts';
import type { Observation, TracedExpression, View } from './view.ts';

/** A shape written into the text. */
export interface Hint {
  readonly position: Position;
  readonly label: string;
  readonly spot: TracedExpression;
}

const longestLabel = 90;

/**
 * Behind declared names, function arguments and returned expressions of a file.
 * `lineAt`: the present text of a line. `fields`: layers' parameters too, for when no lens says them.
 */
export function inlayHints(
  view: View,
  file: string,
  within: Range,
  lineAt: (line: number) => string,
  fields: boolean,
): Hint[] {
  const hints = new Map<string, Hint>();
  for (const spot of view.spots(file)) {
    const { kind } = spot.site;
    if (kind === 'expression') continue;
    const { end } = spot.range;
    if (compare(end, within.start) < 0 || compare(within.end, end) < 0) continue;
    const text = kind === 'field' ? fieldText(spot, fields) : hintText(spot);
    if (text === '') continue;
    const annotation = kind === 'return' ? 0 : annotationLength(lineAt(end.line).slice(end.character));
    const position = { line: end.line, character: end.character + annotation };
    const mark = spot.stale ? ' ⋯ ' : kind === 'return' ? ' → ' : annotation > 0 ? ' ' : ': ';
    // An arrow function's body and a `return` can end at one place: one hint there is enough.
    hints.set(`${position.line}:${position.character}`, { position, label: mark + shorten(text), spot });
  }
  return [...hints.values()];
}

/** What to say of the values of a place, empty where there is nothing worth it. */
function hintText(spot: TracedExpression): string {
  const different = new Map<string, string>();
  let count = 0;
  for (const { model, values } of spot.seen) {
    count = Math.max(count, values.count);
    const tensors = values.values.flatMap(({ value }) => (isTensors(value) ? [value] : []));
    for (const { text, sizes } of groupValues(tensors, model)) if (!different.has(sizes)) different.set(sizes, text);
  }
  const texts = [...different.values()];
  if (texts.length === 0) return '';
  const shown = texts.length > 2 ? `${texts[0]} | … ${texts.length} shapes` : texts.join(' | ');
  return count > 1 && texts.length > 1 ? `${shown} ×${count}` : shown;
}

function fieldText(spot: TracedExpression, layers: boolean): string {
  const tensors = hintText(spot);
  if (tensors !== '' || !layers) return tensors;
  const seen = spot.seen[0];
  const module = seen === undefined ? undefined : moduleAt(seen);
  return module === undefined || module.parameters === 0 ? '' : formatParameters(module.parameters);
}

function moduleAt(seen: Observation) {
  return seen.model.modules[instancesAt(seen)[0] ?? -1];
}

function isTensors(value: ValueRef): boolean {
  switch (value.kind) {
    case 'tensor':
      return true;
    case 'list':
      return value.items.some(isTensors);
    case 'dict':
      return Object.values(value.entries).some(isTensors);
    case 'module':
    case 'number':
    case 'other':
      return false;
    default:
      return value satisfies never;
  }
}

/** Length of `?: Tensor` after a name, so that the hint stands after its type. */
function annotationLength(after: string): number {
  return /^\s*(?:[?!]\s*)?:\s*(?:readonly\s+)?[\w$.]+(?:<[^<>]*>)?(?:\[\])*/.exec(after)?.[0].length ?? 0;
}

function shorten(text: string): string {
  return text.length <= longestLabel ? text : `${text.slice(0, longestLabel - 1)}…`;
}
