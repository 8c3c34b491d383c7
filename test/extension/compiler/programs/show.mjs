/**
 * A value as text, the same wherever it was made.
 * @param {unknown} value
 * @returns {string}
 */
export function show(value, depth = 0) {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'string')
    return JSON.stringify(value.replace(/Cannot access '.*' before initialization/, '(too early)'));
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth > 3) return '…';
  if ('name' in value && 'message' in value && 'stack' in value)
    return `${value.name}: ${plainMessage(`${value.message}`)}`;
  if (Array.isArray(value)) return `[${value.map((item) => show(item, depth + 1)).join(', ')}]`;
  const inner = Object.entries(value).map(([key, item]) => `${key}: ${show(item, depth + 1)}`);
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? '';
  return `${name === 'Object' ? '' : name}{${inner.join(', ')}}`;
}

/** @param {string} message Messages that show the code differ by what is compiled. */
function plainMessage(message) {
  return /is not (a function|iterable|a constructor)|properties of (undefined|null)|constant variable|read.only|only a getter/i.test(
    message,
  )
    ? '(a TypeError)'
    : message.replace(/^Cannot access '.*' before initialization$|^\w[\w ]* is not defined$/, '(too early)');
}
