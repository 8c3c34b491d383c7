/** Arguments of a layer in words: `inFeatures=64, outFeatures=256, bias=true`. */
import type { ModuleRecord, Plain } from '../../core/trace/trace.ts';

export function formatConfig(config: NonNullable<ModuleRecord['config']>): string {
  return Object.entries(config)
    .map(([name, value]) => `${name}=${formatPlain(value)}`)
    .join(', ');
}

function formatPlain(value: Plain): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(formatPlain).join(', ')}]`;
  return described(value as { readonly [name: string]: Plain });
}

/** See `Described` in core/plain.ts. */
function described(value: { readonly [name: string]: Plain }): string {
  const { number, tensor, shape, function: name, object, list } = value;
  if (typeof number === 'string') return number;
  if (typeof tensor === 'string') return `${tensor} ${formatPlain(shape ?? [])}`;
  if (typeof name === 'string') return name || 'a function';
  if (typeof object === 'string') return object;
  if (typeof list === 'number') return `${list} items`;
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}: ${formatPlain(part)}`)
    .join(', ')} }`;
}
