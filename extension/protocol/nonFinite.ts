/**
 * VS Code carries webview messages as JSON, which knows no NaN and no infinity and turns them into null. They are named on
 * the way instead. Buffers pass as they are.
 */
const key = '$number';

export function nameNonFinite(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [key]: String(value) };
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return value;
  if (Array.isArray(value)) return value.map(nameNonFinite);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, nameNonFinite(part)]));
}

export function reviveNonFinite(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return value;
  if (Array.isArray(value)) return value.map(reviveNonFinite);
  const named = (value as Record<string, unknown>)[key];
  if (typeof named === 'string') return Number(named);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, reviveNonFinite(part)]));
}
