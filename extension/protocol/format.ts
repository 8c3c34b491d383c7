/**
 * How a number, a shape, a value reads, wherever one is shown: hover, hint, lens, status bar, picture, command line. Pure.
 */
import type { ModelTrace, Statistics, TensorRecord, ValueRef } from '../../core/trace/trace.ts';

const minus = (text: string): string => text.replaceAll('-', '−');

/** Three significant digits: `0.0123`, `−2.1`, `3.2e−5`, `NaN`, `∞`. */
export function formatNumber(x: number): string {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
  if (x === 0) return '0';
  const size = Math.abs(x);
  if (size >= 1e5 || size < 1e-3) return minus(Number(x.toPrecision(3)).toExponential());
  return minus(String(Number(x.toPrecision(3))));
}

function scaled(n: number, base: number, units: readonly string[], separator = ' '): string {
  let unit = 0;
  let value = n;
  while (Number(value.toPrecision(3)) >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  const digits = unit === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(value >= 1000 ? 4 : 3)));
  return units[unit] === '' ? digits : `${digits}${separator}${units[unit]}`;
}

/** `640`, `16.6 k`, `124 M`, `175 B`. */
export function formatCount(n: number): string {
  return scaled(n, 1000, ['', 'k', 'M', 'B', 'T']);
}

/** `1 parameter`, `16.6 k parameters`. */
export function formatParameters(n: number): string {
  return n === 0 ? 'no parameters' : `${formatCount(n)} ${n === 1 ? 'parameter' : 'parameters'}`;
}

/** `1.2 MFLOPs`. */
export function formatFlops(n: number): string {
  return scaled(n, 1000, ['FLOPs', 'kFLOPs', 'MFLOPs', 'GFLOPs', 'TFLOPs', 'PFLOPs']);
}

/** `512 B`, `4 KB`, `1.5 MB`: powers of 1024. */
export function formatBytes(n: number): string {
  return scaled(n, 1024, ['B', 'KB', 'MB', 'GB', 'TB', 'PB']);
}

/** `0.4 ms`, `12 ms`, `1.2 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return `${ms >= 10 ? Math.round(ms) : Math.round(ms * 10) / 10} ms`;
}

/** `[batch 2, seq 8, 64]`; `scalar` where there are no axes. */
export function formatShape(tensor: Pick<TensorRecord, 'shape' | 'axes'>, named = true): string {
  if (tensor.shape.length === 0) return 'scalar';
  const axes = tensor.shape.map((size, axis) => {
    const name = tensor.axes[axis]?.name;
    return name === undefined || !named ? String(size) : `${name} ${size}`;
  });
  return `[${axes.join(', ')}]`;
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
      return formatNumber(value.value);
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
export function formatAnomalies(stats: Statistics): string {
  const parts: string[] = [];
  if (stats.nan > 0) parts.push(`NaN ${formatCount(stats.nan)}`);
  if (stats.posInf > 0) parts.push(`+∞ ${formatCount(stats.posInf)}`);
  if (stats.negInf > 0) parts.push(`−∞ ${formatCount(stats.negInf)}`);
  if (stats.zeros === stats.count && stats.count > 0) parts.push('all zero');
  return parts.join(', ');
}

/** `μ 0.01 σ 0.98 [−2.1 … 2.3]`, anomalies first, share of zeros last; one number where there is but one. */
export function formatStatistics(stats: Statistics): string {
  const anomalies = formatAnomalies(stats);
  const finite = stats.count - stats.nan - stats.posInf - stats.negInf;
  const parts = anomalies === '' ? [] : [anomalies];
  if (stats.count === 0) parts.push('empty');
  else if (finite === 1 && stats.count === 1) parts.push(`= ${formatNumber(stats.mean)}`);
  else if (finite > 0 && stats.zeros !== stats.count) {
    parts.push(
      `μ ${formatNumber(stats.mean)} σ ${formatNumber(stats.std)} [${formatNumber(stats.min)} … ${formatNumber(stats.max)}]`,
    );
    if (stats.zeros > 0) parts.push(`zeros ${formatShare(stats.zeros / stats.count)}`);
  }
  return parts.join(' · ');
}

/** `12 %`; `< 0.1 %` rather than a rounded zero. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent < 100 && percent > 99.9) return '> 99.9 %';
  return `${Number(percent.toPrecision(percent < 10 ? 2 : 3))} %`;
}
