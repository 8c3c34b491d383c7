/**
 * How a number, a shape, a value reads, wherever one is shown: hover, hint, lens, status bar, picture, command line. Pure.
 */
import { formatShape as shapeInBrackets } from '../../core/format/shape.ts';
import type { ModelTrace, Statistics, TensorRecord, ValueRef } from '../../core/trace/trace.ts';
import { count, number, share } from './numbers.ts';

/** `1 parameter`, `16.6 k parameters`. */
export function formatParameters(n: number): string {
  return n === 0 ? 'no parameters' : `${count(n)} ${n === 1 ? 'parameter' : 'parameters'}`;
}

/** `[batch 2, seq 8, 64]`; `scalar` where there are no axes. */
export function formatShape(tensor: Pick<TensorRecord, 'shape' | 'axes'>, named = true): string {
  return tensor.shape.length === 0 ? 'scalar' : shapeInBrackets(named ? tensor : { shape: tensor.shape });
}

/** `f32 [batch 2, seq 8, 64]`. */
export function formatTensor(tensor: Pick<TensorRecord, 'shape' | 'axes' | 'dtype'>): string {
  return `${tensor.dtype} ${formatShape(tensor)}`;
}

/** What a value is, short: the shape of a tensor (with its type where it is not f32), of a list or dict those of its items. */
export function formatValue(
  value: ValueRef,
  model: Pick<ModelTrace, 'tensors' | 'modules'>,
  named = true,
  depth = 0,
): string {
  switch (value.kind) {
    case 'tensor': {
      const tensor = model.tensors[value.tensor];
      if (tensor === undefined) return 'tensor';
      const shape = formatShape(tensor, named);
      return tensor.dtype === 'f32' ? shape : `${tensor.dtype} ${shape}`;
    }
    case 'module': {
      const module = model.modules[value.module];
      return module === undefined ? 'module' : module.className;
    }
    case 'number':
      return number(value.value);
    case 'list': {
      if (depth > 1) return `(${value.items.length} items)`;
      const shown = value.items.slice(0, 4).map((item) => formatValue(item, model, named, depth + 1));
      if (shown.length > 2 && value.items.length > 2 && shown.every((text) => text === shown[0]))
        return `${value.items.length} × ${shown[0]}`;
      return `(${shown.join(', ')}${value.items.length > 4 ? `, … ${value.items.length} in all` : ''})`;
    }
    case 'dict': {
      const entries = Object.entries(value.entries).filter(([, item]) => item.kind !== 'other');
      if (depth > 1) return `{ ${entries.length} entries }`;
      const shown = entries.slice(0, 4).map(([name, item]) => `${name}: ${formatValue(item, model, named, depth + 1)}`);
      return `{ ${shown.join(', ')}${entries.length > 4 ? `, … ${entries.length} in all` : ''} }`;
    }
    case 'other':
      return '';
    default:
      return value satisfies never;
  }
}

/**
 * Values by what they look like, with how many of each, in order of appearance. Sizes tell them apart; axes that are named in one
 * and not in the other are the same shape, and the text with the more names stands for both.
 */
export function groupValues(
  values: readonly ValueRef[],
  model: Pick<ModelTrace, 'tensors' | 'modules'>,
): { readonly text: string; readonly sizes: string; readonly count: number }[] {
  const groups = new Map<string, { text: string; sizes: string; count: number }>();
  for (const value of values) {
    const sizes = formatValue(value, model, false);
    const text = formatValue(value, model);
    const known = groups.get(sizes);
    if (known === undefined) groups.set(sizes, { text, sizes, count: 1 });
    else {
      known.count++;
      if (text.length > known.text.length) known.text = text;
    }
  }
  return [...groups.values()];
}

/** `NaN 3, +∞ 1, all zero`: what is wrong with the values, empty where nothing is. */
function formatAnomalies(stats: Statistics): string {
  const parts: string[] = [];
  if (stats.nan > 0) parts.push(`NaN ${count(stats.nan)}`);
  if (stats.posInf > 0) parts.push(`+∞ ${count(stats.posInf)}`);
  if (stats.negInf > 0) parts.push(`−∞ ${count(stats.negInf)}`);
  if (stats.zeros === stats.count && stats.count > 0) parts.push('all zero');
  return parts.join(', ');
}

/** `μ 0.01 σ 0.98 [−2.1 … 2.3]`, anomalies first, share of zeros last; one number where there is but one. */
export function formatStatistics(stats: Statistics): string {
  const anomalies = formatAnomalies(stats);
  const finite = stats.count - stats.nan - stats.posInf - stats.negInf;
  const parts = anomalies === '' ? [] : [anomalies];
  if (stats.count === 0) parts.push('empty');
  else if (finite === 1 && stats.count === 1) parts.push(`= ${number(stats.mean)}`);
  else if (finite > 0 && stats.zeros !== stats.count) {
    parts.push(`μ ${number(stats.mean)} σ ${number(stats.std)} [${number(stats.min)} … ${number(stats.max)}]`);
    if (stats.zeros > 0) parts.push(`zeros ${share(stats.zeros, stats.count)}`);
  }
  return parts.join(' · ');
}
