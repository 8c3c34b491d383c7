/**
 * Texts of a program as they can be shown anywhere: what would move a terminal's cursor, colour it, ring it or turn the direction of
 * reading is written by its number.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text without control characters but line breaks and tabs: `\x1b[31m` for the escape code of red. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unprintable, (c) => {
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The same of every text in plain data, names included; what needs no change is handed back as it is. */
export function printableAll<T>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map(cleaned);
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  const entries = Object.entries(value).map(([key, inner]) => [printable(key), cleaned(inner)] as const);
  const same = entries.every(([key, inner]) => (value as Record<string, unknown>)[key] === inner);
  return same ? value : Object.fromEntries(entries);
}
